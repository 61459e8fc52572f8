/** A reader behind epoll that reads a little at each notification; and a program that only asks whether there is an epoll. */
import { SysError } from '@netarium/core/base/errno.ts';
import { POLL, type Program } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { MS } from '../lib/io-programs.ts';
import { connectTo, outcome } from '../lib/tcp.ts';

const PATIENCE_NS = 2_000 * MS;

/**
 * `watcher level|edge once|drain ADDRESS PORT`: reads 4 bytes per notification, or (`drain`) until EAGAIN; gives up when nothing is told for two
 * seconds. Prints each step and what it never read.
 */
export const watcher: Program = async (sys, argv) => {
  const fd = await connectTo(sys, argv[3]!, Number(argv[4]));
  await sys.setNonblock(fd, true);
  const epoll = await sys.epoll_create();
  await sys.epoll_ctl(epoll, 'add', fd, POLL.IN | (argv[1] === 'edge' ? POLL.ET : 0));
  let told = 0;
  for (;;) {
    const events = await sys.epoll_wait(epoll, 1, PATIENCE_NS);
    if (events.length === 0) break;
    told++;
    const read: number[] = [];
    do {
      const data = await sys.recv(fd, 4).catch((error: SysError) => error);
      if (data instanceof SysError) break;
      read.push(data.length);
    } while (argv[2] === 'drain');
    await print(sys, `told ${told}: read ${read.join('+')}\n`);
  }
  const left = await outcome(sys.recv(fd, 100, { dontwait: true }), ({ length }) => `${length} bytes`);
  await print(sys, `told ${told} times\nleft ${left === 'EAGAIN' ? '0 bytes' : left}\n`);
  await sys.close(fd);
  await sys.close(epoll);
  return 0;
};

/** `has-epoll`: what epoll_create answers here. */
export const hasEpoll: Program = async (sys) => {
  const { sysname } = await sys.uname();
  const calls = [
    ['epoll_create', () => sys.epoll_create()],
    ['fork', () => sys.fork('main')],
    ['fcntl', () => sys.fcntl(1, 'F_GETFL')],
    ['poll', () => sys.poll([], 0)],
    ['select', () => sys.select({}, 0)],
  ] as const;
  for (const [name, call] of calls) {
    // A copy of this program must not go on here.
    if (name === 'fork' && sysname === 'Linux') continue;
    await print(sys, `${name} on ${sysname}: ${await outcome<unknown>(call())}\n`);
  }
  return 0;
};
