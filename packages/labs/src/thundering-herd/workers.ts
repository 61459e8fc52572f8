/** A server whose workers all wait for the next caller at one listening socket: in accept, in epoll_wait, or as exclusive waiters of epoll. */
import { SysError } from '@netarium/core/base/errno.ts';
import { POLL, type Sys } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { counters } from '../lib/io-programs.ts';
import { listenAt } from '../lib/tcp.ts';

/** `herd HOW PORT WORKERS`: forks the workers; ends them at SIGTERM and prints what each has done. */
async function main(sys: Sys, argv: readonly string[]): Promise<number> {
  const listening = await listenAt(sys, Number(argv[2]), 64);
  await sys.setNonblock(listening, argv[1] !== 'accept');
  const pids: number[] = [];
  for (let i = 0; i < Number(argv[3]); i++) pids.push(await sys.fork('worker', [argv[1]!, listening]));
  await sys.sigaction('SIGTERM', { handler: () => undefined });
  await sys.pause().catch(() => undefined);
  for (const pid of pids) await sys.kill(pid, 'SIGTERM');
  for (const pid of pids) await sys.waitpid(pid);
  return 0;
}

async function worker(sys: Sys, how: string, listening: number): Promise<number> {
  let accepted = 0;
  let ending = false;
  await sys.sigaction('SIGTERM', { handler: () => void (ending = true) });
  const wait = how === 'accept' ? undefined : await watch(sys, listening, how === 'exclusive');
  const before = await counters(sys);
  while (!ending) {
    try {
      await wait?.();
      const { fd } = await sys.accept(listening);
      accepted++;
      await sys.close(fd);
    } catch (error) {
      if (!(error instanceof SysError && (error.code === 'EAGAIN' || error.code === 'EINTR'))) throw error;
    }
  }
  const after = await counters(sys);
  // The wake-up by SIGTERM is none of the socket's.
  const woken = after.wakeups - before.wakeups - 1;
  await print(sys, `worker ${await sys.getpid()}: woken ${woken}, accepted ${accepted}\n`);
  return 0;
}

/** An epoll of the worker's own on the shared socket. */
async function watch(sys: Sys, listening: number, exclusive: boolean): Promise<() => Promise<unknown>> {
  const epoll = await sys.epoll_create();
  await sys.epoll_ctl(epoll, 'add', listening, exclusive ? POLL.IN | POLL.EXCLUSIVE : POLL.IN);
  return () => sys.epoll_wait(epoll, 1, -1);
}

export const herd = { main, worker };
