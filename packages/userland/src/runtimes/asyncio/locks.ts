/**
 * Lock, Event, Semaphore and Condition among tasks (CPython 3.11's asyncio/locks.py). Waiters are served first come, first served. They order
 * tasks of one loop only: threads need locks of the kernel.
 */
import { RuntimeError, ValueError } from '../errors.ts';
import { CancelledError } from './errors.ts';
import type { Future } from './future.ts';
import type { EventLoop } from './loop.ts';

/** Futures that wait their turn. */
class Line {
  private readonly waiting: Future<void>[] = [];

  constructor(private readonly loop: EventLoop) {}

  /** Does anybody wait who has not been cancelled? */
  get occupied(): boolean {
    return this.waiting.some(({ cancelled }) => !cancelled);
  }

  /** Waits to be served; leaves the line whatever happens. Answers whether it was served, which a cancellation may come after. */
  async join(): Promise<void> {
    const place = this.loop.createFuture<void>();
    this.waiting.push(place);
    try {
      await place.wait();
    } catch (error) {
      if (error instanceof CancelledError && !place.cancelled) throw new ServedAndCancelled(error.message);
      throw error;
    } finally {
      this.waiting.splice(this.waiting.indexOf(place), 1);
    }
  }

  /** The first whom nobody has served yet; false where there is none. */
  serveFirst(): boolean {
    const next = this.waiting.find(({ done }) => !done);
    next?.setResult(undefined);
    return next !== undefined;
  }

  /** Serves the one in front, where it has not been served already. */
  serveHead(): void {
    const [head] = this.waiting;
    if (head !== undefined && !head.done) head.setResult(undefined);
  }
}

/** Cancelled between being served and going on: what was handed over has to be handed on. */
class ServedAndCancelled extends CancelledError {}

/** What is held for a while. */
abstract class Acquirable {
  protected readonly line: Line;

  constructor(loop: EventLoop) {
    this.line = new Line(loop);
  }

  abstract acquire(): Promise<void>;
  abstract release(): void;

  /** The `async with` statement. */
  async with<T>(body: () => Promise<T>): Promise<T> {
    await this.acquire();
    try {
      return await body();
    } finally {
      this.release();
    }
  }
}

export class Lock extends Acquirable {
  private held = false;

  get locked(): boolean {
    return this.held;
  }

  async acquire(): Promise<void> {
    if (!this.held && !this.line.occupied) {
      this.held = true;
      return;
    }
    try {
      await this.line.join();
    } catch (error) {
      if (error instanceof CancelledError && !this.held) this.line.serveHead();
      throw error;
    }
    this.held = true;
  }

  release(): void {
    if (!this.held) throw new RuntimeError('Lock is not acquired.');
    this.held = false;
    this.line.serveHead();
  }
}

export class Semaphore extends Acquirable {
  constructor(
    loop: EventLoop,
    private value = 1,
  ) {
    if (value < 0) throw new ValueError('Semaphore initial value must be >= 0');
    super(loop);
  }

  get locked(): boolean {
    return this.value === 0 || this.line.occupied;
  }

  async acquire(): Promise<void> {
    if (!this.locked) {
      this.value--;
      return;
    }
    try {
      await this.line.join();
    } catch (error) {
      if (error instanceof ServedAndCancelled) this.release();
      throw error;
    }
    // Several releases may have come at once: the next one need not wait for another.
    if (this.value > 0) this.serve();
  }

  release(): void {
    this.value++;
    this.serve();
  }

  /** Hands a unit over: it is gone from the value before the one who gets it runs. */
  private serve(): void {
    if (this.line.serveFirst()) this.value--;
  }
}

export class Event {
  private flag = false;
  private readonly line: Line;

  constructor(loop: EventLoop) {
    this.line = new Line(loop);
  }

  get isSet(): boolean {
    return this.flag;
  }

  set(): void {
    this.flag = true;
    while (this.line.serveFirst());
  }

  clear(): void {
    this.flag = false;
  }

  async wait(): Promise<void> {
    if (!this.flag) await this.line.join();
  }
}

export class Condition {
  readonly lock: Lock;
  private readonly line: Line;

  constructor(loop: EventLoop) {
    this.lock = new Lock(loop);
    this.line = new Line(loop);
  }

  /** Lets go of the lock, waits to be notified, and takes the lock again, come what may. */
  async wait(): Promise<void> {
    if (!this.lock.locked) throw new RuntimeError('cannot wait on un-acquired lock');
    this.lock.release();
    try {
      await this.line.join();
    } finally {
      await this.takeBack();
    }
  }

  private async takeBack(): Promise<void> {
    let cancellation: unknown;
    for (;;) {
      try {
        await this.lock.acquire();
        break;
      } catch (error) {
        if (!(error instanceof CancelledError)) throw error;
        cancellation = error;
      }
    }
    if (cancellation !== undefined) throw cancellation;
  }

  async waitFor(predicate: () => boolean): Promise<void> {
    while (!predicate()) await this.wait();
  }

  notify(count = 1): void {
    if (!this.lock.locked) throw new RuntimeError('cannot notify on un-acquired lock');
    for (let served = 0; served < count && this.line.serveFirst(); served++);
  }

  notifyAll(): void {
    this.notify(Number.MAX_SAFE_INTEGER);
  }
}
