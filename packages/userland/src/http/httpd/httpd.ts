/**
 * httpd: a static file server for HTTP/1.0 and HTTP/1.1. Many clients in one thread, persistent connections, conditional requests, ranges,
 * extra response headers by option or by `.headers` files. SIGTERM ends it. Leaves out: TLS, directory listings, compression, uploads.
 *
 * A file `.headers` adds headers to the files of its own directory: lines `Name: value`, those after a line `[*.html]` only for names that match.
 * Names that begin with a dot are never served.
 */
import { parseIpv4 } from '@netarium/core/base/address.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { errorText } from '../../lib/failure.ts';
import { withHelp } from '../../lib/help.ts';
import { parseCount, parseSecondsNs } from '../../lib/numbers.ts';
import { type ParsedOptions, type ProgramOptions, parseOptions, UsageError } from '../../lib/options.ts';
import { printError, writeAll } from '../../lib/stdio.ts';
import { type ExtraField, type HttpdConfig, parseExtraField } from './config.ts';
import { HttpServer } from './server.ts';

export const options: ProgramOptions = {
  name: 'httpd',
  usage: 'httpd [-C] [-b address] [-p port] [-k seconds] [-t seconds] [-l logfile] [-H header]... ROOT',
  options: [
    { names: ['-b'], value: 'ADDRESS', help: 'listen on this address only' },
    { names: ['-p'], value: 'PORT', help: 'listen on this port; 80 by default' },
    { names: ['-C'], help: 'send files in chunks (Transfer-Encoding: chunked) to HTTP/1.1 clients' },
    { names: ['-k'], value: 'SECONDS', help: 'keep an idle connection so long; 15 by default' },
    {
      names: ['-t'],
      value: 'SECONDS',
      help: 'time for a request to arrive and for a response to be read; 20 by default',
    },
    { names: ['-l'], value: 'FILE', help: 'append an access log in the common log format' },
    { names: ['-H'], value: 'HEADER', help: "add a header to every file's response, such as 'Set-Cookie: id=1'" },
  ],
};

interface Settings {
  readonly address: string;
  readonly port: number;
  readonly logFile: string | undefined;
  readonly config: HttpdConfig;
}

const MAX_BODY_BYTES = 1_048_576;

function readSettings(argv: readonly string[]): Settings {
  const parsed = parseOptions(options, argv);
  const port = parseCount(parsed.value('-p') ?? '80', 1, 65535);
  if (port === undefined) throw new UsageError(`httpd: invalid port '${parsed.value('-p')}'`);
  const address = parsed.value('-b') ?? '0.0.0.0';
  if (!parseIpv4(address)) throw new UsageError(`httpd: invalid address '${address}'`);
  const [root, ...more] = parsed.operands;
  if (root === undefined || more.length > 0) throw new UsageError(`usage: ${options.usage}`);
  return {
    address,
    port,
    logFile: parsed.value('-l'),
    config: {
      root: root.length > 1 ? root.replace(/\/+$/, '') || '/' : root,
      extra: parsed.values('-H').map(readExtra),
      chunked: parsed.has('-C'),
      keepaliveNs: seconds(parsed, '-k', '15'),
      timeoutNs: seconds(parsed, '-t', '20'),
      maxBodyBytes: MAX_BODY_BYTES,
    },
  };
}

function seconds(parsed: ParsedOptions, name: string, fallback: string): number {
  const text = parsed.value(name) ?? fallback;
  const ns = parseSecondsNs(text);
  if (ns === undefined) throw new UsageError(`httpd: invalid number of seconds '${text}'`);
  return ns;
}

function readExtra(text: string): ExtraField {
  const field = parseExtraField(text);
  if (typeof field === 'string') throw new UsageError(`httpd: -H: ${field}`);
  return field;
}

async function start(sys: Sys, settings: Settings): Promise<HttpServer> {
  const root = await sys.stat(settings.config.root);
  if (root.type !== 'directory') throw new UsageError(`httpd: ${settings.config.root}: Not a directory`);
  let log = -1;
  if (settings.logFile !== undefined)
    log = await sys.open(settings.logFile, { write: true, create: true, append: true, cloexec: true });
  const listener = await sys.socket('inet', 'stream', 'tcp', { nonblock: true, cloexec: true });
  await sys.setsockopt(listener, 'socket', 'SO_REUSEADDR', 1);
  await sys.bind(listener, { family: 'inet', address: settings.address, port: settings.port });
  await sys.listen(listener, 511);
  const context = {
    config: settings.config,
    log: async (line: string) => {
      if (log >= 0) await writeAll(sys, log, line);
    },
  };
  return new HttpServer(sys, listener, await sys.epoll_create(), context);
}

export const main: Program = withHelp(options, async (sys, argv) => {
  let settings: Settings;
  try {
    settings = readSettings(argv.slice(1));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    await printError(sys, `${error.message}\n`);
    return 2;
  }
  let server: HttpServer;
  try {
    server = await start(sys, settings);
  } catch (error) {
    if (error instanceof UsageError) await printError(sys, `${error.message}\n`);
    else
      await printError(
        sys,
        `httpd: cannot serve ${settings.config.root} on ${settings.address}:${settings.port}: ${errorText(error)}\n`,
      );
    return 1;
  }
  return server.run();
});
