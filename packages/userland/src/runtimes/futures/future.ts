/**
 * Future (Lib/concurrent/futures/_base.py of 3.11): the outcome of a task that another thread or process carries out. `result` waits for it; callbacks are
 * called by the thread that finishes the task, or at once by the one that adds them to a finished future.
 */
import type { Cloneable } from '@netarium/core/syscall/sys.ts';
import { TimeoutError } from '../asyncio/errors.ts';
import { Condition } from '../threading/condition.ts';
import { Lock } from '../threading/lock.ts';
import { nanoseconds, type Python } from '../threading/python.ts';
import { flatten, type Passable, revive, reviveAll, Shared } from '../threading/shared.ts';
import { traceback } from '../threading/thread.ts';
import { CancelledError, InvalidStateError, RaisedElsewhere, type RaisedError, raisedError } from './errors.ts';

export type FutureState = 'PENDING' | 'RUNNING' | 'CANCELLED' | 'FINISHED';

type Outcome = { readonly result: Cloneable } | { readonly error: RaisedError };

interface Packed {
  readonly condition: Cloneable;
  /** Numbers of cells and lists. */
  readonly state: number;
  readonly outcome: number;
  readonly callbacks: number;
  readonly waiters: number;
}

/** Somebody who waits for the first, or for all, of several futures: a list for those that are done, and a semaphore that counts them. */
export interface Waiter {
  readonly [key: string]: Cloneable;
  readonly done: number;
  readonly count: number;
}

export class Future extends Shared {
  readonly kind = 'Future';

  private constructor(
    private readonly py: Python,
    private readonly packed: Packed,
    private readonly condition: Condition,
  ) {
    super();
  }

  static async create(py: Python): Promise<Future> {
    const { sys } = py;
    const condition = await Condition.create(py, await Lock.create(py));
    const [state, outcome] = [await sys.cell_create('PENDING'), await sys.cell_create(null)];
    const [callbacks, waiters] = [await sys.list_create(), await sys.list_create()];
    return new Future(py, { condition: flatten(condition), state, outcome, callbacks, waiters }, condition);
  }

  static async revive(py: Python, packed: Packed): Promise<Future> {
    return new Future(py, packed, (await revive(py, packed.condition)) as Condition);
  }

  pack(): Cloneable {
    return { ...this.packed };
  }

  /** The same future, whoever holds the handle. */
  get id(): number {
    return this.packed.state;
  }

  async state(): Promise<FutureState> {
    return (await this.py.sys.cell_load(this.packed.state)) as FutureState;
  }

  async running(): Promise<boolean> {
    return (await this.state()) === 'RUNNING';
  }

  async cancelled(): Promise<boolean> {
    return (await this.state()) === 'CANCELLED';
  }

  async done(): Promise<boolean> {
    return isDone(await this.state());
  }

  /** False where the task runs already, or is done. */
  async cancel(): Promise<boolean> {
    const before = await this.become('CANCELLED', (state) => state === 'PENDING' || state === 'CANCELLED');
    if (before === 'RUNNING' || before === 'FINISHED') return false;
    if (before === 'PENDING') await this.tell();
    return true;
  }

  /** CancelledError, TimeoutError, or what the task raised. */
  async result(timeout?: number): Promise<Passable> {
    const outcome = await this.wait(timeout);
    if ('error' in outcome) throw new RaisedElsewhere(outcome.error);
    return revive(this.py, outcome.result);
  }

  /** What the task raised; undefined where it did not. */
  async exception(timeout?: number): Promise<Error | undefined> {
    const outcome = await this.wait(timeout);
    return 'error' in outcome ? new RaisedElsewhere(outcome.error) : undefined;
  }

  private async wait(timeout?: number): Promise<Outcome> {
    const until = timeout === undefined ? undefined : (await this.py.monotonicNs()) + nanoseconds(timeout);
    await this.condition.with(async () => {
      while (!(await this.done())) {
        const left = until === undefined ? undefined : (until - (await this.py.monotonicNs())) / 1_000_000_000;
        if (left !== undefined && left <= 0) throw new TimeoutError();
        await this.condition.wait(left);
      }
    });
    if (await this.cancelled()) throw new CancelledError();
    return (await this.py.sys.cell_load(this.packed.outcome)) as unknown as Outcome;
  }

  /** Calls the program's entry with this future and the arguments once it is done. */
  async addDoneCallback(entry: string, ...args: readonly Passable[]): Promise<void> {
    const waits = await this.condition.with(async () => {
      if (await this.done()) return false;
      await this.py.sys.list_push(this.packed.callbacks, [entry, args.map(flatten)]);
      return true;
    });
    if (!waits) await this.call(entry, args.map(flatten));
  }

  /** Puts the future into the waiter's list when it is done, at once where it is. */
  async addWaiter(waiter: Waiter): Promise<void> {
    const waits = await this.condition.with(async () => {
      if (await this.done()) return false;
      await this.py.sys.list_push(this.packed.waiters, waiter);
      return true;
    });
    if (!waits) await this.post(waiter);
  }

  // For executors.

  /** False where it was cancelled in the meantime: the task is not to be run. */
  async setRunningOrNotifyCancel(): Promise<boolean> {
    return (await this.become('RUNNING', (state) => state === 'PENDING')) === 'PENDING';
  }

  setResult(result: Passable): Promise<void> {
    return this.finish({ result: flatten(result) });
  }

  setException(error: unknown): Promise<void> {
    return this.finish({ error: raisedError(error) });
  }

  private async finish(outcome: Outcome): Promise<void> {
    await this.py.sys.cell_store(this.packed.outcome, outcome as unknown as Cloneable);
    const before = await this.become('FINISHED', (state) => !isDone(state));
    if (isDone(before)) throw new InvalidStateError(before);
    await this.tell();
  }

  /** Changes the state where that is allowed; answers the one before. */
  private async become(next: FutureState, allowed: (state: FutureState) => boolean): Promise<FutureState> {
    return this.condition.with(async () => {
      const before = await this.state();
      if (allowed(before)) await this.py.sys.cell_store(this.packed.state, next);
      if (allowed(before) && isDone(next)) await this.condition.notifyAll();
      return before;
    });
  }

  private async tell(): Promise<void> {
    const { sys } = this.py;
    while ((await sys.list_length(this.packed.waiters)) > 0)
      await this.post((await sys.list_remove(this.packed.waiters, 0)) as Waiter);
    while ((await sys.list_length(this.packed.callbacks)) > 0) {
      const [entry, args] = (await sys.list_remove(this.packed.callbacks, 0)) as [string, readonly Cloneable[]];
      await this.call(entry, args);
    }
  }

  private async post(waiter: Waiter): Promise<void> {
    await this.py.sys.list_push(waiter.done, flatten(this));
    await this.py.sys.sem_post(waiter.count);
  }

  /** What a callback raises is told and goes no further. */
  private async call(entry: string, args: readonly Cloneable[]): Promise<void> {
    try {
      await this.py.entry(entry)!(this.py, this as never, ...((await reviveAll(this.py, args)) as never[]));
    } catch (error) {
      await this.py.writeAll(2, `exception calling callback for <Future>\n${traceback(error)}`);
    }
  }
}

function isDone(state: FutureState): boolean {
  return state === 'CANCELLED' || state === 'FINISHED';
}

/** concurrent.futures.as_completed(): the futures in the order of their ends. TimeoutError after so many seconds in all. */
export async function* asCompleted(py: Python, futures: readonly Future[], timeout?: number): AsyncGenerator<Future> {
  const { sys } = py;
  const waiter = { done: await sys.list_create(), count: await sys.sem_create(0) };
  for (const future of futures) await future.addWaiter(waiter);
  const until = timeout === undefined ? undefined : (await py.monotonicNs()) + nanoseconds(timeout);
  for (let left = futures.length; left > 0; left--) {
    const limitNs = until === undefined ? -1 : Math.max(0, until - (await py.monotonicNs()));
    try {
      await sys.sem_wait(waiter.count, limitNs);
    } catch {
      throw new TimeoutError(`${left} (of ${futures.length}) futures unfinished`);
    }
    const done = (await revive(py, await sys.list_remove(waiter.done, 0))) as Future;
    yield futures.find((future) => future.id === done.id)!;
  }
}

export interface Waited {
  readonly done: readonly Future[];
  readonly notDone: readonly Future[];
}

/** concurrent.futures.wait(). */
export async function wait(
  py: Python,
  futures: readonly Future[],
  { timeout, firstCompleted = false }: { readonly timeout?: number; readonly firstCompleted?: boolean } = {},
): Promise<Waited> {
  try {
    for await (const _ of asCompleted(py, futures, timeout)) if (firstCompleted) break;
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
  }
  const done: Future[] = [];
  const notDone: Future[] = [];
  for (const future of futures) ((await future.done()) ? done : notDone).push(future);
  return { done, notDone };
}
