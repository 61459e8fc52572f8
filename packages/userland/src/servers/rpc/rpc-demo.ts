/**
 * rpc-demo: remote procedure calls over TCP, both sides. `rpc-demo server` carries out `add`, `divide`, `echo`, `sleep`, `increment` and `counter`;
 * `rpc-demo client 'add(2, 3)' …` makes calls, all at once over one connection, and prints what each came to in their order.
 */
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { EventLoop } from '../../lib/event-loop.ts';
import { countOption, secondsOption } from '../../lib/option-values.ts';
import { type ParsedOptions, type ProgramOptions, UsageError } from '../../lib/options.ts';
import { resolveHost } from '../../lib/resolver.ts';
import {
  acceptAll,
  LOOPBACK,
  listenOrSay,
  parseBind,
  parsePlaceName,
  parsePort,
  StartError,
  sayReady,
  serverProgram,
} from '../../lib/serving.ts';
import { print } from '../../lib/stdio.ts';
import { gather } from '../../runtimes/asyncio/gather.ts';
import { run } from '../../runtimes/asyncio/run.ts';
import { Caller, RpcError, stub } from './client.ts';
import type { Json } from './frames.ts';
import { PROCEDURES } from './procedures.ts';
import { RpcConnection, RpcService } from './server.ts';

const NAME = 'rpc-demo';
const COUNT_MAX = 1_000_000;

export const options: ProgramOptions = {
  name: NAME,
  usage: "rpc-demo server --port PORT [options] | rpc-demo client --to HOST:PORT [options] 'add(2, 3)'...",
  options: [
    { names: ['--port'], value: 'PORT', help: 'server: listen on this port, or with 0 on a free one' },
    { names: ['--bind'], value: 'ADDRESS', help: 'server: on this address; 127.0.0.1 by default' },
    {
      names: ['--lose'],
      value: 'COUNT',
      help: 'server: carry the first calls out, but lose their replies and connections',
    },
    { names: ['--to'], value: 'HOST:PORT', help: 'client: where the server is' },
    { names: ['--timeout'], value: 'SECONDS', help: 'client: deadline of each call; 5 by default' },
    { names: ['--retries'], value: 'COUNT', help: 'client: attempts after the first; 3 by default' },
    { names: ['--show'], help: 'client: print the frames as they go and come' },
  ],
};

type Settings = (sys: Sys) => Promise<number>;

function readSettings(parsed: ParsedOptions): Settings {
  const [side, ...calls] = parsed.operands;
  if (side === 'server' && calls.length === 0) return serverOf(parsed);
  if (side === 'client' && calls.length > 0) return clientOf(parsed, calls);
  throw new UsageError(`usage: ${options.usage}`);
}

function only(parsed: ParsedOptions, side: string, names: readonly string[]): void {
  const other = names.find((name) => parsed.has(name));
  if (other !== undefined) throw new UsageError(`rpc-demo: ${other} is not for the ${side}`);
}

function serverOf(parsed: ParsedOptions): Settings {
  only(parsed, 'server', ['--to', '--timeout', '--retries', '--show']);
  const port = parsed.value('--port');
  if (port === undefined) throw new UsageError(`usage: ${options.usage}`);
  const place = { address: parseBind(NAME, parsed.value('--bind') ?? LOOPBACK), port: parsePort(NAME, port) };
  const lose = countOption(NAME, parsed, '--lose', 0, 0, COUNT_MAX);
  return async (sys) => {
    const loop = await EventLoop.create(sys);
    const listening = await listenOrSay(sys, NAME, place, true);
    const service = new RpcService(sys, loop, { lose });
    await acceptAll(sys, loop, NAME, listening.fd, (fd) => new RpcConnection(service, fd).start());
    await loop.stopOnSignals();
    await sayReady(sys, listening);
    await loop.run();
    return 0;
  };
}

interface Call {
  readonly text: string;
  readonly method: string;
  readonly params: readonly Json[];
}

/** `add(2, 3)`: a name, and JSON between the parentheses. */
export function parseCall(text: string): Call | undefined {
  const match = /^\s*([A-Za-z_]\w*)\s*\(([\s\S]*)\)\s*$/.exec(text);
  if (!match) return undefined;
  try {
    return { text, method: match[1]!, params: JSON.parse(`[${match[2]}]`) as Json[] };
  } catch {
    return undefined;
  }
}

function clientOf(parsed: ParsedOptions, texts: readonly string[]): Settings {
  only(parsed, 'client', ['--port', '--bind', '--lose']);
  const to = parsePlaceName(parsed.value('--to') ?? '');
  if (to === undefined) throw new UsageError('rpc-demo: --to: HOST:PORT is needed');
  const calls = texts.map((text) => {
    const call = parseCall(text);
    if (call === undefined) throw new UsageError(`rpc-demo: '${text}' is not a call such as add(2, 3)`);
    return call;
  });
  const timeoutNs = secondsOption(NAME, parsed, '--timeout', '5');
  const retries = countOption(NAME, parsed, '--retries', 3, 0, COUNT_MAX);
  const shows = parsed.has('--show');
  return async (sys) => {
    const found = await resolveHost(sys, to.host);
    if (found.kind === 'error') throw new StartError(`rpc-demo: ${to.host}: ${found.text}`);
    const show = async (direction: string, bytes: Uint8Array) => print(sys, `${direction} ${frameText(bytes)}\n`);
    const place = { address: found.addresses[0]!, port: to.port };
    return callAll(sys, calls, { ...place, timeoutNs, retries, ...(shows ? { show } : {}) });
  };
}

/** `00 00 00 2a {"id":1,…}`: the length as it is on the wire, then the text. */
function frameText(bytes: Uint8Array): string {
  const length = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `${length} ${String.fromCharCode(...bytes.subarray(4, 1024))}${bytes.length > 1024 ? '…' : ''}`;
}

function callAll(sys: Sys, calls: readonly Call[], to: ConstructorParameters<typeof Caller>[1]): Promise<number> {
  return run(sys, async (loop) => {
    const caller = new Caller(loop, to);
    // A name that the stub does not know is asked for all the same: the server is the one who knows.
    const methods = [...new Set([...PROCEDURES.keys(), ...calls.map(({ method }) => method)])];
    const remote = stub<Record<string, (...params: Json[]) => Promise<Json>>>(caller, methods);
    const outcomes = gather(
      loop,
      calls.map(
        ({ method, params }) =>
          () =>
            remote[method]!(...params),
      ),
      { returnExceptions: true },
    );
    let code = 0;
    for (const [i, outcome] of (await outcomes.wait()).entries()) {
      const failed = outcome as unknown;
      if (failed instanceof Error && !(failed instanceof RpcError)) throw failed;
      const text = failed instanceof RpcError ? `error ${failed.code}: ${failed.message}` : JSON.stringify(outcome);
      if (failed instanceof RpcError) code = 1;
      await print(sys, `${calls[i]!.text} = ${text}\n`);
    }
    await caller.close();
    return code;
  });
}

export const main: Program = serverProgram(options, readSettings, (sys, settings) => settings(sys));
