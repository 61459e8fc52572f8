/**
 * One task in four ways: fetch two answers from a slow peer, and do a piece of work that does not need them. Each prints its answers and when it was
 * done. Synchronous: the program itself waits for, or asks for, each answer; asynchronous: it is told. Blocking: it sleeps meanwhile.
 */
import type { SysError } from '@netarium/core/base/errno.ts';
import { decodeUtf8 } from '@netarium/core/base/utf8.ts';
import { POLL, type Program, type Sys } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { MS } from '../lib/io-programs.ts';
import { connectTo } from '../lib/tcp.ts';

const SLICE_NS = 2 * MS;

/** The work, a slice at a time, so that it can be done between two questions. */
class Work {
  private doneNs = 0;
  constructor(
    private readonly sys: Sys,
    private readonly wholeNs: number,
  ) {}

  get left(): boolean {
    return this.doneNs < this.wholeNs;
  }

  async slice(): Promise<void> {
    if (this.left) await this.sys.cpu(SLICE_NS);
    this.doneNs += SLICE_NS;
  }

  async rest(): Promise<void> {
    while (this.left) await this.slice();
  }
}

/** recv() sleeps for one answer after the other; the work comes last. */
async function blocking(sys: Sys, fds: readonly number[], work: Work): Promise<string[]> {
  const answers: string[] = [];
  for (const fd of fds) answers.push(decodeUtf8(await sys.recv(fd, 100)));
  await work.rest();
  return answers;
}

/** recv() never sleeps: the program asks for each answer again and again, and works in between. */
async function nonblocking(sys: Sys, fds: readonly number[], work: Work): Promise<string[]> {
  const answers: string[] = [];
  for (const fd of fds) {
    await sys.setNonblock(fd, true);
    for (let answer: string | undefined; answer === undefined; ) {
      answer = await sys.recv(fd, 100).then(decodeUtf8, (error: SysError) => {
        if (error.code !== 'EAGAIN') throw error;
        return undefined;
      });
      if (answer === undefined) await (work.left ? work.slice() : sys.cpu(SLICE_NS));
      else answers.push(answer);
    }
  }
  await work.rest();
  return answers;
}

/** epoll_wait() sleeps for whichever comes first; the work comes last. */
async function multiplexed(sys: Sys, fds: readonly number[], work: Work): Promise<string[]> {
  const answers: string[] = [];
  const epoll = await sys.epoll_create();
  for (const fd of fds) await sys.epoll_ctl(epoll, 'add', fd, POLL.IN | POLL.ONESHOT);
  while (answers.length < fds.length)
    for (const { fd } of await sys.epoll_wait(epoll, 8, -1)) answers.push(decodeUtf8(await sys.recv(fd, 100)));
  await work.rest();
  return answers;
}

/** Both receives are handed over; the work goes on, and the buffers fill meanwhile. */
async function asynchronous(sys: Sys, fds: readonly number[], work: Work): Promise<string[]> {
  const ring = await sys.io_uring_setup(8);
  const buffers = fds.map(() => new Uint8Array(100));
  for (const [at, fd] of fds.entries())
    ring.submissions.push({ operation: { op: 'recv', fd, buffer: buffers[at]! }, userData: at });
  await sys.io_uring_enter(ring.fd, fds.length);
  await work.rest();
  // By now both are done, or this waits for what is missing.
  await sys.io_uring_enter(ring.fd, 0, fds.length);
  return ring.completions.map(({ userData, result }) => decodeUtf8(buffers[userData]!.subarray(0, result)));
}

const MODELS = new Map([
  ['blocking', blocking],
  ['nonblocking', nonblocking],
  ['multiplexed', multiplexed],
  ['asynchronous', asynchronous],
]);

/** `fetch-two MODEL ADDRESS PORT WORK-MS`. */
export const fetchTwo: Program = async (sys, argv) => {
  const fds = [];
  for (let i = 0; i < 2; i++) fds.push(await connectTo(sys, argv[2]!, Number(argv[3]) + i));
  const began = await sys.clock_gettime('monotonic');
  const answers = await MODELS.get(argv[1]!)!(sys, fds, new Work(sys, Number(argv[4]) * MS));
  const took = (await sys.clock_gettime('monotonic')) - began;
  await print(sys, `answers ${answers.join(' ')}\nbegan ${began}\ntook ${took}\n`);
  for (const fd of fds) await sys.close(fd);
  return 0;
};
