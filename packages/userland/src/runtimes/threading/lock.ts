/**
 * Lock and RLock (CPython 3.11, Modules/_threadmodule.c). A lock that is free is taken with the interpreter lock held; one that is not lets the
 * interpreter lock go and is granted by the kernel, before the interpreter lock is asked for again. A Lock opens to any thread, an RLock to its owner.
 */
import type { Cloneable } from '@netarium/core/syscall/sys.ts';
import { RuntimeError } from '../errors.ts';
import { limitNs, type Python, succeeds } from './python.ts';
import { Acquirable } from './shared.ts';

export interface LockOptions {
  /** For reports: lanes and deadlocks. */
  readonly label?: string;
}

/** What all locks have in common, of threads and of processes. */
export abstract class Mutex extends Acquirable {
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

  async release(): Promise<void> {
    if (!(await this.unlock())) throw this.unheld();
  }

  protected unlock(): Promise<boolean> {
    return succeeds(this.py.sys.mutex_unlock(this.id), 'EPERM');
  }

  /** What `release` raises where there is nothing to release. */
  protected abstract unheld(): Error;

  /** Is it the caller's, as far as a Condition can tell? */
  abstract isOwned(): Promise<boolean>;

  /** Lets go however often it is held, and answers that number. */
  abstract releaseAll(): Promise<number>;

  async acquireTimes(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await this.acquire();
  }

  pack(): Cloneable {
    return this.id;
  }
}

/** Opens to whoever releases it: it is the caller's when it is anybody's. */
export abstract class PlainMutex extends Mutex {
  async isOwned(): Promise<boolean> {
    if (!(await this.acquire(false))) return true;
    await this.release();
    return false;
  }

  async releaseAll(): Promise<number> {
    await this.release();
    return 1;
  }
}

/** Opens to the thread that has it, when that has released it as often as it took it. */
export abstract class RecursiveMutex extends Mutex {
  async isOwned(): Promise<boolean> {
    return (await this.unlock()) && this.acquire(false);
  }

  async releaseAll(): Promise<number> {
    let count = 0;
    while (await this.unlock()) count++;
    return count;
  }
}

export class Lock extends PlainMutex {
  readonly kind = 'Lock';

  static async create(py: Python, { label }: LockOptions = {}): Promise<Lock> {
    return new Lock(py, await py.sys.mutex_create({ type: 'normal', ...(label === undefined ? {} : { label }) }));
  }

  async locked(): Promise<boolean> {
    return this.isOwned();
  }

  protected unheld(): Error {
    return new RuntimeError('release unlocked lock');
  }
}

export class RLock extends RecursiveMutex {
  readonly kind = 'RLock';

  static async create(py: Python, { label }: LockOptions = {}): Promise<RLock> {
    return new RLock(py, await py.sys.mutex_create({ type: 'recursive', ...(label === undefined ? {} : { label }) }));
  }

  protected unheld(): Error {
    return new RuntimeError('cannot release un-acquired lock');
  }
}
