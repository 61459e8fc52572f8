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
import { countOption, secondsOption } from '../../lib/option-values.ts';
import { type ParsedOptions, type ProgramOptions, UsageError } from '../../lib/options.ts';
import {
  type Listening,
  listenTcp,
  type Place,
  parseBind,
  parsePort,
  StartError,
  serverProgram,
} from '../../lib/serving.ts';
import { AccessLog } from '../server/access-log.ts';
import { ServerContext, type ServerLimits } from '../server/context.ts';
import { serveHttp } from '../server/serve.ts';
import { type ExtraField, type HttpdConfig, parseExtraField } from './config.ts';
import { FileCache } from './file-cache.ts';
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

async function readSettings(parsed: ParsedOptions, sys: Sys): Promise<Settings> {
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
      keepaliveNs: secondsOption('httpd', parsed, '-k', '15'),
      timeoutNs: secondsOption('httpd', parsed, '-t', '20'),
      maxBodyBytes: countOption('httpd', parsed, '--max-body', 1_048_576),
      maxConnections: countOption('httpd', parsed, '--max-connections', 16_384),
    },
  };
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
  try {
    const root = await sys.stat(config.root);
    if (root.type !== 'directory') throw new StartError(`httpd: ${config.root}: Not a directory`);
    const loop = await EventLoop.create(sys);
    const log = await AccessLog.openOrSay(sys, loop, 'httpd', logFile);
    return { loop, log, listening: await listenTcp(sys, place, true) };
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(`httpd: cannot serve ${config.root} on ${place.address}:${place.port}: ${errorText(error)}`);
  }
}

export const main: Program = serverProgram(options, readSettings, async (sys, settings) => {
  const { loop, listening, log } = await start(sys, settings);
  const context = new ServerContext(sys, loop, 'httpd', 'netarium-httpd', settings.limits, log);
  const cache = new FileCache(sys);
  await serveHttp(sys, loop, context, listening, (session) => new FileHandler(sys, settings.config, cache, session));
  return 0;
});
