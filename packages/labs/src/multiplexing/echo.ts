/** An echo server of one thread for many connections, over select, poll or epoll; and the many clients. */
import { SysError } from '@netarium/core/base/errno.ts';
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { POLL, type Program, type Sys } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { counters, MS } from '../lib/io-programs.ts';
import { connectTo, listenAt } from '../lib/tcp.ts';

/** Which of the watched descriptors are readable. */
interface Watcher {
  add(fd: number): Promise<void>;
  remove(fd: number): Promise<void>;
  wait(): Promise<readonly number[]>;
}

class SelectWatcher implements Watcher {
  private readonly watched = new Set<number>();
  constructor(private readonly sys: Sys) {}
  async add(fd: number): Promise<void> {
    this.watched.add(fd);
  }
  async remove(fd: number): Promise<void> {
    this.watched.delete(fd);
  }
  async wait(): Promise<readonly number[]> {
    return (await this.sys.select({ read: [...this.watched] }, -1)).read;
  }
}

class PollWatcher implements Watcher {
  private readonly watched = new Set<number>();
  constructor(private readonly sys: Sys) {}
  async add(fd: number): Promise<void> {
    this.watched.add(fd);
  }
  async remove(fd: number): Promise<void> {
    this.watched.delete(fd);
  }
  async wait(): Promise<readonly number[]> {
    const requests = [...this.watched].map((fd) => ({ fd, events: POLL.IN }));
    return (await this.sys.poll(requests, -1)).map(({ fd }) => fd);
  }
}

class EpollWatcher implements Watcher {
  constructor(
    private readonly sys: Sys,
    private readonly epoll: number,
  ) {}
  add(fd: number): Promise<void> {
    return this.sys.epoll_ctl(this.epoll, 'add', fd, POLL.IN);
  }
  remove(fd: number): Promise<void> {
    return this.sys.epoll_ctl(this.epoll, 'del', fd);
  }
  async wait(): Promise<readonly number[]> {
    return (await this.sys.epoll_wait(this.epoll, 64, -1)).map(({ fd }) => fd);
  }
}

async function watcherOf(sys: Sys, how: string): Promise<Watcher> {
  if (how === 'select') return new SelectWatcher(sys);
  if (how === 'poll') return new PollWatcher(sys);
  return new EpollWatcher(sys, await sys.epoll_create());
}

/** Takes a caller; where descriptors run out there is nothing to do but to leave it. */
async function admit(sys: Sys, listening: number, watcher: Watcher): Promise<boolean> {
  try {
    const { fd } = await sys.accept(listening, { nonblock: true });
    await watcher.add(fd);
    return true;
  } catch (error) {
    if (error instanceof SysError && error.code === 'EMFILE') return false;
    throw error;
  }
}

/** `echo-server HOW PORT CLIENTS`: echoes a line to each client, and ends when so many have left; prints what it took. */
export const echoServer: Program = async (sys, argv) => {
  const [how, port, clients] = [argv[1]!, Number(argv[2]), Number(argv[3])];
  const listening = await listenAt(sys, port, 1024);
  const watcher = await watcherOf(sys, how);
  await watcher.add(listening);
  let served = 0;
  let open = 0;
  for (let gone = 0; gone < clients; ) {
    for (const fd of await watcher.wait()) {
      if (fd === listening) {
        if (await admit(sys, listening, watcher)) open++;
        else return fail(sys, open);
        continue;
      }
      const data = await sys.recv(fd, 100);
      if (data.length > 0) {
        await sys.send(fd, data);
        served++;
        continue;
      }
      await watcher.remove(fd);
      await sys.close(fd);
      gone++;
    }
  }
  const { wakeups, scanned, calls } = await counters(sys);
  await print(sys, `served ${served}\nwakeups ${wakeups}\nscanned ${scanned}\ncalls ${calls}\n`);
  return 0;
};

async function fail(sys: Sys, open: number): Promise<number> {
  await print(sys, `EMFILE after ${open}\nserved 0\n`);
  return 1;
}

/** `clients ADDRESS PORT COUNT`: so many connections at a time, each sends a line, awaits its echo, and leaves when all have theirs. */
export const clients: Program = async (sys, argv) => {
  const [port, count] = argv.slice(2).map(Number);
  const fds: number[] = [];
  for (let i = 0; i < count!; i++) {
    fds.push(await connectTo(sys, argv[1]!, port!));
    await sys.cpu(MS / 20);
  }
  for (const fd of fds) {
    await sys.send(fd, encodeUtf8(`I am ${fd}\n`), { nosignal: true });
    await sys.cpu(MS / 20);
  }
  let answered = 0;
  for (const fd of fds) if ((await sys.recv(fd, 100).catch(() => [])).length > 0) answered++;
  for (const fd of fds) await sys.close(fd);
  await print(sys, `answered ${answered}\n`);
  return 0;
};
