/**
 * Streams over non-blocking sockets (CPython 3.11's asyncio/streams.py): connections and servers. The loop reads whenever a socket has data and stops
 * above twice the reader's limit. Addresses, not names: asyncio has names resolved by a thread. Left out: TLS, Unix sockets.
 */
import type { SockAddrIn, Sys } from '@netarium/core/syscall/sys.ts';
import { errnoOf, unless } from '../../lib/failure.ts';
import type { EventLoop } from './loop.ts';
import { StreamReader } from './stream-reader.ts';
import { StreamWriter } from './stream-writer.ts';
import { createTask, wake } from './task.ts';

/** How much a reader buffers: asyncio's default limit. */
const LIMIT = 65_536;
const RECEIVE_BYTES = 262_144;

export type Streams = readonly [reader: StreamReader, writer: StreamWriter];

/** Both halves over a connected, non-blocking descriptor; from here on it is theirs. */
async function streamsOver(loop: EventLoop, fd: number, limit = LIMIT): Promise<Streams> {
  const { sys } = loop;
  // asyncio sets TCP_NODELAY on every TCP transport (selector_events.py).
  await sys.setsockopt(fd, 'tcp', 'TCP_NODELAY', 1);
  let [reading, ended] = [false, false];
  const flow = async (on: boolean) => {
    if (on === reading || ended) return;
    reading = on;
    if (on) await loop.watch(fd, 'read', receive, `receive on ${fd}`);
    else await loop.unwatch(fd, 'read');
  };
  const stop = async () => {
    await flow(false);
    ended = true;
  };
  const reader = new StreamReader(loop, limit, flow);
  const writer = new StreamWriter(loop, fd, (await sys.getpeername(fd)) as SockAddrIn, async () => {
    await stop();
    reader.end();
  });
  async function receive(): Promise<void> {
    try {
      const data = await unless(sys.recv(fd, RECEIVE_BYTES), 'EAGAIN', 'EINTR');
      if (data === undefined) return;
      if (data.length > 0) {
        if (!reader.feed(data)) await flow(false);
        return;
      }
      await stop();
      reader.end();
    } catch (error) {
      errnoOf(error);
      await stop();
      reader.end(error);
      await writer.fail(error);
    }
  }
  await flow(true);
  return [reader, writer];
}

/** `asyncio.open_connection`. Raises the errno of a connection that fails. */
export async function openConnection(loop: EventLoop, address: string, port: number, limit = LIMIT): Promise<Streams> {
  const { sys } = loop;
  const fd = await sys.socket('inet', 'stream', 'tcp', { nonblock: true, cloexec: true });
  try {
    if ((await connectErrno(sys, fd, { family: 'inet', address, port })) === 'EINPROGRESS') {
      await writable(loop, fd);
      // A second connect(2) fails with what SO_ERROR holds, or with EISCONN once the connection stands (connect(2)).
      await unless(sys.connect(fd, { family: 'inet', address, port }), 'EISCONN');
    }
    return await streamsOver(loop, fd, limit);
  } catch (error) {
    await sys.close(fd);
    throw error;
  }
}

export type ClientConnected = (reader: StreamReader, writer: StreamWriter) => Promise<void>;

export interface Server {
  /** Stops listening; open connections go on. */
  close(): Promise<void>;
  readonly address: SockAddrIn;
}

/** `asyncio.start_server`: a task for each connection. */
export async function startServer(
  loop: EventLoop,
  connected: ClientConnected,
  at: { readonly address: string; readonly port: number },
  backlog = 100,
): Promise<Server> {
  const { sys } = loop;
  const fd = await sys.socket('inet', 'stream', 'tcp', { nonblock: true, cloexec: true });
  try {
    await sys.setsockopt(fd, 'socket', 'SO_REUSEADDR', 1);
    await sys.bind(fd, { family: 'inet', ...at });
    await sys.listen(fd, backlog);
  } catch (error) {
    await sys.close(fd);
    throw error;
  }
  return startServerOn(loop, connected, fd, backlog);
}

/** The same with a socket that listens already and does not block (`start_server(sock=...)`). */
export async function startServerOn(
  loop: EventLoop,
  connected: ClientConnected,
  fd: number,
  backlog = 100,
): Promise<Server> {
  const { sys } = loop;
  await loop.watch(fd, 'read', () => acceptAll(loop, fd, backlog, connected), `accept on ${fd}`);
  return { close: () => stopListening(loop, fd), address: (await sys.getsockname(fd)) as SockAddrIn };
}

async function acceptAll(
  loop: EventLoop,
  listening: number,
  backlog: number,
  connected: ClientConnected,
): Promise<void> {
  // As many as may have queued, so that one wake-up is enough for a burst.
  for (let i = 0; i < backlog; i++) {
    const accepted = await unless(
      loop.sys.accept(listening, { nonblock: true, cloexec: true }),
      'EAGAIN',
      'EINTR',
      'ECONNABORTED',
    );
    if (accepted === undefined) return;
    // A client that has left meanwhile has no name any more.
    const streams = await unless(streamsOver(loop, accepted.fd), 'ENOTCONN', 'EINVAL');
    if (streams === undefined) {
      await loop.sys.close(accepted.fd);
      continue;
    }
    const [reader, writer] = streams;
    createTask(loop, () => connected(reader, writer));
  }
}

async function stopListening(loop: EventLoop, fd: number): Promise<void> {
  await loop.unwatch(fd, 'read');
  await loop.sys.close(fd);
}

async function connectErrno(sys: Sys, fd: number, to: SockAddrIn): Promise<'EINPROGRESS' | undefined> {
  try {
    await sys.connect(fd, to);
    return undefined;
  } catch (error) {
    if (errnoOf(error) === 'EINPROGRESS') return 'EINPROGRESS';
    throw error;
  }
}

async function writable(loop: EventLoop, fd: number): Promise<void> {
  const ready = loop.createFuture<void>();
  await loop.watch(fd, 'write', () => wake(ready), `connected on ${fd}`);
  try {
    await ready.wait();
  } finally {
    await loop.unwatch(fd, 'write');
  }
}
