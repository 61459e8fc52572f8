/** Calls whose outcome the operating system tells later: begun at the first attempt, answered by the attempt after it is known. */
import type { Errno } from '@netarium/core/base/errno.ts';
import type { Call } from '@netarium/core/kernel/call.ts';
import { BLOCKED, type Outcome } from '@netarium/core/kernel/outcome.ts';
import { WaitQueue } from '@netarium/core/kernel/wait-queue.ts';

class UnderWay<T> {
  readonly done = new WaitQueue();
  answer: { readonly outcome: T | Errno } | undefined;
}

/** `begin` must not reject. */
export function later<T>(call: Call, begin: () => Promise<T | Errno>): Outcome<T> {
  let underWay = call.progress as UnderWay<T> | undefined;
  if (underWay === undefined) {
    const begun = new UnderWay<T>();
    underWay = begun;
    call.progress = begun;
    void begin().then((outcome) => {
      begun.answer = { outcome };
      begun.done.wake();
    });
  }
  if (underWay.answer !== undefined) return underWay.answer.outcome;
  call.waitOn(underWay.done);
  return BLOCKED;
}
