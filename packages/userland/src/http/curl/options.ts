/** The options of `curl` that are carried out, as one table, and what a command line asks for. */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { errorText } from '../../lib/failure.ts';
import { parseCount, parseSecondsNs } from '../../lib/numbers.ts';
import { type ParsedOptions, type ProgramOptions, parseOptions, UsageError } from '../../lib/options.ts';
import { readAll, readFile } from '../../lib/stdio.ts';
import { type CurlProxy, parseProxy } from './proxy.ts';

export const options: ProgramOptions = {
  name: 'curl',
  usage: 'curl [options...] <url>...',
  options: [
    { names: ['-A', '--user-agent'], value: 'NAME', help: 'send this User-Agent' },
    { names: ['-b', '--cookie'], value: 'DATA|FILE', help: 'send cookies from a string or a cookie file' },
    { names: ['-c', '--cookie-jar'], value: 'FILE', help: 'write cookies to this file afterwards' },
    { names: ['--connect-timeout'], value: 'SECONDS', help: 'longest time to resolve and connect' },
    {
      names: ['-d', '--data', '--data-ascii'],
      value: 'DATA',
      help: 'POST data; @file reads a file without its line ends',
    },
    { names: ['--data-binary'], value: 'DATA', help: 'POST data as it is; @file reads a file' },
    { names: ['--data-raw'], value: 'DATA', help: 'POST data, @ included' },
    { names: ['-D', '--dump-header'], value: 'FILE', help: 'write response heads to a file' },
    { names: ['-e', '--referer'], value: 'URL', help: 'send this Referer' },
    { names: ['-f', '--fail'], help: 'no output and exit code 22 for status 400 and above' },
    { names: ['--fail-with-body'], help: 'exit code 22 for status 400 and above, with the body' },
    { names: ['-g', '--globoff'], help: 'take brackets and braces in URLs as they are' },
    { names: ['-G', '--get'], help: 'put the data into the query' },
    {
      names: ['-H', '--header'],
      value: 'LINE',
      help: 'add, replace or (with nothing after the colon) drop a request header',
    },
    { names: ['-I', '--head'], help: 'HEAD: show the response head only' },
    { names: ['-i', '--include'], help: 'show response heads before bodies' },
    { names: ['-L', '--location'], help: 'follow redirects' },
    { names: ['-m', '--max-time'], value: 'SECONDS', help: 'longest time for a whole transfer' },
    { names: ['--max-redirs'], value: 'NUMBER', help: 'how many redirects to follow; 50 by default' },
    { names: ['-N', '--no-buffer'], help: 'write output as it comes, which is always so here' },
    { names: ['--no-progress-meter'], help: 'no progress meter' },
    { names: ['-O', '--remote-name'], help: 'write to a file named like the last part of the URL' },
    { names: ['-o', '--output'], value: 'FILE', help: 'write to this file' },
    { names: ['-0', '--http1.0'], help: 'speak HTTP/1.0' },
    { names: ['--http1.1'], help: 'speak HTTP/1.1' },
    { names: ['-r', '--range'], value: 'RANGE', help: 'ask for a part: 0-499' },
    { names: ['--resolve'], value: 'HOST:PORT:ADDRESS', help: 'use this address for that host' },
    { names: ['-S', '--show-error'], help: 'show errors with -s' },
    { names: ['-s', '--silent'], help: 'no progress meter and no errors' },
    { names: ['-U', '--proxy-user'], value: 'USER:PASSWORD', help: 'basic authentication at the proxy' },
    { names: ['-u', '--user'], value: 'USER:PASSWORD', help: 'basic authentication' },
    { names: ['--url'], value: 'URL', help: 'fetch this URL' },
    { names: ['-v', '--verbose'], help: 'show what happens' },
    { names: ['-w', '--write-out'], value: 'FORMAT', help: 'print variables after each transfer' },
    {
      names: ['-x', '--proxy'],
      value: '[http://]HOST[:PORT]',
      help: 'fetch through this proxy; else through that of http_proxy, unless no_proxy names the host',
    },
    { names: ['-X', '--request'], value: 'METHOD', help: 'use this method' },
    { names: ['-4', '--ipv4'], help: 'IPv4 addresses only, which is always so here' },
    { names: ['-k', '--insecure'], help: 'refused: there is no TLS here whose certificates could go unchecked' },
    { names: ['-V', '--version'], help: 'print the version' },
  ],
};

export interface Resolved {
  readonly host: string;
  readonly port: number;
  readonly addresses: readonly string[];
}

export interface CurlSettings {
  readonly urls: readonly string[];
  /** One per URL, in order: a file, `-` for standard output, or the name in the URL. */
  readonly outputs: readonly ({ readonly file: string } | 'remote-name')[];
  readonly silent: boolean;
  readonly showError: boolean;
  readonly progress: boolean;
  readonly verbose: boolean;
  readonly include: boolean;
  readonly head: boolean;
  readonly follow: boolean;
  readonly maxRedirects: number;
  readonly fail: boolean;
  readonly failWithBody: boolean;
  readonly method: string | undefined;
  readonly data: Uint8Array | undefined;
  readonly dataInQuery: boolean;
  readonly headers: readonly string[];
  readonly userAgent: string | undefined;
  readonly referer: string | undefined;
  readonly range: string | undefined;
  readonly user: string | undefined;
  readonly proxy: CurlProxy | undefined;
  /** Hosts that are fetched without the proxy. */
  readonly noProxy: string;
  readonly cookies: readonly string[];
  readonly cookieJar: string | undefined;
  readonly dumpHeader: string | undefined;
  readonly maxTimeNs: number | undefined;
  readonly connectTimeoutNs: number;
  readonly writeOut: string | undefined;
  readonly resolved: readonly Resolved[];
  readonly http10: boolean;
  readonly globOff: boolean;
  readonly version: boolean;
}

const DEFAULT_CONNECT_TIMEOUT_NS = 300_000_000_000;

/** Throws `UsageError` with curl's wording; curl ends with 2 then. */
export async function readSettings(sys: Sys, argv: readonly string[]): Promise<CurlSettings> {
  const given = parseOptions(options, argv);
  if (given.has('-k'))
    throw new UsageError(
      "curl: '-k' is not supported by Netarium: https is not, so there is no certificate to leave unchecked; see docs/coverage/curl.md",
    );
  const data = await readData(sys, given);
  const env = await sys.getenv();
  return {
    urls: [...given.values('--url'), ...given.operands],
    outputs: readOutputs(argv),
    silent: given.has('-s'),
    showError: given.has('-S'),
    progress: !given.has('-s') && !given.has('--no-progress-meter'),
    verbose: given.has('-v'),
    include: given.has('-i') || given.has('-I'),
    head: given.has('-I'),
    follow: given.has('-L'),
    maxRedirects: count(given, '--max-redirs', 50),
    fail: given.has('-f'),
    failWithBody: given.has('--fail-with-body'),
    method: given.value('-X'),
    data,
    dataInQuery: given.has('-G'),
    headers: given.values('-H'),
    userAgent: given.value('-A'),
    referer: given.value('-e'),
    range: given.value('-r'),
    user: given.value('-u'),
    proxy: parseProxy(given.value('-x') ?? env.http_proxy ?? '', given.value('-U')),
    noProxy: env.no_proxy ?? env.NO_PROXY ?? '',
    cookies: given.values('-b'),
    cookieJar: given.value('-c'),
    dumpHeader: given.value('-D'),
    maxTimeNs: duration(given, '-m'),
    connectTimeoutNs: duration(given, '--connect-timeout') ?? DEFAULT_CONNECT_TIMEOUT_NS,
    writeOut: await readWriteOut(sys, given.value('-w')),
    resolved: given.values('--resolve').map(readResolve),
    http10: given.has('-0'),
    globOff: given.has('-g'),
    version: given.has('-V'),
  };
}

function optionError(name: string, text: string): UsageError {
  return new UsageError(
    `curl: option ${name}: ${text}\ncurl: try 'curl --help' or 'curl --manual' for more information`,
  );
}

function count(given: ParsedOptions, name: string, fallback: number): number {
  const text = given.value(name);
  if (text === undefined) return fallback;
  const value = parseCount(text, -1, 1_000_000);
  if (value === undefined) throw optionError(name, 'expected a proper numerical parameter');
  return value < 0 ? Number.MAX_SAFE_INTEGER : value;
}

/** Zero means no limit, as curl has it. */
function duration(given: ParsedOptions, name: string): number | undefined {
  const text = given.value(name);
  if (text === undefined) return undefined;
  const ns = parseSecondsNs(text);
  if (ns === undefined) throw optionError(name, 'expected a proper numerical parameter');
  return ns === 0 ? undefined : ns;
}

/** -o and -O take turns in the order they were given, so they are read from the words themselves. */
function readOutputs(argv: readonly string[]): ({ readonly file: string } | 'remote-name')[] {
  const outputs: ({ readonly file: string } | 'remote-name')[] = [];
  const takesValue = new Set(options.options.filter((spec) => spec.value !== undefined).flatMap((spec) => spec.names));
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === '--') break;
    if (word === '--remote-name') outputs.push('remote-name');
    else if (word.startsWith('--')) {
      const [name = '', ...rest] = word.split('=');
      const value = rest.length > 0 ? rest.join('=') : takesValue.has(name) ? argv[++i] : undefined;
      if (name === '--output') outputs.push({ file: value ?? '' });
    } else if (word.startsWith('-')) {
      for (let k = 1; k < word.length; k++) {
        const name = `-${word[k]}`;
        if (name === '-O') outputs.push('remote-name');
        if (!takesValue.has(name)) continue;
        const value = k + 1 < word.length ? word.slice(k + 1) : argv[++i];
        if (name === '-o') outputs.push({ file: value ?? '' });
        break;
      }
    }
  }
  return outputs;
}

/** All -d values joined by `&`, in order whatever their kind. */
async function readData(sys: Sys, given: ParsedOptions): Promise<Uint8Array | undefined> {
  const kinds = ['-d', '--data-binary', '--data-raw'].filter((name) => given.has(name));
  if (kinds.length > 1)
    throw new UsageError(`curl: '${kinds.join(' with ')}' is not supported by Netarium; see docs/coverage/curl.md`);
  const [kind] = kinds;
  if (kind === undefined) return undefined;
  if (given.has('-I') && !given.has('-G'))
    throw new UsageError(
      'Warning: You can only select one HTTP request method! You asked for both POST \nWarning: (-d, --data) and HEAD (-I, --head).',
    );
  const parts: Uint8Array[] = [];
  for (const value of given.values(kind)) {
    if (parts.length > 0) parts.push(encodeUtf8('&'));
    if (kind === '--data-raw' || !value.startsWith('@')) parts.push(encodeUtf8(value));
    else parts.push(await readDataFile(sys, value.slice(1), kind === '-d'));
  }
  return concatBytes(parts);
}

/** `-d @file` leaves out line ends, `--data-binary @file` nothing. */
async function readDataFile(sys: Sys, path: string, strip: boolean): Promise<Uint8Array> {
  try {
    const bytes = path === '-' ? await readAll(sys, 0) : await readFile(sys, path);
    return strip ? bytes.filter((byte) => byte !== 10 && byte !== 13) : bytes;
  } catch (error) {
    throw new UsageError(`curl: cannot read ${path}: ${errorText(error)}`);
  }
}

async function readWriteOut(sys: Sys, text: string | undefined): Promise<string | undefined> {
  return text?.startsWith('@') ? decodeUtf8(await readDataFile(sys, text.slice(1), false)) : text;
}

function readResolve(text: string): Resolved {
  const match = /^\+?([^:]+):(\d{1,5}):(.+)$/.exec(text);
  if (!match) throw new UsageError(`curl: (49) Couldn't parse CURLOPT_RESOLVE entry '${text}'`);
  return { host: match[1]!.toLowerCase(), port: Number(match[2]), addresses: match[3]!.split(',') };
}
