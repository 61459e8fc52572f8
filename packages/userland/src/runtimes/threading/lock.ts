/**
 * Lock and RLock (CPython 3.11, Modules/_threadmodule.c). A lock that is free is taken with the interpreter lock held; one that is not lets the
 * interpreter lock go and is granted by the kernel, before the interpreter lock is asked for again. A Lock opens to any thread, an RLock to its owner.
 */
import type { Cloneable } from '@netarium/core/syscall/sys.ts';
import { RuntimeError } from '../errors.ts';
import { limitNs, type Python, succeeds } from './python.ts';
import { Shared } from './shared.ts';

export interface LockOptions {
  /** For reports: lanes and deadlocks. */
  readonly label?: string;
}

/** What Lock and RLock have in common. */
export abstract class Mutex extends Shared {
  constructor(
    protected readonly py: Python,
    /** Number of the mutex in memory. */
    readonly id: number,
  ) {
    super();
  }

  /** Waits, `timeout` seconds at most where given; tries once where not `blocking`. */
  async acquire(blocking = true, timeout?: number): Promise<boolean> {
    const { sys } = this.py;
    if (!blocking) return succeeds(sys.mutex_trylock(this.id), 'EBUSY');
    return succeeds(sys.mutex_lock(this.id, limitNs(timeout)), 'ETIMEDOUT');
  }

  abstract release(): Promise<void>;

  /** Is it the caller's, as far as a Condition can tell? */
  abstract isOwned(): Promise<boolean>;

  /** Lets go however often it is held, and answers that number. */
  abstract releaseAll(): Promise<number>;

  async acquireTimes(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await this.acquire();
  }

  /** The `with` statement. */
  async with<T>(body: () => Promise<T>): Promise<T> {
    await this.acquire();
    try {
      return await body();
    } finally {
      await this.release();
    }
  }

  pack(): Cloneable {
    return this.id;
  }
}

export class Lock extends Mutex {
  readonly kind = 'Lock';

  static async create(py: Python, { label }: LockOptions = {}): Promise<Lock> {
    return new Lock(py, await py.sys.mutex_create({ type: 'normal', ...(label === undefined ? {} : { label }) }));
  }

  async release(): Promise<void> {
    if (!(await succeeds(this.py.sys.mutex_unlock(this.id), 'EPERM'))) throw new RuntimeError('release unlocked lock');
  }

  async locked(): Promise<boolean> {
    if (!(await this.acquire(false))) return true;
    await this.release();
    return false;
  }

  async isOwned(): Promise<boolean> {
    return this.locked();
  }

  async releaseAll(): Promise<number> {
    await this.release();
    return 1;
  }
}

export class RLock extends Mutex {
  readonly kind = 'RLock';

  static async create(py: Python, { label }: LockOptions = {}): Promise<RLock> {
    return new RLock(py, await py.sys.mutex_create({ type: 'recursive', ...(label === undefined ? {} : { label }) }));
  }

  async release(): Promise<void> {
    if (!(await succeeds(this.py.sys.mutex_unlock(this.id), 'EPERM')))
      throw new RuntimeError('cannot release un-acquired lock');
  }

  async isOwned(): Promise<boolean> {
    if (!(await succeeds(this.py.sys.mutex_unlock(this.id), 'EPERM'))) return false;
    return this.acquire(false);
  }

  async releaseAll(): Promise<number> {
    let count = 0;
    while (await succeeds(this.py.sys.mutex_unlock(this.id), 'EPERM')) count++;
    return count;
  }
}
