/**
 * Many things at once in one thread: descriptors, timers and deadlines over epoll(7). Handlers run one after the other; each may await system
 * calls, for a thread has one call in progress.
 */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { errnoOf } from './failure.ts';
import { TimerHeap } from './timer-heap.ts';

export type ReadyHandler = (revents: number) => Promise<void>;

/** How many descriptors one wait reports at most. */
const MAX_EVENTS = 64;
const NS_PER_SECOND = 1_000_000_000;

export class LoopTimer {
  cancelled = false;

  constructor(
    readonly atNs: number,
    readonly fire: () => Promise<void>,
  ) {}
}

export class EventLoop {
  private readonly handlers = new Map<number, ReadyHandler>();
  private readonly timers = new TimerHeap<LoopTimer>();
  private soonQueue: (() => Promise<void>)[] = [];
  private stopped = false;
  private wallAtNs = Number.MAX_SAFE_INTEGER;
  private wallNs = 0;
  /** The monotonic clock when the last wait ended: near enough for deadlines, and free. */
  nowNs = 0;

  private constructor(
    private readonly sys: Sys,
    private readonly epfd: number,
  ) {}

  static async create(sys: Sys): Promise<EventLoop> {
    const loop = new EventLoop(sys, await sys.epoll_create());
    loop.nowNs = await loop.now();
    return loop;
  }

  async watch(fd: number, events: number, handler: ReadyHandler): Promise<void> {
    await this.sys.epoll_ctl(this.epfd, 'add', fd, events);
    this.handlers.set(fd, handler);
  }

  async change(fd: number, events: number): Promise<void> {
    await this.sys.epoll_ctl(this.epfd, 'mod', fd, events);
  }

  /** Forgets the descriptor and leaves it open. */
  async unwatch(fd: number): Promise<void> {
    if (this.handlers.delete(fd)) await this.sys.epoll_ctl(this.epfd, 'del', fd);
  }

  /** Forgets the descriptor and closes it. */
  async close(fd: number): Promise<void> {
    await this.unwatch(fd);
    await this.sys.close(fd);
  }

  /** From now on `epochNs` tells the wall clock, which is read once a second and reckoned on by the monotonic clock in between. */
  async keepWallClock(): Promise<void> {
    this.wallAtNs = this.nowNs;
    this.wallNs = await this.sys.clock_gettime('realtime');
  }

  /** Wall clock when the last wait ended, in nanoseconds since the epoch. */
  get epochNs(): number {
    return this.wallNs + (this.nowNs - this.wallAtNs);
  }

  now(): Promise<number> {
    return this.sys.clock_gettime('monotonic');
  }

  /** Calls `fire` once at the instant (monotonic clock), unless cancelled. */
  at(atNs: number, fire: () => Promise<void>): LoopTimer {
    const timer = new LoopTimer(atNs, fire);
    this.timers.push(timer);
    return timer;
  }

  cancel(timer: LoopTimer | undefined): void {
    if (timer) timer.cancelled = true;
  }

  /** Calls it once before the next wait, after what is under way. */
  soon(call: () => Promise<void>): void {
    this.soonQueue.push(call);
  }

  stop(): void {
    this.stopped = true;
  }

  /** Ends `run` when a person or a supervisor says so. */
  async stopOnSignals(): Promise<void> {
    const action = { handler: () => this.stop() };
    await this.sys.sigaction('SIGTERM', action);
    await this.sys.sigaction('SIGINT', action);
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
    const events = await this.sys.epoll_wait(this.epfd, MAX_EVENTS, await this.timeoutNs());
    this.nowNs = await this.now();
    if (this.nowNs - this.wallAtNs >= NS_PER_SECOND) await this.keepWallClock();
    for (const { fd, revents } of events) {
      await this.handlers.get(fd)?.(revents);
      if (this.stopped) return;
    }
    if (this.timers.first !== undefined) await this.fireDue();
    while (this.soonQueue.length > 0 && !this.stopped) {
      const calls = this.soonQueue;
      this.soonQueue = [];
      for (const call of calls) await call();
    }
  }

  private async timeoutNs(): Promise<number> {
    if (this.soonQueue.length > 0) return 0;
    const first = this.timers.first;
    return first === undefined ? -1 : Math.max(0, first.atNs - (await this.now()));
  }

  private async fireDue(): Promise<void> {
    // By the clock of before the handlers, as libuv has it: what came due meanwhile fires after a wait of no time.
    for (const timer of this.timers.takeDue(this.nowNs)) {
      // One timer may cancel another.
      if (!timer.cancelled) await timer.fire();
      if (this.stopped) return;
    }
  }
}

/**
 * One instant that moves, mostly later, as those of connections do: moving it later costs nothing, for the timer that is set already looks
 * again when it fires.
 */
export class Deadline {
  private timer: LoopTimer | undefined = undefined;
  private atNs = Number.MAX_SAFE_INTEGER;

  constructor(
    private readonly loop: EventLoop,
    private readonly passed: () => Promise<void>,
  ) {}

  set(atNs: number): void {
    this.atNs = atNs;
    if (this.timer !== undefined && this.timer.atNs <= atNs) return;
    this.loop.cancel(this.timer);
    this.arm();
  }

  /** No instant for now; the timer stays where it is, for the next one will be later. */
  clear(): void {
    this.atNs = Number.MAX_SAFE_INTEGER;
  }

  /** For good. */
  dispose(): void {
    this.clear();
    this.loop.cancel(this.timer);
    this.timer = undefined;
  }

  private arm(): void {
    this.timer = this.loop.at(this.atNs, async () => {
      this.timer = undefined;
      if (this.atNs === Number.MAX_SAFE_INTEGER) return;
      if (this.loop.nowNs < this.atNs && (await this.loop.now()) < this.atNs) this.arm();
      else {
        this.atNs = Number.MAX_SAFE_INTEGER;
        await this.passed();
      }
    });
  }
}
