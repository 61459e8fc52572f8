/**
 * curl: transfers over HTTP/1.x with the options, messages and exit codes of curl 7.88 as Debian 12 ships it. Leaves out: every other
 * protocol (https too: there is no TLS), proxies, URL globbing, uploads from files, retries.
 */
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { unless } from '../../lib/failure.ts';
import { withHelp } from '../../lib/help.ts';
import { UsageError, unsupported } from '../../lib/options.ts';
import { print, printError, readText, writeAll, writeFile } from '../../lib/stdio.ts';
import { formatCookieFile, parseCookieFile } from '../cookiefile.ts';
import type { CookieJar } from '../cookies.ts';
import { parseUrl, type Url } from '../url.ts';
import { CURLE, CurlError } from './errors.ts';
import { type CurlSettings, options, readSettings } from './options.ts';
import { Output } from './output.ts';
import { ConnectionPool } from './pool.ts';
import { Report } from './report.ts';
import { parseCustomHeader } from './request.ts';
import { Transfer } from './transfer.ts';
import { formatWriteOut, newStats, type TransferStats } from './writeout.ts';

export { options };

const VERSION = `curl 7.88.1 (Netarium) HTTP/1.1 client in a simulated host
Protocols: http
Features:
`;

/** A URL as typed: the scheme may be missing. https and others are refused by name. */
export function parseCurlUrl(text: string): Url {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'http')
    throw new CurlError(CURLE.UNSUPPORTED_PROTOCOL, `Protocol "${scheme}" not supported or disabled in libcurl`);
  const url = parseUrl(scheme === undefined ? `http://${text}` : text);
  if (typeof url === 'string') throw new CurlError(CURLE.URL_MALFORMAT, 'URL using bad/illegal format or missing URL');
  const { fragment: _dropped, ...rest } = url;
  return rest;
}

class Run {
  private readonly pool: ConnectionPool;
  private jar: CookieJar | undefined;
  private cookieText: string | undefined;
  private headerFd = -1;

  constructor(
    private readonly sys: Sys,
    private readonly settings: CurlSettings,
    private readonly stdoutTty: boolean,
  ) {
    this.pool = new ConnectionPool(sys, settings);
  }

  async all(): Promise<number> {
    await this.loadCookies();
    if (this.settings.dumpHeader !== undefined) await this.openDump(this.settings.dumpHeader);
    let code = 0;
    for (const [i, url] of this.settings.urls.entries()) code = await this.one(url, i);
    await this.pool.closeAll();
    if (this.settings.cookieJar !== undefined && this.jar) await this.saveCookies(this.settings.cookieJar, this.jar);
    return code;
  }

  private async openDump(file: string): Promise<void> {
    this.headerFd = file === '-' ? 1 : await this.sys.open(file, { write: true, create: true, truncate: true });
  }

  private async loadCookies(): Promise<void> {
    const { cookies, cookieJar } = this.settings;
    const texts = cookies.filter((value) => value.includes('='));
    const files = cookies.filter((value) => !value.includes('='));
    this.cookieText = texts.length === 0 ? undefined : texts.join('; ');
    if (files.length === 0 && cookieJar === undefined) return;
    const now = Math.floor((await this.sys.clock_gettime('realtime')) / 1_000_000_000);
    // A cookie file that is not there only switches the cookies on.
    const parts: string[] = [];
    for (const file of files) if (file !== '') parts.push((await unless(readText(this.sys, file), 'ENOENT')) ?? '');
    this.jar = parseCookieFile(parts.join('\n'), now);
  }

  private async saveCookies(file: string, jar: CookieJar): Promise<void> {
    const text = formatCookieFile(jar);
    if (file === '-') await print(this.sys, text);
    else {
      const saved = await unless(
        writeFile(this.sys, file, text).then(() => true),
        'EACCES',
        'ENOENT',
        'EISDIR',
        'ENOTDIR',
        'ENOSPC',
      );
      if (!saved && !this.settings.silent) await printError(this.sys, `WARNING: failed to save cookies in ${file}\n`);
    }
  }

  private async one(text: string, index: number): Promise<number> {
    const stats = newStats(text, index);
    let code = 0;
    try {
      const url = parseCurlUrl(text);
      const file = this.outputName(index, url);
      stats.fileName = file ?? '';
      await this.transfer(url, file, stats);
    } catch (error) {
      if (!(error instanceof CurlError)) throw error;
      code = error.code;
      stats.exitCode = code;
      stats.errorText = error.message;
      const quiet = this.settings.silent && !this.settings.showError;
      if (!quiet) await printError(this.sys, `curl: (${code}) ${error.message}\n`);
    }
    if (this.settings.writeOut !== undefined)
      for (const piece of formatWriteOut(this.settings.writeOut, stats)) await writeAll(this.sys, piece.fd, piece.text);
    return code;
  }

  private async transfer(url: Url, file: string | undefined, stats: TransferStats): Promise<void> {
    const { sys, settings, pool, jar, cookieText } = this;
    const output = new Output(sys, file, settings.silent);
    const bodyVisible = file === undefined && this.stdoutTty;
    const context = {
      ...{ sys, settings, pool, output, jar, cookieText, stats },
      report: new Report(sys, settings.verbose, bodyVisible),
      dumpHeader: this.headerFd < 0 ? undefined : (bytes: Uint8Array) => writeAll(sys, this.headerFd, bytes),
      showMeter: settings.progress && !bodyVisible,
    };
    try {
      await new Transfer(context).run(url);
    } finally {
      await output.close();
    }
  }

  private outputName(index: number, url: Url): string | undefined {
    const output = this.settings.outputs[index];
    if (output === undefined) return undefined;
    if (output !== 'remote-name') return output.file === '-' ? undefined : output.file;
    const name = url.path.slice(url.path.lastIndexOf('/') + 1);
    if (name === '') throw new CurlError(CURLE.WRITE_ERROR, 'Remote file name has no length!');
    return name;
  }
}

function checkSettings(settings: CurlSettings): void {
  if (settings.urls.length === 0)
    throw new UsageError("curl: try 'curl --help' or 'curl --manual' for more information");
  if (!settings.globOff && settings.urls.some((url) => /[[\]{}]/.test(url)))
    throw new UsageError(unsupported('curl', 'brackets and braces in a URL without -g'));
  for (const line of settings.headers)
    if (!parseCustomHeader(line)) throw new UsageError(unsupported('curl', `-H ${line}`));
  if (settings.method !== undefined && !/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(settings.method))
    throw new UsageError(unsupported('curl', `-X ${settings.method}`));
  const texts = [settings.userAgent, settings.referer, settings.range, settings.user, ...settings.cookies];
  if (texts.some((text) => text !== undefined && /[\r\n\0]/.test(text)))
    throw new UsageError(unsupported('curl', 'a line end in a header'));
}

export const main: Program = withHelp(options, async (sys, argv) => {
  let settings: CurlSettings;
  try {
    settings = await readSettings(sys, argv.slice(1));
    if (settings.version) {
      await print(sys, VERSION);
      return 0;
    }
    checkSettings(settings);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    await printError(sys, `${error.message}\n`);
    return 2;
  }
  return new Run(sys, settings, await sys.isatty(1)).all();
});
