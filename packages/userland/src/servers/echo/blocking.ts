/**
 * Echo with blocking calls: whoever serves a client does nothing else. One accepts, and starts a thread or a child for each connection; children that
 * have ended are waited for, so that none stays a zombie.
 */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { errnoOf, errorText, unless } from '../../lib/failure.ts';
import { printError } from '../../lib/stdio.ts';
import { transformOf } from './transform.ts';

const RECEIVE_BYTES = 65_536;
/** How long accepting rests when there is no descriptor, thread or process left. */
const REST_NS = 100_000_000;

/** What the ways with a thread or a child for each client are told. */
export interface BlockingOptions {
  readonly upper: boolean;
  /** So many at a time; the others wait in the listener's queue. */
  readonly maxClients: number;
  /** A signal has asked for the end. */
  readonly stopped: () => boolean;
}

/** The same in a thread, which gives its place up at the end; entry `thread`. */
export async function serveInThread(sys: Sys, fd: number, upper: boolean, places: number): Promise<void> {
  await serveClient(sys, fd, upper);
  await sys.sem_post(places);
}

/** Serves one client to its end. */
async function serveClient(sys: Sys, fd: number, upper: boolean): Promise<void> {
  const transform = transformOf(upper);
  try {
    for (;;) {
      const bytes = await sys.recv(fd, RECEIVE_BYTES);
      if (bytes.length === 0) break;
      let rest = transform(bytes);
      while (rest.length > 0) rest = rest.subarray(await sys.send(fd, rest, { nosignal: true }));
    }
  } catch (error) {
    // The client has gone (ECONNRESET, EPIPE): there is nobody to tell.
    errnoOf(error);
  }
  await sys.close(fd);
}

/** The same in a child, whose parent's handlers are not for it; entry `child`. */
export async function serveInChild(sys: Sys, listener: number, fd: number, upper: boolean): Promise<number> {
  await sys.sigaction('SIGTERM', 'default');
  await sys.sigaction('SIGINT', 'default');
  await sys.sigaction('SIGCHLD', 'default');
  // It holds the listening socket too, and would keep the port after the parent has ended.
  await sys.close(listener);
  await serveClient(sys, fd, upper);
  return 0;
}

export async function serveByThreads(sys: Sys, listener: number, options: BlockingOptions): Promise<void> {
  const places = await sys.sem_create(options.maxClients);
  await acceptEach(sys, listener, options.stopped, {
    place: async () =>
      (await unless(
        sys.sem_wait(places).then(() => true),
        'EINTR',
      )) ?? false,
    serve: async (fd) => {
      const args = [fd, options.upper, places] as const;
      await sys.thread_create('thread', args, { name: `client ${fd}`, detached: true });
    },
    giveBack: () => sys.sem_post(places),
  });
}

export async function serveByChildren(sys: Sys, listener: number, options: BlockingOptions): Promise<void> {
  const children = new Set<number>();
  /** Takes those that have ended, or waits for one; signal(7): several ends may come as one SIGCHLD. */
  const reap = async (nohang: boolean): Promise<void> => {
    for (;;) {
      const ended = await unless(sys.waitpid(-1, { nohang }), 'ECHILD', 'EINTR');
      if (ended === undefined) return;
      children.delete(ended.pid);
      if (!nohang) return;
    }
  };
  await sys.sigaction('SIGCHLD', { handler: () => undefined });
  await acceptEach(sys, listener, options.stopped, {
    place: async () => {
      await reap(children.size < options.maxClients);
      return children.size < options.maxClients;
    },
    serve: async (fd) => {
      children.add(await sys.fork('child', [listener, fd, options.upper]));
      // The child has its own.
      await sys.close(fd);
    },
    giveBack: async () => {},
  });
  for (const pid of children) await unless(sys.kill(pid, 'SIGTERM'), 'ESRCH');
  while (children.size > 0) await reap(false);
}

interface Way {
  /** Waits for room for one client more; false where a signal or a child that ended came first. */
  place(): Promise<boolean>;
  serve(fd: number): Promise<void>;
  /** The place was not needed. */
  giveBack(): Promise<void>;
}

async function acceptEach(sys: Sys, listener: number, stopped: () => boolean, way: Way): Promise<void> {
  while (!stopped()) {
    if (!(await way.place())) continue;
    // A signal that came after the place was there has interrupted no call, and would be forgotten in accept.
    if (stopped()) break;
    const client = await unless(sys.accept(listener), 'EINTR', 'ECONNABORTED', 'EMFILE', 'ENFILE');
    try {
      if (client === undefined) await way.giveBack();
      else await way.serve(client.fd);
    } catch (error) {
      // EAGAIN: as many threads or processes as the limit allows (RLIMIT_NPROC). This client has come in vain; the next may have luck.
      await printError(sys, `echo-server: client turned away: ${errorText(error)}\n`);
      if (client !== undefined) await sys.close(client.fd);
      await way.giveBack();
      await unless(sys.nanosleep(REST_NS), 'EINTR');
    }
  }
}
