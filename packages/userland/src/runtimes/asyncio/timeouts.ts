/** Limits of time: `wait_for` as 3.8 to 3.11 and as 3.12 have it, and `timeout()` (CPython's asyncio/tasks.py and timeouts.py). */
import { RuntimeError } from '../errors.ts';
import { CancelledError, TimeoutError } from './errors.ts';
import type { Awaitable, Coroutine, Future } from './future.ts';
import type { EventLoop } from './loop.ts';
import { ensureFuture, wake } from './task.ts';

/** The result, or TimeoutError after so long; what was waited for is cancelled then, and its end is awaited. */
export function waitFor<T>(loop: EventLoop, awaitable: Awaitable<T>, timeoutNs: number): Promise<T> {
  if (timeoutNs <= 0) return noTimeAtAll(loop, ensureFuture(loop, awaitable));
  if (loop.profile.waitForInSameTask) {
    return within(loop, timeoutNs, typeof awaitable === 'function' ? awaitable : () => awaitable.wait());
  }
  return inOwnTask(loop, awaitable, timeoutNs);
}

async function noTimeAtAll<T>(loop: EventLoop, future: Future<T>): Promise<T> {
  if (!future.done) await cancelAndWait(loop, future);
  return resultOrTimeout(future);
}

async function inOwnTask<T>(loop: EventLoop, awaitable: Awaitable<T>, timeoutNs: number): Promise<T> {
  const waiter = loop.createFuture<void>();
  const release = () => wake(waiter);
  const timer = await loop.callLater(timeoutNs, release, 'time-out of wait_for');
  const future = ensureFuture(loop, awaitable);
  future.addDoneCallback(release, 'wait_for');
  try {
    const cancellation = await cancellationOf(waiter.wait());
    // Where both came, the result wins and the cancellation is lost (bpo-37658, cured in 3.12).
    if (future.done) return future.result();
    future.removeDoneCallback(release);
    await cancelAndWait(loop, future);
    if (cancellation !== undefined) throw cancellation;
    return resultOrTimeout(future);
  } finally {
    timer.cancel();
  }
}

/** Waits; answers the cancellation of the one who waits, where there was one. */
async function cancellationOf(waiting: Promise<void>): Promise<CancelledError | undefined> {
  try {
    await waiting;
    return undefined;
  } catch (error) {
    if (error instanceof CancelledError) return error;
    throw error;
  }
}

/** A result that came in spite of the cancelling is still the result. */
function resultOrTimeout<T>(future: Future<T>): T {
  if (future.cancelled) throw new TimeoutError();
  return future.result();
}

async function cancelAndWait(loop: EventLoop, future: Future<unknown>): Promise<void> {
  const waiter = loop.createFuture<void>();
  const release = () => wake(waiter);
  future.addDoneCallback(release, 'end of what was cancelled');
  try {
    future.cancel();
    await waiter.wait();
  } finally {
    future.removeDoneCallback(release);
  }
}

/**
 * `async with asyncio.timeout(delay)`: runs the body in the caller's own task and cancels that when the time is over; the cancellation that came
 * from here, and no other, becomes TimeoutError.
 */
export function timeout<T>(loop: EventLoop, delayNs: number, body: Coroutine<T>): Promise<T> {
  if (!loop.profile.structured) throw new RuntimeError(`asyncio.timeout is not in Python ${loop.profile.version}`);
  return within(loop, delayNs, body);
}

async function within<T>(loop: EventLoop, delayNs: number, body: Coroutine<T>): Promise<T> {
  const { task } = loop;
  if (task === undefined) throw new RuntimeError('Timeout should be used inside a task');
  const before = task.cancelling;
  let expired = false;
  const expire = () => {
    expired = true;
    task.cancel();
  };
  const timer = delayNs <= 0 ? loop.callSoon(expire, 'time-out') : await loop.callLater(delayNs, expire, 'time-out');
  let outcome: { readonly value: T } | { readonly error: unknown };
  try {
    outcome = { value: await body() };
  } catch (error) {
    outcome = { error };
  }
  timer.cancel();
  // The request is taken back even where the body swallowed the cancellation.
  const ours = expired && task.uncancel() <= before;
  if (!('error' in outcome)) return outcome.value;
  throw ours && outcome.error instanceof CancelledError ? new TimeoutError() : outcome.error;
}
