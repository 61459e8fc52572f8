/** What every server does at its start: reads `--bind` and `--port`, listens, and says where on standard output. */
import { parseIpv4 } from '@netarium/core/base/address.ts';
import { POLL, type Program, type SockAddr, type Sys } from '@netarium/core/syscall/sys.ts';
import type { EventLoop } from './event-loop.ts';
import { errnoOf, errorText } from './failure.ts';
import { withHelp } from './help.ts';
import { parseCount } from './numbers.ts';
import { type ParsedOptions, type ProgramOptions, parseOptions, UsageError } from './options.ts';
import { print, printError } from './stdio.ts';

export const LOOPBACK = '127.0.0.1';

export interface Place {
  readonly address: string;
  /** 0 lets the kernel choose. */
  readonly port: number;
}

/** `8080` or `0.0.0.0:8080`, or a port with an address of its own (`--bind`); a port alone means loopback, so that nobody opens a door by accident. */
export function parsePlace(program: string, text: string, bind: string | undefined): Place {
  const colon = text.lastIndexOf(':');
  if (colon >= 0 && bind !== undefined)
    throw new UsageError(`${program}: '${text}' names an address already: --bind ${bind} is too much`);
  const address = colon < 0 ? (bind ?? LOOPBACK) : text.slice(0, colon);
  return { address: parseBind(program, address), port: parsePort(program, text.slice(colon + 1)) };
}

export function parseBind(program: string, text: string): string {
  if (!parseIpv4(text)) throw new UsageError(`${program}: invalid address '${text}'`);
  return text;
}

/** 0 to 65535. */
export function parsePort(program: string, text: string): number {
  const port = parseCount(text, 0, 65_535);
  if (port === undefined) throw new UsageError(`${program}: invalid port '${text}'`);
  return port;
}

/** `shop.test:8080`: a server to connect to; undefined for other text. */
export function parsePlaceName(text: string): { readonly host: string; readonly port: number } | undefined {
  const match = /^([^\s:/@]+):(\d{1,5})$/.exec(text);
  const port = match && parseCount(match[2]!, 1, 65_535);
  return match && port ? { host: match[1]!, port } : undefined;
}

export function isLoopback(address: string): boolean {
  return address.startsWith('127.');
}

export interface Listening extends Place {
  readonly fd: number;
}

/** A listening socket and the port that it really has; throws the errno of the call that failed. */
export async function listenTcp(sys: Sys, place: Place, nonblock: boolean, backlog = 511): Promise<Listening> {
  const fd = await sys.socket('inet', 'stream', 'tcp', { nonblock, cloexec: true });
  try {
    // Without it a server could not start again while old connections are in TIME_WAIT.
    await sys.setsockopt(fd, 'socket', 'SO_REUSEADDR', 1);
    await sys.bind(fd, { family: 'inet', address: place.address, port: place.port });
    await sys.listen(fd, backlog);
    const name = await sys.getsockname(fd);
    return { fd, address: place.address, port: name.family === 'inet' ? name.port : place.port };
  } catch (error) {
    await sys.close(fd);
    throw error;
  }
}

/** The same as a person wants to hear of it: `proxy: cannot listen on 127.0.0.1:80: Permission denied`. */
export async function listenOrSay(sys: Sys, program: string, place: Place, nonblock: boolean): Promise<Listening> {
  try {
    return await listenTcp(sys, place, nonblock);
  } catch (error) {
    throw new StartError(`${program}: cannot listen on ${place.address}:${place.port}: ${errorText(error)}`);
  }
}

/** Why a server does not start although its options were right: one line, exit code 1. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** A server as a program: `read` makes settings of the options (exit code 2 where they are wrong), `serve` runs until a signal ends it. */
export function serverProgram<S>(
  options: ProgramOptions,
  read: (parsed: ParsedOptions, sys: Sys) => S | Promise<S>,
  serve: (sys: Sys, settings: S) => Promise<number>,
): Program {
  return withHelp(options, async (sys, argv) => {
    try {
      return await serve(sys, await read(parseOptions(options, argv.slice(1)), sys));
    } catch (error) {
      if (!(error instanceof UsageError) && !(error instanceof StartError)) throw error;
      await printError(sys, `${error.message}\n`);
      return error instanceof UsageError ? 2 : 1;
    }
  });
}

/** Clients may come: one line, which whoever started the server waits for. */
export function sayReady(sys: Sys, { address, port }: Place): Promise<void> {
  return print(sys, `listening on ${address}:${port}\n`);
}

/** How long accepting rests when the process has no descriptor left. */
const ACCEPT_REST_NS = 100_000_000;

/** Takes clients as they come, for as long as the loop runs; `take` gets a non-blocking descriptor. */
export async function acceptAll(
  sys: Sys,
  loop: EventLoop,
  program: string,
  listener: number,
  take: (fd: number, peer: SockAddr) => Promise<void>,
): Promise<void> {
  const accept = async (): Promise<void> => {
    for (;;) {
      let client: { readonly fd: number; readonly peer: SockAddr };
      try {
        client = await sys.accept(listener, { nonblock: true, cloexec: true });
      } catch (error) {
        const code = errnoOf(error);
        if (code === 'EAGAIN') return;
        // The client left while it waited in the queue (accept(2)): the next one may still be there.
        if (code === 'ECONNABORTED' || code === 'EINTR') continue;
        if (code !== 'EMFILE' && code !== 'ENFILE') throw error;
        await printError(sys, `${program}: accept: ${errorText(error)}\n`);
        await loop.unwatch(listener);
        loop.at((await loop.now()) + ACCEPT_REST_NS, watch);
        return;
      }
      await take(client.fd, client.peer);
    }
  };
  const watch = (): Promise<void> => loop.watch(listener, POLL.IN, accept);
  await watch();
}
