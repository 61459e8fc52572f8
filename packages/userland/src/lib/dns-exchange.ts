/** One DNS query to one server and its response, over UDP or TCP, with a time limit: what stub resolvers and `dig` are made of. */
import { E, type ErrnoCode, SysError } from '@netarium/core/base/errno.ts';
import { POLL, type Sys } from '@netarium/core/syscall/sys.ts';
import { FrameReader, framed } from '../dns/frames.ts';
import { errnoOf } from './failure.ts';

export interface DnsServer {
  readonly address: string;
  readonly port: number;
}

export type Exchanged =
  | { readonly kind: 'reply'; readonly bytes: Uint8Array }
  | { readonly kind: 'timeout' }
  /** The peer closed the connection without a word (TCP). */
  | { readonly kind: 'closed' }
  | { readonly kind: 'error'; readonly errno: ErrnoCode };

/** Says whether a datagram is the response; others are ignored, for they may be forged or late. */
export type Accept = (bytes: Uint8Array) => boolean;

export interface ExchangeOptions {
  readonly timeoutNs: number;
  /** Local address of the query. */
  readonly source?: string;
}

type Attempt = (fd: number, deadlineNs: number) => Promise<Exchanged>;

/** Runs an attempt on a fresh socket and closes it. */
async function onSocket(
  sys: Sys,
  type: 'dgram' | 'stream',
  options: ExchangeOptions,
  attempt: Attempt,
): Promise<Exchanged> {
  let fd = -1;
  try {
    fd = await sys.socket('inet', type, type === 'dgram' ? 'udp' : 'tcp', { nonblock: true, cloexec: true });
    if (options.source !== undefined) await sys.bind(fd, { family: 'inet', address: options.source, port: 0 });
    return await attempt(fd, (await sys.clock_gettime('monotonic')) + options.timeoutNs);
  } catch (error) {
    return { kind: 'error', errno: errnoOf(error) };
  } finally {
    if (fd >= 0) await sys.close(fd);
  }
}

/** True when the descriptor is ready, false when the deadline has passed. */
async function ready(sys: Sys, fd: number, events: number, deadlineNs: number): Promise<boolean> {
  const left = deadlineNs - (await sys.clock_gettime('monotonic'));
  if (left <= 0) return false;
  return (await sys.poll([{ fd, events }], left)).length > 0;
}

export function exchangeUdp(
  sys: Sys,
  server: DnsServer,
  query: Uint8Array,
  accept: Accept,
  options: ExchangeOptions,
): Promise<Exchanged> {
  return onSocket(sys, 'dgram', options, async (fd, deadlineNs) => {
    // A connected socket takes datagrams of this server alone, and reports its ICMP errors (udp(7)).
    await sys.connect(fd, { family: 'inet', address: server.address, port: server.port });
    await sys.send(fd, query);
    while (await ready(sys, fd, POLL.IN, deadlineNs)) {
      const bytes = await sys.recv(fd, 65_535);
      if (accept(bytes)) return { kind: 'reply', bytes };
    }
    return { kind: 'timeout' };
  });
}

export function exchangeTcp(
  sys: Sys,
  server: DnsServer,
  query: Uint8Array,
  accept: Accept,
  options: ExchangeOptions,
): Promise<Exchanged> {
  return onSocket(sys, 'stream', options, async (fd, deadlineNs) => {
    if (!(await connected(sys, fd, server, deadlineNs))) return { kind: 'timeout' };
    for (let rest = framed(query); rest.length > 0; ) {
      if (!(await ready(sys, fd, POLL.OUT, deadlineNs))) return { kind: 'timeout' };
      rest = rest.subarray(await sys.send(fd, rest, { nosignal: true }));
    }
    const frames = new FrameReader();
    while (await ready(sys, fd, POLL.IN, deadlineNs)) {
      const data = await sys.recv(fd, 65_535);
      if (data.length === 0) return { kind: 'closed' };
      for (const bytes of frames.push(data)) if (accept(bytes)) return { kind: 'reply', bytes };
    }
    return { kind: 'timeout' };
  });
}

/** Connects; false at the deadline, an errno for a refusal. */
async function connected(sys: Sys, fd: number, server: DnsServer, deadlineNs: number): Promise<boolean> {
  const to = { family: 'inet', address: server.address, port: server.port } as const;
  try {
    await sys.connect(fd, to);
    return true;
  } catch (error) {
    if (errnoOf(error) !== 'EINPROGRESS') throw error;
  }
  if (!(await ready(sys, fd, POLL.OUT, deadlineNs))) return false;
  const failure = await sys.getsockopt(fd, 'socket', 'SO_ERROR');
  const errno = Object.values(E).find((one) => one.number === failure);
  if (errno) throw new SysError(errno, 'connect');
  return true;
}
