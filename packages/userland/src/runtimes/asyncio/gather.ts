/** Many awaitables at once: `gather`, `wait`, `shield` and `as_completed` of CPython 3.11's asyncio/tasks.py. */
import { ValueError } from '../errors.ts';
import { CancelledError } from './errors.ts';
import { type Awaitable, Future } from './future.ts';
import type { EventLoop } from './loop.ts';
import { ensureFuture, wake } from './task.ts';

/** Cancelling it cancels what it gathers, and it is cancelled when they are done. */
class Gathering<T> extends Future<T[]> {
  cancelRequested = false;

  constructor(
    loop: EventLoop,
    private readonly children: readonly Future<T>[],
  ) {
    super(loop);
  }

  override cancel(message = ''): boolean {
    if (this.done) return false;
    let any = false;
    for (const child of this.children) if (child.cancel(message)) any = true;
    if (any) this.cancelRequested = true;
    return any;
  }

  /** The cancellation itself, when the last child is done. */
  finishCancelled(message: string): void {
    super.cancel(message);
  }
}

export interface GatherOptions {
  /** Exceptions stand among the results instead of ending the gathering with the first. */
  readonly returnExceptions?: boolean;
}

/** The results in the order of the arguments, whatever the order of their ends. The first exception is the gathering's; the others run on. */
export function gather<T>(
  loop: EventLoop,
  awaitables: readonly Awaitable<T>[],
  { returnExceptions = false }: GatherOptions = {},
): Future<T[]> {
  const children = awaitables.map((awaitable) => ensureFuture(loop, awaitable));
  const outer = new Gathering<T>(loop, children);
  let left = children.length;
  const childDone = (child: Future<unknown>) => {
    left--;
    if (outer.done) {
      // Nobody will look at this one any more: its exception counts as retrieved.
      if (!child.cancelled) child.exception();
      return;
    }
    if (!returnExceptions) {
      const error = failureOf(child);
      if (error !== undefined) return outer.setException(error);
    }
    if (left > 0) return;
    if (outer.cancelRequested) outer.finishCancelled('');
    else outer.setResult(children.map((each) => (failureOf(each) ?? each.result()) as T));
  };
  for (const child of children) child.addDoneCallback(childDone, 'gather');
  if (children.length === 0) outer.setResult([]);
  return outer;
}

/** A done future's exception, CancelledError included. */
function failureOf(future: Future<unknown>): unknown {
  try {
    return future.exception();
  } catch (error) {
    return error;
  }
}

export interface WaitOptions {
  readonly timeoutNs?: number;
  readonly until?: 'first completed' | 'first exception' | 'all completed';
}

/** Waits without raising and without cancelling anything; answers who is done and who is pending, in the order of the arguments. */
export async function wait<T>(
  loop: EventLoop,
  futures: readonly Future<T>[],
  { timeoutNs, until = 'all completed' }: WaitOptions = {},
): Promise<{ readonly done: readonly Future<T>[]; readonly pending: readonly Future<T>[] }> {
  if (futures.length === 0) throw new ValueError('Set of Tasks/Futures is empty.');
  const waiter = loop.createFuture<void>();
  let left = futures.length;
  const oneDone = (future: Future<unknown>) => {
    left--;
    const failed = until === 'first exception' && !future.cancelled && future.exception() !== undefined;
    if (left <= 0 || until === 'first completed' || failed) wake(waiter);
  };
  const timer =
    timeoutNs === undefined ? undefined : await loop.callLater(timeoutNs, () => wake(waiter), 'time-out of wait');
  for (const future of futures) future.addDoneCallback(oneDone, 'wait');
  try {
    await waiter.wait();
  } finally {
    timer?.cancel();
    for (const future of futures) future.removeDoneCallback(oneDone);
  }
  return { done: futures.filter(({ done }) => done), pending: futures.filter(({ done }) => !done) };
}

/** A future that can be cancelled without cancelling what it stands for. */
export function shield<T>(loop: EventLoop, awaitable: Awaitable<T>): Future<T> {
  const inner = ensureFuture(loop, awaitable);
  if (inner.done) return inner;
  const outer = loop.createFuture<T>();
  const innerDone = () => {
    if (outer.done) {
      if (!inner.cancelled) inner.exception();
      return;
    }
    const error = failureOf(inner);
    if (error instanceof CancelledError) outer.cancel();
    else if (error !== undefined) outer.setException(error);
    else outer.setResult(inner.result());
  };
  inner.addDoneCallback(innerDone, 'shield');
  outer.addDoneCallback(() => {
    if (!inner.done) inner.removeDoneCallback(innerDone);
  }, 'shield was cancelled');
  return outer;
}

/** The futures in the order of their ends. */
export async function* asCompleted<T>(loop: EventLoop, awaitables: readonly Awaitable<T>[]): AsyncGenerator<Future<T>> {
  const finished: Future<T>[] = [];
  let bell = loop.createFuture<void>();
  const futures = awaitables.map((awaitable) => ensureFuture(loop, awaitable));
  for (const future of futures) {
    future.addDoneCallback(() => {
      finished.push(future);
      wake(bell);
    }, 'as_completed');
  }
  for (const _ of futures) {
    while (finished.length === 0) {
      bell = loop.createFuture<void>();
      await bell.wait();
    }
    yield finished.shift()!;
  }
}
