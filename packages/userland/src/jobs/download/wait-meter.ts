/** How much of its life a thread waits: another `sys` with the same calls, whose waiting ones are timed. What remains of the life is work, ours or the kernel's. */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { sysWith } from '@netarium/core/syscall/sys-of.ts';

type Waiting = Pick<Sys, 'poll' | 'epoll_wait' | 'nanosleep' | 'sem_wait' | 'read'>;

/** Plain values: it passes from threads and processes. */
export interface ThreadUse {
  readonly [key: string]: string | number;
  readonly name: string;
  readonly aliveNs: number;
  readonly waitedNs: number;
}

export class WaitMeter {
  /** The calls to use in place of the thread's own. */
  readonly sys: Sys;
  private waitedNs = 0;
  /** When the last wait ended: near enough for deadlines, and free. */
  lastNs: number;

  private constructor(
    private readonly real: Sys,
    private readonly startNs: number,
  ) {
    this.lastNs = startNs;
    const timed = <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) => {
      return async (...args: A): Promise<R> => {
        const beforeNs = await real.clock_gettime('monotonic');
        try {
          return await call(...args);
        } finally {
          this.lastNs = await real.clock_gettime('monotonic');
          this.waitedNs += this.lastNs - beforeNs;
        }
      };
    };
    const waiting: Waiting = {
      poll: timed((requests, timeoutNs) => real.poll(requests, timeoutNs)),
      epoll_wait: timed((epfd, max, timeoutNs) => real.epoll_wait(epfd, max, timeoutNs)),
      nanosleep: timed((ns) => real.nanosleep(ns)),
      sem_wait: timed((semaphore, timeoutNs) => real.sem_wait(semaphore, timeoutNs)),
      read: timed((fd, length) => real.read(fd, length)),
    };
    this.sys = sysWith(real, waiting);
  }

  static async create(sys: Sys): Promise<WaitMeter> {
    return new WaitMeter(sys, await sys.clock_gettime('monotonic'));
  }

  async use(name: string): Promise<ThreadUse> {
    const aliveNs = (await this.real.clock_gettime('monotonic')) - this.startNs;
    return { name, aliveNs, waitedNs: this.waitedNs };
  }
}
