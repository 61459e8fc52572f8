/**
 * multiprocessing.Queue, JoinableQueue and SimpleQueue (Lib/multiprocessing/queues.py of 3.11): a pipe with a lock at each end and a semaphore that counts
 * free places. `put` leaves the item in a buffer of its process, from which a feeder thread writes it into the pipe: so `put` is quick, an item is not
 * at once there for others, and a process does not end before its feeder has written everything.
 */
import type { Cloneable } from '@netarium/core/syscall/sys.ts';
import { ValueError } from '../errors.ts';
import { Condition as ThreadCondition } from '../threading/condition.ts';
import { Empty, Full } from '../threading/errors.ts';
import { Lock as ThreadLock } from '../threading/lock.ts';
import { nanoseconds, type Python } from '../threading/python.ts';
import { flatten, type Passable, revive, Shared } from '../threading/shared.ts';
import { type Connection, Pipe } from './connection.ts';
import { FEEDER, startFeeder } from './feeder.ts';
import { deserialize } from './serialize.ts';
import { Condition, Lock, Semaphore } from './synchronize.ts';

const SEM_VALUE_MAX = 2_147_483_647;

/** What all processes share. */
interface Parts {
  readonly maxsize: number;
  readonly reader: Connection;
  readonly writer: Connection;
  readonly readLock: Lock;
  readonly writeLock: Lock;
  /** Free places. */
  readonly places: Semaphore;
  /** JoinableQueue: items put and not yet done with, and who waits for that. */
  readonly unfinished: Semaphore | null;
  readonly allDone: Condition | null;
}

/** What one process has of it: numbers of its own memory, good in the process with this pid. */
interface Own {
  readonly pid: number;
  readonly buffer: number;
  readonly notEmpty: Cloneable;
  /** Cell: the feeder thread, null before the first put. */
  readonly feeder: number;
  /** Cell: closed, no more puts. */
  readonly closed: number;
}

interface Packed extends Readonly<Record<keyof Omit<Parts, 'maxsize'>, Cloneable>> {
  readonly maxsize: number;
  readonly own: Own;
}

export class Queue extends Shared {
  readonly kind = 'mp.Queue';

  private constructor(
    readonly py: Python,
    readonly parts: Parts,
    readonly own: Own,
    readonly notEmpty: ThreadCondition,
  ) {
    super();
  }

  /** `maxsize` 0: as many as a semaphore can count. */
  static async create(py: Python, maxsize = 0, joinable = false): Promise<Queue> {
    const [reader, writer] = await Pipe(py, false);
    const [readLock, writeLock] = [await Lock.create(py, 'queue reader'), await Lock.create(py, 'queue writer')];
    const bound = maxsize <= 0 ? SEM_VALUE_MAX : maxsize;
    const places = await Semaphore.create(py, bound, bound);
    const unfinished = joinable ? await Semaphore.create(py, 0) : null;
    const allDone = joinable ? await Condition.create(py) : null;
    const parts = { maxsize: bound, reader, writer, readLock, writeLock, places, unfinished, allDone };
    const own = await ownPart(py);
    return new Queue(py, parts, own, (await revive(py, own.notEmpty)) as ThreadCondition);
  }

  static async revive(py: Python, packed: Packed): Promise<Queue> {
    const parts: Parts = {
      maxsize: packed.maxsize,
      reader: (await revive(py, packed.reader)) as Connection,
      writer: (await revive(py, packed.writer)) as Connection,
      readLock: (await revive(py, packed.readLock)) as Lock,
      writeLock: (await revive(py, packed.writeLock)) as Lock,
      places: (await revive(py, packed.places)) as Semaphore,
      unfinished: (await revive(py, packed.unfinished)) as Semaphore | null,
      allDone: (await revive(py, packed.allDone)) as Condition | null,
    };
    // A forked child begins with an empty buffer and no feeder.
    const own = packed.own.pid === py.state.pid ? packed.own : await ownPart(py);
    return new Queue(py, parts, own, (await revive(py, own.notEmpty)) as ThreadCondition);
  }

  pack(): Cloneable {
    const { maxsize, ...objects } = this.parts;
    const flat = Object.entries(objects).map(([name, object]) => [name, object === null ? null : flatten(object)]);
    return { maxsize, own: { ...this.own }, ...Object.fromEntries(flat) };
  }

  /** Full where it may not wait for a place, or waited in vain. */
  async put(item: Passable, block = true, timeout?: number): Promise<void> {
    const { py, parts, own, notEmpty } = this;
    if (await py.sys.cell_load(own.closed)) throw new ValueError('Queue is closed');
    if (!(await parts.places.acquire(block, timeout))) throw new Full();
    const store = async () => {
      if ((await py.sys.cell_load(own.feeder)) === null) await startFeeder(this);
      await py.sys.list_push(own.buffer, flatten(item));
      await parts.unfinished?.release();
      await notEmpty.notify();
    };
    const { allDone } = parts;
    await notEmpty.with(() => (allDone === null ? store() : allDone.with(store)));
  }

  /** Empty where it may not wait, or waited in vain. */
  async get(block = true, timeout?: number): Promise<Passable> {
    const { py, parts } = this;
    const until = timeout === undefined ? undefined : (await py.monotonicNs()) + nanoseconds(timeout);
    if (!(await parts.readLock.acquire(block, timeout))) throw new Empty();
    let bytes: Uint8Array;
    try {
      if (!block && !(await parts.reader.poll())) throw new Empty();
      if (until !== undefined) {
        const leftNs = until - (await py.monotonicNs());
        if (!(await parts.reader.poll(Math.max(0, leftNs) / 1_000_000_000))) throw new Empty();
      }
      bytes = await parts.reader.recvBytes();
      await parts.places.release();
    } finally {
      await parts.readLock.release();
    }
    return revive(py, deserialize(bytes));
  }

  putNowait(item: Passable): Promise<void> {
    return this.put(item, false);
  }

  getNowait(): Promise<Passable> {
    return this.get(false);
  }

  async qsize(): Promise<number> {
    return this.parts.maxsize - (await this.parts.places.getValue());
  }

  /** Of the pipe: what is still in buffers does not count. */
  async empty(): Promise<boolean> {
    return !(await this.parts.reader.poll());
  }

  async full(): Promise<boolean> {
    return (await this.parts.places.getValue()) === 0;
  }

  /** JoinableQueue: one item that was taken is done with. */
  async taskDone(): Promise<void> {
    const { unfinished, allDone } = this.joinable();
    await allDone.with(async () => {
      if (!(await unfinished.acquire(false))) throw new ValueError('task_done() called too many times');
      if ((await unfinished.getValue()) === 0) await allDone.notifyAll();
    });
  }

  /** JoinableQueue: waits until every item that was put has been done with. */
  async join(): Promise<void> {
    const { unfinished, allDone } = this.joinable();
    await allDone.with(async () => {
      while ((await unfinished.getValue()) !== 0) await allDone.wait();
    });
  }

  private joinable(): { readonly unfinished: Semaphore; readonly allDone: Condition } {
    const { unfinished, allDone } = this.parts;
    if (unfinished === null || allDone === null) throw new TypeError('this queue is no JoinableQueue');
    return { unfinished, allDone };
  }

  /** No more puts of this process: the feeder ends when the buffer is empty. */
  async close(): Promise<void> {
    const { py, own, notEmpty } = this;
    if (await py.sys.cell_exchange(own.closed, true)) return;
    if ((await py.sys.cell_load(own.feeder)) === null) return;
    await notEmpty.with(async () => {
      await py.sys.list_push(own.buffer, { [FEEDER]: 'end' });
      await notEmpty.notify();
    });
  }
}

/** JoinableQueue(maxsize). */
export function JoinableQueue(py: Python, maxsize = 0): Promise<Queue> {
  return Queue.create(py, maxsize, true);
}

async function ownPart(py: Python): Promise<Own> {
  const notEmpty = await ThreadCondition.create(py, await ThreadLock.create(py));
  return {
    pid: py.state.pid,
    buffer: await py.sys.list_create(),
    notEmpty: flatten(notEmpty),
    feeder: await py.sys.cell_create(null),
    closed: await py.sys.cell_create(false),
  };
}

/** multiprocessing.SimpleQueue: the pipe and the two locks, no buffer, no feeder, no bound but the pipe's. */
export class SimpleQueue extends Shared {
  readonly kind = 'mp.SimpleQueue';

  private constructor(
    private readonly py: Python,
    private readonly parts: Readonly<Record<'reader' | 'writer', Connection>> &
      Readonly<Record<'readLock' | 'writeLock', Lock>>,
  ) {
    super();
  }

  static async create(py: Python): Promise<SimpleQueue> {
    const [reader, writer] = await Pipe(py, false);
    const [readLock, writeLock] = [await Lock.create(py, 'queue reader'), await Lock.create(py, 'queue writer')];
    return new SimpleQueue(py, { reader, writer, readLock, writeLock });
  }

  static async revive(py: Python, packed: Readonly<Record<string, Cloneable>>): Promise<SimpleQueue> {
    const [reader, writer] = [
      (await revive(py, packed.reader)) as Connection,
      (await revive(py, packed.writer)) as Connection,
    ];
    const [readLock, writeLock] = [
      (await revive(py, packed.readLock)) as Lock,
      (await revive(py, packed.writeLock)) as Lock,
    ];
    return new SimpleQueue(py, { reader, writer, readLock, writeLock });
  }

  pack(): Cloneable {
    return Object.fromEntries(Object.entries(this.parts).map(([name, object]) => [name, flatten(object)]));
  }

  async put(item: Passable): Promise<void> {
    await this.parts.writeLock.with(() => this.parts.writer.send(item));
  }

  async get(): Promise<Passable> {
    const bytes = await this.parts.readLock.with(() => this.parts.reader.recvBytes());
    return revive(this.py, deserialize(bytes));
  }

  async empty(): Promise<boolean> {
    return !(await this.parts.reader.poll());
  }
}
