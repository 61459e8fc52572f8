/**
 * Many things at once in one thread: descriptors and timers over epoll(7). Handlers run one after the other; each may await system calls,
 * for a thread has one call in progress.
 */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { errnoOf } from './failure.ts';

export type ReadyHandler = (revents: number) => Promise<void>;

export interface LoopTimer {
  readonly atNs: number;
  readonly fire: () => Promise<void>;
}

export class EventLoop {
  private readonly handlers = new Map<number, ReadyHandler>();
  private readonly timers = new Set<LoopTimer>();
  private stopped = false;

  private constructor(
    private readonly sys: Sys,
    private readonly epfd: number,
  ) {}

  static async create(sys: Sys): Promise<EventLoop> {
    return new EventLoop(sys, await sys.epoll_create());
  }

  async watch(fd: number, events: number, handler: ReadyHandler): Promise<void> {
    await this.sys.epoll_ctl(this.epfd, 'add', fd, events);
    this.handlers.set(fd, handler);
  }

  async change(fd: number, events: number): Promise<void> {
    await this.sys.epoll_ctl(this.epfd, 'mod', fd, events);
  }

  /** Forgets the descriptor and closes it. */
  async close(fd: number): Promise<void> {
    if (this.handlers.delete(fd)) await this.sys.epoll_ctl(this.epfd, 'del', fd);
    await this.sys.close(fd);
  }

  now(): Promise<number> {
    return this.sys.clock_gettime('monotonic');
  }

  /** Calls `fire` once at the instant (monotonic clock), unless cancelled. */
  at(atNs: number, fire: () => Promise<void>): LoopTimer {
    const timer = { atNs, fire };
    this.timers.add(timer);
    return timer;
  }

  cancel(timer: LoopTimer | undefined): void {
    if (timer) this.timers.delete(timer);
  }

  stop(): void {
    this.stopped = true;
  }

  /**
   * Runs until `stop`. Timers that are due at the same time fire in the order in which they were set. `between` is awaited after each
   * wait: the place to do what a signal handler asked for.
   */
  async run(between?: () => Promise<void>): Promise<void> {
    while (!this.stopped) {
      try {
        await this.once();
      } catch (error) {
        if (errnoOf(error) !== 'EINTR') throw error;
      }
      await between?.();
    }
    await this.sys.close(this.epfd);
  }

  private async once(): Promise<void> {
    const timeoutNs = this.timers.size === 0 ? -1 : Math.max(0, this.nextNs() - (await this.now()));
    for (const { fd, revents } of await this.sys.epoll_wait(this.epfd, 64, timeoutNs)) {
      await this.handlers.get(fd)?.(revents);
      if (this.stopped) return;
    }
    if (this.timers.size > 0) await this.fireDue();
  }

  private nextNs(): number {
    let next = Number.MAX_SAFE_INTEGER;
    for (const timer of this.timers) next = Math.min(next, timer.atNs);
    return next;
  }

  private async fireDue(): Promise<void> {
    const nowNs = await this.now();
    const due = [...this.timers].filter((timer) => timer.atNs <= nowNs).sort((a, b) => a.atNs - b.atNs);
    for (const timer of due) {
      // One timer may cancel another.
      if (this.timers.delete(timer)) await timer.fire();
      if (this.stopped) return;
    }
  }
}
