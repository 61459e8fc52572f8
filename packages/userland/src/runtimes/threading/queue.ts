/**
 * queue.Queue, LifoQueue, PriorityQueue and SimpleQueue (Lib/queue.py of 3.11): a list under one lock with three conditions; SimpleQueue, which is written
 * in C, has a list and a semaphore.
 */
import type { Cloneable } from '@netarium/core/syscall/sys.ts';
import { ValueError } from '../errors.ts';
import { Condition } from './condition.ts';
import { Empty, Full } from './errors.ts';
import { heapPop, heapPush } from './heap.ts';
import { Lock } from './lock.ts';
import { limitNs, nanoseconds, type Python, succeeds } from './python.ts';
import { flatten, type Passable, revive, Shared } from './shared.ts';

export type QueueOrder = 'fifo' | 'lifo' | 'priority';

interface Packed {
  readonly order: QueueOrder;
  readonly maxsize: number;
  readonly items: number;
  readonly unfinished: number;
  readonly notEmpty: Cloneable;
  readonly notFull: Cloneable;
  readonly allDone: Cloneable;
}

interface Conditions {
  readonly notEmpty: Condition;
  readonly notFull: Condition;
  readonly allDone: Condition;
}

export class Queue extends Shared {
  readonly kind = 'queue.Queue';

  private constructor(
    private readonly py: Python,
    private readonly packed: Packed,
    private readonly conditions: Conditions,
  ) {
    super();
  }

  /** `maxsize` 0: no limit. */
  static async create(py: Python, maxsize = 0, order: QueueOrder = 'fifo'): Promise<Queue> {
    const mutex = await Lock.create(py, { label: 'queue.mutex' });
    const notEmpty = await Condition.create(py, mutex);
    const notFull = await Condition.create(py, mutex);
    const allDone = await Condition.create(py, mutex);
    const [items, unfinished] = [await py.sys.list_create(), await py.sys.cell_create(0)];
    const flat = { notEmpty: flatten(notEmpty), notFull: flatten(notFull), allDone: flatten(allDone) };
    return new Queue(py, { order, maxsize, items, unfinished, ...flat }, { notEmpty, notFull, allDone });
  }

  static async revive(py: Python, packed: Packed): Promise<Queue> {
    const notEmpty = (await revive(py, packed.notEmpty)) as Condition;
    const notFull = (await revive(py, packed.notFull)) as Condition;
    const allDone = (await revive(py, packed.allDone)) as Condition;
    return new Queue(py, packed, { notEmpty, notFull, allDone });
  }

  pack(): Cloneable {
    return { ...this.packed };
  }

  private length(): Promise<number> {
    return this.py.sys.list_length(this.packed.items);
  }

  /** Full where it may not wait, or waited in vain. */
  async put(item: Passable, block = true, timeout?: number): Promise<void> {
    const { py, packed, conditions } = this;
    await py.calls(1);
    await conditions.notFull.with(async () => {
      const full = async () => packed.maxsize > 0 && (await this.length()) >= packed.maxsize;
      if (!(await waitWhile(py, conditions.notFull, full, block, timeout))) throw new Full();
      await this.store(flatten(item));
      await py.sys.cell_add(packed.unfinished, 1);
      await conditions.notEmpty.notify();
    });
  }

  /** Empty where it may not wait, or waited in vain. */
  async get(block = true, timeout?: number): Promise<Passable> {
    const { py, conditions } = this;
    await py.calls(1);
    return conditions.notEmpty.with(async () => {
      const empty = async () => (await this.length()) === 0;
      if (!(await waitWhile(py, conditions.notEmpty, empty, block, timeout))) throw new Empty();
      const item = await this.take();
      await conditions.notFull.notify();
      return revive(py, item);
    });
  }

  putNowait(item: Passable): Promise<void> {
    return this.put(item, false);
  }

  getNowait(): Promise<Passable> {
    return this.get(false);
  }

  private async store(item: Cloneable): Promise<void> {
    const { order, items } = this.packed;
    if (order === 'priority') await heapPush(this.py.sys, items, item);
    else await this.py.sys.list_push(items, item);
  }

  private take(): Promise<Cloneable> {
    const { order, items } = this.packed;
    if (order === 'priority') return heapPop(this.py.sys, items);
    return this.py.sys.list_remove(items, order === 'fifo' ? 0 : -1);
  }

  /** One item that was taken is done with. */
  async taskDone(): Promise<void> {
    const { py, packed, conditions } = this;
    await conditions.allDone.with(async () => {
      const left = ((await py.sys.cell_load(packed.unfinished)) as number) - 1;
      if (left < 0) throw new ValueError('task_done() called too many times');
      if (left === 0) await conditions.allDone.notifyAll();
      await py.sys.cell_store(packed.unfinished, left);
    });
  }

  /** Waits until every item that was put has been done with. */
  async join(): Promise<void> {
    const { py, packed, conditions } = this;
    await conditions.allDone.with(async () => {
      while ((await py.sys.cell_load(packed.unfinished)) !== 0) await conditions.allDone.wait();
    });
  }

  async qsize(): Promise<number> {
    return this.conditions.notEmpty.with(() => this.length());
  }

  async empty(): Promise<boolean> {
    return (await this.qsize()) === 0;
  }

  async full(): Promise<boolean> {
    return this.packed.maxsize > 0 && (await this.qsize()) >= this.packed.maxsize;
  }
}

/** Waits while something holds; false where it may not, or the time is over. */
async function waitWhile(
  py: Python,
  condition: Condition,
  holds: () => Promise<boolean>,
  block: boolean,
  timeout: number | undefined,
): Promise<boolean> {
  if (!block) return !(await holds());
  if (timeout === undefined) {
    while (await holds()) await condition.wait();
    return true;
  }
  if (timeout < 0) throw new ValueError("'timeout' must be a non-negative number");
  const until = (await py.monotonicNs()) + nanoseconds(timeout);
  while (await holds()) {
    const leftNs = until - (await py.monotonicNs());
    if (leftNs <= 0) return false;
    await condition.wait(leftNs / 1_000_000_000);
  }
  return true;
}

interface PackedSimple {
  readonly items: number;
  readonly count: number;
}

/** Unbounded, without task_done. */
export class SimpleQueue extends Shared {
  readonly kind = 'queue.SimpleQueue';

  private constructor(
    private readonly py: Python,
    private readonly packed: PackedSimple,
  ) {
    super();
  }

  static async create(py: Python): Promise<SimpleQueue> {
    return new SimpleQueue(py, { items: await py.sys.list_create(), count: await py.sys.sem_create(0) });
  }

  static revive(py: Python, packed: PackedSimple): SimpleQueue {
    return new SimpleQueue(py, packed);
  }

  pack(): Cloneable {
    return { ...this.packed };
  }

  async put(item: Passable): Promise<void> {
    await this.py.sys.list_push(this.packed.items, flatten(item));
    await this.py.sys.sem_post(this.packed.count);
  }

  async get(block = true, timeout?: number): Promise<Passable> {
    const { sys } = this.py;
    const taken = block
      ? await succeeds(sys.sem_wait(this.packed.count, limitNs(timeout)), 'ETIMEDOUT')
      : await succeeds(sys.sem_trywait(this.packed.count), 'EAGAIN');
    if (!taken) throw new Empty();
    return revive(this.py, await sys.list_remove(this.packed.items, 0));
  }

  getNowait(): Promise<Passable> {
    return this.get(false);
  }

  qsize(): Promise<number> {
    return this.py.sys.list_length(this.packed.items);
  }

  async empty(): Promise<boolean> {
    return (await this.qsize()) === 0;
  }
}
