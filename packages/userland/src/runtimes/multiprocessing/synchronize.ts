/**
 * Locks between processes (Lib/multiprocessing/synchronize.py of 3.11): they lie in memory that forked children share, so they are handed to a child as
 * arguments. A Lock opens to any process, an RLock to the thread that has it.
 */
import type { Cloneable } from '@netarium/core/syscall/sys.ts';
import { ValueError } from '../errors.ts';
import { BaseCondition, BaseEvent, type PackedEvent } from '../threading/condition.ts';
import { AssertionError } from '../threading/errors.ts';
import { type Mutex, PlainMutex, RecursiveMutex } from '../threading/lock.ts';
import { limitNs, type Python, succeeds } from '../threading/python.ts';
import { Acquirable, flatten, revive, Shared } from '../threading/shared.ts';

export class Lock extends PlainMutex {
  readonly kind = 'mp.Lock';

  static async create(py: Python, label = 'multiprocessing.Lock'): Promise<Lock> {
    return new Lock(py, await py.sys.mutex_create({ type: 'normal', shared: true, label }));
  }

  protected unheld(): Error {
    return new ValueError('semaphore or lock released too many times');
  }
}

export class RLock extends RecursiveMutex {
  readonly kind = 'mp.RLock';

  static async create(py: Python, label = 'multiprocessing.RLock'): Promise<RLock> {
    return new RLock(py, await py.sys.mutex_create({ type: 'recursive', shared: true, label }));
  }

  protected unheld(): Error {
    return new AssertionError('attempt to release recursive lock not owned by thread');
  }
}

interface PackedSemaphore {
  readonly id: number;
  /** What a release may not pass; -1 for none. */
  readonly bound: number;
}

export class Semaphore extends Acquirable {
  readonly kind = 'mp.Semaphore';

  constructor(
    private readonly py: Python,
    private readonly packed: PackedSemaphore,
  ) {
    super();
  }

  static async create(py: Python, value = 1, bound = -1): Promise<Semaphore> {
    return new Semaphore(py, { id: await py.sys.sem_create(value, { shared: true }), bound });
  }

  pack(): Cloneable {
    return { ...this.packed };
  }

  async acquire(block = true, timeout?: number): Promise<boolean> {
    const { sys } = this.py;
    if (!block) return succeeds(sys.sem_trywait(this.packed.id), 'EAGAIN');
    return succeeds(sys.sem_wait(this.packed.id, limitNs(timeout)), 'ETIMEDOUT');
  }

  async release(): Promise<void> {
    const { id, bound } = this.packed;
    if (bound >= 0 && (await this.getValue()) >= bound)
      throw new ValueError('semaphore or lock released too many times');
    await this.py.sys.sem_post(id);
  }

  getValue(): Promise<number> {
    return this.py.sys.sem_getvalue(this.packed.id);
  }
}

/** BoundedSemaphore(value). */
export function BoundedSemaphore(py: Python, value = 1): Promise<Semaphore> {
  return Semaphore.create(py, value, value);
}

interface PackedCondition {
  readonly lock: Cloneable;
  readonly id: number;
}

export class Condition extends BaseCondition {
  readonly kind = 'mp.Condition';

  private constructor(
    py: Python,
    lock: Mutex,
    private readonly id: number,
  ) {
    super(py, lock);
  }

  static async create(py: Python, lock?: Lock | RLock): Promise<Condition> {
    return new Condition(py, lock ?? (await RLock.create(py)), await py.sys.cond_create({ shared: true }));
  }

  static async revive(py: Python, { lock, id }: PackedCondition): Promise<Condition> {
    return new Condition(py, (await revive(py, lock)) as Mutex, id);
  }

  pack(): Cloneable {
    return { lock: flatten(this.lock), id: this.id };
  }

  async wait(timeout?: number): Promise<boolean> {
    if (!(await this.lock.isOwned())) throw new AssertionError('must acquire() condition before using wait()');
    const count = await this.lock.releaseAll();
    await this.lock.acquireTimes(1);
    const limit = limitNs(timeout);
    const notified = await succeeds(this.py.sys.cond_wait(this.id, this.lock.id, limit), 'ETIMEDOUT');
    await this.lock.acquireTimes(count - 1);
    return notified;
  }

  async notify(count = 1): Promise<void> {
    if (!(await this.lock.isOwned())) throw new AssertionError('lock is not owned');
    for (let i = 0; i < count; i++) await this.py.sys.cond_signal(this.id);
  }

  async notifyAll(): Promise<void> {
    if (!(await this.lock.isOwned())) throw new AssertionError('lock is not owned');
    await this.py.sys.cond_broadcast(this.id);
  }
}

export class Event extends BaseEvent {
  readonly kind = 'mp.Event';

  static async create(py: Python): Promise<Event> {
    const condition = await Condition.create(py, await Lock.create(py));
    return new Event(py, condition, await py.sys.cell_create(false, { shared: true }));
  }

  static async revive(py: Python, { condition, flag }: PackedEvent): Promise<Event> {
    return new Event(py, (await revive(py, condition)) as Condition, flag);
  }

  async wait(timeout?: number): Promise<boolean> {
    return this.condition.with(
      async () => (await this.isSet()) || ((await this.condition.wait(timeout)) && this.isSet()),
    );
  }
}

interface PackedValue {
  readonly cell: number;
  readonly lock: Cloneable;
}

/** A value in shared memory with a lock beside it: reading and writing are one step each, `value += 1` is two. */
export class Value extends Shared {
  readonly kind = 'mp.Value';

  private constructor(
    private readonly py: Python,
    private readonly cell: number,
    private readonly lock: RLock,
  ) {
    super();
  }

  static async create(py: Python, initial: Cloneable): Promise<Value> {
    return new Value(py, await py.sys.cell_create(initial, { shared: true }), await RLock.create(py));
  }

  static async revive(py: Python, { cell, lock }: PackedValue): Promise<Value> {
    return new Value(py, cell, (await revive(py, lock)) as RLock);
  }

  pack(): Cloneable {
    return { cell: this.cell, lock: flatten(this.lock) };
  }

  getLock(): RLock {
    return this.lock;
  }

  get(): Promise<Cloneable> {
    return this.py.sys.cell_load(this.cell);
  }

  async set(value: Cloneable): Promise<void> {
    await this.py.sys.cell_store(this.cell, value);
  }
}
