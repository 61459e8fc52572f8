/**
 * Echo with blocking calls: whoever serves a client does nothing else. One accepts, and starts a thread or a child for each connection; children that
 * have ended are waited for, so that none stays a zombie.
 */
import type { Cloneable, Sys } from '@netarium/core/syscall/sys.ts';
import { errnoOf, errorText, unless } from '../../lib/failure.ts';
import { printError } from '../../lib/stdio.ts';
import { transformOf } from './transform.ts';

const RECEIVE_BYTES = 65_536;
/** How long accepting rests when there is no descriptor, thread or process left. */
const REST_NS = 100_000_000;

/** Serves one client to its end; entry `client` of the program. */
export async function serveClient(sys: Sys, fd: number, upper: boolean): Promise<void> {
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

/** Ends when `stopped` says so after a signal. */
export async function serveByThreads(
  sys: Sys,
  listener: number,
  upper: boolean,
  stopped: () => boolean,
): Promise<void> {
  await acceptEach(sys, listener, stopped, async (fd) => {
    await sys.thread_create('client', [fd, upper] as readonly Cloneable[], { name: `client ${fd}`, detached: true });
  });
}

export async function serveByChildren(
  sys: Sys,
  listener: number,
  upper: boolean,
  stopped: () => boolean,
): Promise<void> {
  const children = new Set<number>();
  /** signal(7): several ends may come as one SIGCHLD. */
  const reap = async (): Promise<void> => {
    for (;;) {
      const ended = await unless(sys.waitpid(-1, { nohang: true }), 'ECHILD');
      if (ended === undefined) return;
      children.delete(ended.pid);
    }
  };
  await sys.sigaction('SIGCHLD', { handler: () => undefined });
  await acceptEach(
    sys,
    listener,
    stopped,
    async (fd) => {
      children.add(await sys.fork('child', [listener, fd, upper]));
      // The child has its own.
      await sys.close(fd);
    },
    reap,
  );
  for (const pid of children) await unless(sys.kill(pid, 'SIGTERM'), 'ESRCH');
  while (children.size > 0) {
    const ended = await unless(sys.waitpid(-1), 'ECHILD', 'EINTR');
    if (ended === undefined) break;
    children.delete(ended.pid);
  }
}

async function acceptEach(
  sys: Sys,
  listener: number,
  stopped: () => boolean,
  serve: (fd: number) => Promise<void>,
  between: () => Promise<void> = async () => {},
): Promise<void> {
  while (!stopped()) {
    const client = await unless(sys.accept(listener), 'EINTR', 'ECONNABORTED', 'EMFILE', 'ENFILE');
    await between();
    if (client === undefined) continue;
    try {
      await serve(client.fd);
    } catch (error) {
      // EAGAIN: as many threads or processes as the limit allows (RLIMIT_NPROC). This client has come in vain; the next may have luck.
      await printError(sys, `echo-server: client turned away: ${errorText(error)}\n`);
      await sys.close(client.fd);
      await unless(sys.nanosleep(REST_NS), 'EINTR');
    }
  }
}
