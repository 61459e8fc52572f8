/**
 * gevent: greenlets that wait together (the Python package of that name, version 24). A hub, itself a greenlet, runs the event loop; whoever waits
 * switches to the hub, which switches back when the time has come. Order of a round: callbacks first in, first out (new greenlets begin here), then
 * due timers, then ready descriptors. `runtimes/monkey.ts` makes programs that know nothing of this wait here.
 *
 * Left out: priorities of watchers, children (waitpid), pools of threads, Timeout.
 */
import { assert } from '@netarium/core/base/assert.ts';
import { type LoopWatcher, loopWatcherOf, queued } from '@netarium/core/syscall/loop-watch.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { writeAll } from '../lib/stdio.ts';
import { TimerHeap } from '../lib/timer-heap.ts';
import { type Greenlet, GreenletExit, Greenlets } from './greenlet.ts';
import { type Direction, Readiness } from './readiness.ts';

/** Nothing is left that could ever wake the one who waits. */
export class LoopExit extends Error {
  override readonly name = 'LoopExit';
}

/** Two greenlets wait for the same direction of the same descriptor. */
export class ConcurrentObjectUseError extends Error {
  override readonly name = 'ConcurrentObjectUseError';
}

/** One wait of one greenlet: over once, whatever ends it first. */
class Waiter {
  cancelled = false;

  constructor(
    private readonly greenlet: Greenlet,
    readonly atNs = 0,
  ) {}

  /** What it is called by who looks on. */
  get label(): string {
    return this.greenlet.name;
  }

  /** For the hub: goes on in the greenlet that waits, until that one waits again. */
  async wake(value?: unknown): Promise<void> {
    if (this.cancelled) return;
    this.cancelled = true;
    await this.greenlet.switch(value);
  }
}

/** Runs in the hub's next round. */
interface Callback {
  readonly label: string;
  run(): Promise<void>;
}

export class Hub {
  private readonly greenlets = new Greenlets();
  private greenlet: Greenlet;
  private callbacks: Callback[] = [];
  /** Those of the round in progress, and whose turn it is. */
  private runs: readonly Callback[] = [];
  private turn = 0;
  private readonly watcher: LoopWatcher | undefined;
  /** Greenlets that wait, and where; filled where somebody looks on. */
  private readonly standing = new Map<Greenlet, string>();
  private readonly timers = new TimerHeap<Waiter>();
  private watchers = 0;
  private names = 0;
  private ends = 0;

  private constructor(
    readonly sys: Sys,
    private readonly readiness: Readiness<Waiter>,
  ) {
    this.greenlet = this.greenlets.create(() => this.run(), this.greenlets.main);
    this.watcher = loopWatcherOf(sys);
    this.watcher?.show(() => this.queues());
  }

  static async create(sys: Sys): Promise<Hub> {
    return new Hub(sys, await Readiness.create<Waiter>(sys));
  }

  /** `gevent.spawn`: it begins when the current greenlet waits, after those that were spawned before. */
  spawn<T>(body: () => Promise<T>, name = `Greenlet-${this.names++}`): Spawned<T> {
    const spawned: Spawned<T> = new Spawned(
      this,
      body,
      name,
      this.greenlets.create(() => spawned.run(), this.greenlet, name),
    );
    this.runCallback(name, () => spawned.begin());
    return spawned;
  }

  /** Waits for so long; 0 lets the others have a round. */
  async sleep(delayNs: number): Promise<void> {
    if (delayNs <= 0) {
      await this.pause((waiter) => this.runCallback(waiter.label, () => waiter.wake()));
    } else {
      const atNs = (await this.sys.clock_gettime('monotonic')) + delayNs;
      await this.pause((waiter) => this.timers.push(waiter), atNs);
    }
  }

  /** Waits until the descriptor is ready; false when the time is over (-1: never). */
  async waitReady(wanted: readonly (readonly [fd: number, direction: Direction])[], timeoutNs = -1): Promise<boolean> {
    const atNs = timeoutNs < 0 ? 0 : (await this.sys.clock_gettime('monotonic')) + timeoutNs;
    const limit = new Waiter(this.greenlets.current, atNs);
    if (timeoutNs >= 0) this.timers.push(limit);
    const waiter = new Waiter(this.greenlets.current);
    for (const [fd, direction] of wanted) {
      const before = await this.readiness.set(fd, direction, waiter);
      if (before !== undefined && !before.cancelled && before !== waiter) {
        await this.readiness.set(fd, direction, before);
        throw new ConcurrentObjectUseError(`descriptor ${fd} is already waited for by another greenlet`);
      }
    }
    this.watchers++;
    try {
      await this.switch();
      return waiter.cancelled;
    } finally {
      this.watchers--;
      limit.cancelled = true;
      waiter.cancelled = true;
      for (const [fd, direction] of wanted) await this.readiness.clear(fd, direction);
    }
  }

  /** `gevent.joinall`: waits for all; with `raiseError`, the exception of the first that failed. */
  async joinAll(spawned: readonly Spawned<unknown>[], { raiseError = false } = {}): Promise<void> {
    for (const each of spawned) await each.join();
    if (!raiseError) return;
    const [failed] = spawned.filter(({ exception }) => exception !== undefined).sort((a, b) => a.endedAs - b.endedAs);
    if (failed !== undefined) throw failed.exception;
  }

  /** Suspends the current greenlet; `arrange` sees to it that somebody wakes it. */
  async pause(arrange: (waiter: Waiter) => void, atNs = 0): Promise<unknown> {
    const waiter = new Waiter(this.greenlets.current, atNs);
    arrange(waiter);
    try {
      return await this.switch();
    } finally {
      waiter.cancelled = true;
    }
  }

  runCallback(label: string, run: () => Promise<void>): void {
    this.callbacks.push({ label, run });
  }

  private switch(): Promise<unknown> {
    assert(this.greenlets.current !== this.greenlet, 'the hub itself cannot wait');
    // After a LoopExit there may be something to wait for again.
    if (this.greenlet.dead) this.greenlet = this.greenlets.create(() => this.run(), this.greenlets.main);
    return this.watcher === undefined ? this.greenlet.switch() : this.watchedSwitch(this.watcher);
  }

  private async watchedSwitch(watcher: LoopWatcher): Promise<unknown> {
    const { current } = this.greenlets;
    this.standing.set(current, watcher.site());
    try {
      return await this.greenlet.switch();
    } finally {
      this.standing.delete(current);
    }
  }

  /** For who looks on. */
  private queues() {
    const { callbacks, runs, turn, timers, standing, greenlets } = this;
    const ready = [...runs.slice(turn + 1), ...callbacks];
    const waiting = this.readiness.list();
    return {
      runtime: 'gevent',
      running: greenlets.current === this.greenlet ? '' : greenlets.current.name,
      ready: queued(
        ready.length,
        ready.map(({ label }) => label),
      ),
      timers: queued(timers.living, timers.list()),
      waiting: queued(
        waiting.length,
        waiting.map(({ watcher, ...what }) => ({ ...what, label: watcher.label })),
      ),
      coroutines: queued(
        standing.size,
        [...standing].map(([{ name }, site]) => ({ name, site })),
      ),
    };
  }

  /** The loop. It ends when nothing is left that could wake anybody: the main greenlet, its parent, hears of it by LoopExit. */
  private async run(): Promise<never> {
    for (;;) {
      await this.runCallbacks();
      const next = this.timers.first;
      if (this.callbacks.length > 0) continue;
      if (next === undefined && this.watchers === 0) break;
      const nowNs = await this.sys.clock_gettime('monotonic');
      const ready = await this.readiness.wait(next === undefined ? -1 : Math.max(0, next.atNs - nowNs));
      for (const due of this.timers.takeDue(await this.sys.clock_gettime('monotonic'))) await due.wake();
      for (const waiter of ready) await waiter.wake();
    }
    throw new LoopExit('This operation would block forever');
  }

  private async runCallbacks(): Promise<void> {
    const runs = this.callbacks;
    this.runs = runs;
    this.callbacks = [];
    for (this.turn = 0; this.turn < runs.length; this.turn++) await runs[this.turn]!.run();
    this.runs = [];
  }

  nextEnd(): number {
    return ++this.ends;
  }

  async close(): Promise<void> {
    this.watcher?.show(undefined);
    await this.readiness.close();
  }
}

/** A greenlet of the hub: what `gevent.spawn` answers. */
export class Spawned<T> {
  value: T | undefined;
  exception: unknown;
  /** Its place in the order of ends. */
  endedAs = 0;
  private started = false;
  private waiters: Waiter[] = [];

  constructor(
    private readonly hub: Hub,
    private readonly body: () => Promise<T>,
    readonly name: string,
    private readonly greenlet: Greenlet,
  ) {}

  get ready(): boolean {
    return this.endedAs > 0;
  }

  get successful(): boolean {
    return this.ready && this.exception === undefined;
  }

  /** For the hub. */
  async begin(): Promise<void> {
    if (this.started) return;
    this.started = true;
    await this.greenlet.switch();
  }

  /** The body of its greenlet. An exception stays here; the hub tells it on standard error. */
  async run(): Promise<void> {
    try {
      this.value = await this.body();
    } catch (error) {
      if (!(error instanceof GreenletExit)) {
        this.exception = error;
        const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        await writeAll(this.hub.sys, 2, `${text}\n<Greenlet "${this.name}"> failed with ${text.split(':')[0]}\n`);
      }
    }
    this.finish();
  }

  private finish(): void {
    this.endedAs = this.hub.nextEnd();
    const { waiters } = this;
    this.waiters = [];
    for (const waiter of waiters) this.hub.runCallback(waiter.label, () => waiter.wake());
  }

  /** Waits for its end. */
  async join(): Promise<void> {
    if (!this.ready) await this.hub.pause((waiter) => this.waiters.push(waiter));
  }

  /** Its value, or its exception. */
  async get(): Promise<T> {
    await this.join();
    if (this.exception !== undefined) throw this.exception;
    return this.value as T;
  }

  /** Raises GreenletExit where it waits, and waits for its end; one that has not begun never will. */
  async kill(): Promise<void> {
    if (this.ready) return;
    if (!this.started) {
      this.started = true;
      this.finish();
      return;
    }
    this.hub.runCallback(this.name, async () => {
      if (!this.ready) await this.greenlet.throw(new GreenletExit());
    });
    await this.join();
  }
}
