/**
 * Condition and Event (Lib/threading.py of 3.11): a waiter puts a lock of its own into a list, lets the condition's lock go and sleeps on its own; notify
 * opens those that have waited longest. Who was notified has still to get the condition's lock back.
 */
import type { Cloneable } from '@netarium/core/syscall/sys.ts';
import { RuntimeError } from '../errors.ts';
import { Lock, type Mutex, RLock } from './lock.ts';
import { limitNs, nanoseconds, type Python, succeeds } from './python.ts';
import { flatten, revive, Shared } from './shared.ts';

interface Packed {
  readonly lock: Cloneable;
  readonly waiters: number;
}

/** What conditions between threads and between processes have in common. */
export abstract class BaseCondition extends Shared {
  protected constructor(
    protected readonly py: Python,
    readonly lock: Mutex,
  ) {
    super();
  }

  with<T>(body: () => Promise<T>): Promise<T> {
    return this.lock.with(body);
  }

  /** False where the time was over first. */
  abstract wait(timeout?: number): Promise<boolean>;

  abstract notifyAll(): Promise<void>;

  /** Waits until the predicate holds; answers it. */
  async waitFor(predicate: () => Promise<boolean>, timeout?: number): Promise<boolean> {
    const until = timeout === undefined ? undefined : (await this.py.monotonicNs()) + nanoseconds(timeout);
    let result = await predicate();
    while (!result) {
      const left = until === undefined ? undefined : (until - (await this.py.monotonicNs())) / 1_000_000_000;
      if (left !== undefined && left <= 0) break;
      await this.wait(left);
      result = await predicate();
    }
    return result;
  }
}

export class Condition extends BaseCondition {
  readonly kind = 'Condition';

  private constructor(
    py: Python,
    lock: Mutex,
    /** Number of the list of waiters. */
    private readonly waiters: number,
  ) {
    super(py, lock);
  }

  /** Over an RLock of its own unless a lock is given. */
  static async create(py: Python, lock?: Mutex): Promise<Condition> {
    return new Condition(py, lock ?? (await RLock.create(py)), await py.sys.list_create());
  }

  static async revive(py: Python, { lock, waiters }: Packed): Promise<Condition> {
    return new Condition(py, (await revive(py, lock)) as Mutex, waiters);
  }

  pack(): Cloneable {
    return { lock: flatten(this.lock), waiters: this.waiters };
  }

  acquire(blocking = true, timeout?: number): Promise<boolean> {
    return this.lock.acquire(blocking, timeout);
  }

  release(): Promise<void> {
    return this.lock.release();
  }

  async wait(timeout?: number): Promise<boolean> {
    if (!(await this.lock.isOwned())) throw new RuntimeError('cannot wait on un-acquired lock');
    const { sys } = this.py;
    const waiter = await sys.sem_create(0);
    await sys.list_push(this.waiters, waiter);
    const count = await this.lock.releaseAll();
    const notified = await this.sleep(waiter, timeout);
    await this.lock.acquireTimes(count);
    if (!notified) await this.forget(waiter);
    await sys.sync_destroy(waiter);
    return notified;
  }

  private async sleep(waiter: number, timeout?: number): Promise<boolean> {
    const { sys } = this.py;
    if (timeout !== undefined && timeout <= 0) return succeeds(sys.sem_trywait(waiter), 'EAGAIN');
    return succeeds(sys.sem_wait(waiter, limitNs(timeout)), 'ETIMEDOUT');
  }

  private async forget(waiter: number): Promise<void> {
    const { sys } = this.py;
    for (let at = (await sys.list_length(this.waiters)) - 1; at >= 0; at--) {
      if ((await sys.list_get(this.waiters, at)) !== waiter) continue;
      await sys.list_remove(this.waiters, at);
      return;
    }
  }

  async notify(count = 1): Promise<void> {
    if (!(await this.lock.isOwned())) throw new RuntimeError('cannot notify on un-acquired lock');
    const { sys } = this.py;
    for (let left = Math.min(count, await sys.list_length(this.waiters)); left > 0; left--)
      await sys.sem_post((await sys.list_remove(this.waiters, 0)) as number);
  }

  notifyAll(): Promise<void> {
    return this.notify(Number.POSITIVE_INFINITY);
  }
}

export interface PackedEvent {
  readonly condition: Cloneable;
  readonly flag: number;
}

/** A flag under a condition, for the two kinds of conditions. */
export abstract class BaseEvent extends Shared {
  constructor(
    protected readonly py: Python,
    protected readonly condition: BaseCondition,
    private readonly flag: number,
  ) {
    super();
  }

  pack(): Cloneable {
    return { condition: flatten(this.condition), flag: this.flag };
  }

  async isSet(): Promise<boolean> {
    return (await this.py.sys.cell_load(this.flag)) === true;
  }

  async set(): Promise<void> {
    await this.condition.with(async () => {
      await this.py.sys.cell_store(this.flag, true);
      await this.condition.notifyAll();
    });
  }

  async clear(): Promise<void> {
    await this.condition.with(() => this.py.sys.cell_store(this.flag, false));
  }

  /** The flag when the wait is over. */
  abstract wait(timeout?: number): Promise<boolean>;
}

export class Event extends BaseEvent {
  readonly kind = 'Event';

  static async create(py: Python): Promise<Event> {
    return new Event(py, await Condition.create(py, await Lock.create(py)), await py.sys.cell_create(false));
  }

  static async revive(py: Python, { condition, flag }: PackedEvent): Promise<Event> {
    return new Event(py, (await revive(py, condition)) as Condition, flag);
  }

  async wait(timeout?: number): Promise<boolean> {
    return this.condition.with(async () => (await this.isSet()) || this.condition.wait(timeout));
  }
}
