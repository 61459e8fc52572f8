/**
 * httpd: a static file server for HTTP/1.0 and HTTP/1.1. Many clients in one thread, persistent connections, conditional requests, ranges,
 * extra response headers by option or by `.headers` files. SIGTERM ends it. Leaves out: TLS, directory listings, compression, uploads.
 *
 * A file `.headers` adds headers to the files of its own directory: lines `Name: value`, those after a line `[*.html]` only for names that match.
 * Names that begin with a dot are never served.
 */
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { EventLoop } from '../../lib/event-loop.ts';
import { errorText } from '../../lib/failure.ts';
import { withHelp } from '../../lib/help.ts';
import { parseCount, parseSecondsNs } from '../../lib/numbers.ts';
import { type ParsedOptions, type ProgramOptions, parseOptions, UsageError } from '../../lib/options.ts';
import { type Listening, listenTcp, type Place, parseBind, parsePort } from '../../lib/serving.ts';
import { printError } from '../../lib/stdio.ts';
import { AccessLog } from '../server/access-log.ts';
import { ServerContext, type ServerLimits } from '../server/context.ts';
import { serveHttp } from '../server/serve.ts';
import { type ExtraField, type HttpdConfig, parseExtraField } from './config.ts';
import { FileHandler } from './file-handler.ts';

export const options: ProgramOptions = {
  name: 'httpd',
  usage: 'httpd [-C] [-b address] [-p port] [-k seconds] [-t seconds] [-l logfile] [-H header]... ROOT',
  options: [
    {
      names: ['-b', '--bind'],
      value: 'ADDRESS',
      help: 'listen on this address only; else on that of the environment variable BIND_ADDRESS, or on all',
    },
    { names: ['-p', '--port'], value: 'PORT', help: 'listen on this port, or with 0 on a free one; 80 by default' },
    { names: ['-C'], help: 'send files in chunks (Transfer-Encoding: chunked) to HTTP/1.1 clients' },
    { names: ['-k', '--keep-alive'], value: 'SECONDS', help: 'keep an idle connection so long; 15 by default' },
    {
      names: ['-t', '--timeout'],
      value: 'SECONDS',
      help: 'time for a request to arrive and for a response to be read; 20 by default',
    },
    { names: ['-l', '--log'], value: 'FILE', help: 'append an access log in the common log format' },
    { names: ['-H'], value: 'HEADER', help: "add a header to every file's response, such as 'Set-Cookie: id=1'" },
    { names: ['--max-connections'], value: 'COUNT', help: 'answer 503 to those beyond; 16384 by default' },
    { names: ['--max-body'], value: 'BYTES', help: 'answer 413 to longer request bodies; 1048576 by default' },
  ],
};

interface Settings {
  readonly place: Place;
  readonly logFile: string | undefined;
  readonly config: HttpdConfig;
  readonly limits: ServerLimits;
}

async function readSettings(sys: Sys, argv: readonly string[]): Promise<Settings> {
  const parsed = parseOptions(options, argv);
  const [root, ...more] = parsed.operands;
  if (root === undefined || more.length > 0) throw new UsageError(`usage: ${options.usage}`);
  // Hosts of a laboratory serve everybody; on a machine of this world the environment says otherwise.
  const address = parsed.value('-b') ?? (await sys.getenv()).BIND_ADDRESS ?? '0.0.0.0';
  return {
    place: { address: parseBind('httpd', address), port: parsePort('httpd', parsed.value('-p') ?? '80') },
    logFile: parsed.value('-l'),
    config: {
      root: root.length > 1 ? root.replace(/\/+$/, '') || '/' : root,
      extra: parsed.values('-H').map(readExtra),
      chunked: parsed.has('-C'),
    },
    limits: {
      keepaliveNs: seconds(parsed, '-k', '15'),
      timeoutNs: seconds(parsed, '-t', '20'),
      maxBodyBytes: count(parsed, '--max-body', 1_048_576),
      maxConnections: count(parsed, '--max-connections', 16_384),
    },
  };
}

function seconds(parsed: ParsedOptions, name: string, fallback: string): number {
  const text = parsed.value(name) ?? fallback;
  const ns = parseSecondsNs(text);
  if (ns === undefined) throw new UsageError(`httpd: invalid number of seconds '${text}'`);
  return ns;
}

function count(parsed: ParsedOptions, name: string, fallback: number): number {
  const text = parsed.value(name) ?? String(fallback);
  const value = parseCount(text, 1, Number.MAX_SAFE_INTEGER);
  if (value === undefined) throw new UsageError(`httpd: ${name}: '${text}' is not a count`);
  return value;
}

function readExtra(text: string): ExtraField {
  const field = parseExtraField(text);
  if (typeof field === 'string') throw new UsageError(`httpd: -H: ${field}`);
  return field;
}

interface Started {
  readonly loop: EventLoop;
  readonly listening: Listening;
  readonly log: AccessLog | undefined;
}

async function start(sys: Sys, { config, logFile, place }: Settings): Promise<Started> {
  const root = await sys.stat(config.root);
  if (root.type !== 'directory') throw new UsageError(`httpd: ${config.root}: Not a directory`);
  const loop = await EventLoop.create(sys);
  const log = logFile === undefined ? undefined : await AccessLog.open(sys, loop, 'httpd', logFile);
  return { loop, log, listening: await listenTcp(sys, place, true) };
}

export const main: Program = withHelp(options, async (sys, argv) => {
  let settings: Settings;
  try {
    settings = await readSettings(sys, argv.slice(1));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    await printError(sys, `${error.message}\n`);
    return 2;
  }
  const { config, place, limits } = settings;
  let started: Started;
  try {
    started = await start(sys, settings);
  } catch (error) {
    if (error instanceof UsageError) await printError(sys, `${error.message}\n`);
    else
      await printError(
        sys,
        `httpd: cannot serve ${config.root} on ${place.address}:${place.port}: ${errorText(error)}\n`,
      );
    return 1;
  }
  const { loop, listening, log } = started;
  const context = new ServerContext(sys, loop, 'httpd', 'netarium-httpd', limits, log);
  await serveHttp(sys, loop, context, listening, (session) => new FileHandler(sys, config, session));
  return 0;
});
