/**
 * Echo in one thread that serves all clients: select(2) or epoll(7) says which of them can be read from or written to, and nobody is waited for. What a
 * client does not take yet is kept, and until it has taken it nothing more of it is read.
 */
import { FD_SETSIZE, POLL, type Sys } from '@netarium/core/syscall/sys.ts';
import { errnoOf, errorText } from '../../lib/failure.ts';
import { printError } from '../../lib/stdio.ts';
import type { Transform } from './transform.ts';

const RECEIVE_BYTES = 65_536;
const MAX_EVENTS = 256;

class Client {
  /** What it has not taken yet. */
  pending: Uint8Array = new Uint8Array(0);

  constructor(
    private readonly sys: Sys,
    readonly fd: number,
    private readonly transform: Transform,
  ) {}

  /** Reads or writes, as its turn is; false when it has gone. */
  async move(): Promise<boolean> {
    try {
      if (this.pending.length === 0) {
        const bytes = await this.sys.recv(this.fd, RECEIVE_BYTES);
        if (bytes.length === 0) return false;
        this.pending = this.transform(bytes);
      }
      this.pending = this.pending.subarray(await this.sys.send(this.fd, this.pending, { nosignal: true }));
      return true;
    } catch (error) {
      return errnoOf(error) === 'EAGAIN';
    }
  }
}

/** Which descriptors are to be looked at, and which of them are ready. */
interface Watcher {
  add(fd: number): Promise<void>;
  /** Whether it waits for room rather than for bytes. */
  want(fd: number, writing: boolean): Promise<void>;
  remove(fd: number): Promise<void>;
  /** The first descriptor that this way cannot watch. */
  readonly limit: number;
  ready(): Promise<readonly number[]>;
}

/** The sets are made anew for each call, and the kernel looks at every number in them. */
export function selectWatcher(sys: Sys): Watcher {
  const reading = new Set<number>();
  const writing = new Set<number>();
  return {
    limit: FD_SETSIZE,
    add: async (fd) => void reading.add(fd),
    want: async (fd, toWrite) => {
      (toWrite ? reading : writing).delete(fd);
      (toWrite ? writing : reading).add(fd);
    },
    remove: async (fd) => {
      reading.delete(fd);
      writing.delete(fd);
    },
    ready: async () => {
      const { read, write } = await sys.select({ read: [...reading], write: [...writing] }, -1);
      return [...read, ...write];
    },
  };
}

/** The kernel keeps the set, and tells of those that are ready only. */
export async function epollWatcher(sys: Sys): Promise<Watcher> {
  const epfd = await sys.epoll_create();
  return {
    limit: Number.MAX_SAFE_INTEGER,
    add: (fd) => sys.epoll_ctl(epfd, 'add', fd, POLL.IN),
    want: (fd, toWrite) => sys.epoll_ctl(epfd, 'mod', fd, toWrite ? POLL.OUT : POLL.IN),
    remove: (fd) => sys.epoll_ctl(epfd, 'del', fd),
    ready: async () => (await sys.epoll_wait(epfd, MAX_EVENTS, -1)).map(({ fd }) => fd),
  };
}

/** Ends when `stopped` says so after a signal. */
export async function serveByReadiness(
  sys: Sys,
  listener: number,
  watcher: Watcher,
  transform: Transform,
  stopped: () => boolean,
): Promise<void> {
  const clients = new Map<number, Client>();
  await watcher.add(listener);
  while (!stopped()) {
    for (const fd of await readyOf(watcher)) {
      if (fd === listener) await acceptOne(sys, listener, watcher, transform, clients);
      else await serve(sys, watcher, clients, fd);
    }
  }
  for (const fd of clients.keys()) await sys.close(fd);
}

async function readyOf(watcher: Watcher): Promise<readonly number[]> {
  try {
    return await watcher.ready();
  } catch (error) {
    if (errnoOf(error) === 'EINTR') return [];
    throw error;
  }
}

async function serve(sys: Sys, watcher: Watcher, clients: Map<number, Client>, fd: number): Promise<void> {
  const client = clients.get(fd);
  if (client === undefined) return;
  const before = client.pending.length > 0;
  if (!(await client.move())) {
    clients.delete(fd);
    await watcher.remove(fd);
    await sys.close(fd);
  } else if (client.pending.length > 0 !== before) await watcher.want(fd, !before);
}

/** One of those that wait in the queue: the others are told of again. */
async function acceptOne(
  sys: Sys,
  listener: number,
  watcher: Watcher,
  transform: Transform,
  clients: Map<number, Client>,
): Promise<void> {
  try {
    const { fd } = await sys.accept(listener, { nonblock: true, cloexec: true });
    if (fd >= watcher.limit) {
      await sys.close(fd);
      await printError(sys, `echo-server: client turned away: select takes descriptors below ${watcher.limit} only\n`);
      return;
    }
    clients.set(fd, new Client(sys, fd, transform));
    await watcher.add(fd);
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'EAGAIN' || code === 'ECONNABORTED') return;
    await printError(sys, `echo-server: accept: ${errorText(error)}\n`);
  }
}
