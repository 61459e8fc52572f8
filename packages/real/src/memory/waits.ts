/** How one thread carries out calls that may have to wait: attempt, sleep, attempt again. */
import type { Errno } from '@netarium/core/base/errno.ts';
import { BLOCKED, type Outcome } from '@netarium/core/kernel/outcome.ts';
import { SLEEPER_BYTES } from './layout.ts';
import type { SharedHeap } from './shared-heap.ts';
import { type Parking, Wait } from './wait.ts';

/** A worker thread has its call's outcome when the call returns; the main thread may get a promise of it. */
export type Answer<T> = T | Errno | Promise<T | Errno>;
type Attempt<T> = (wait: Wait) => Outcome<T>;

export class Waits {
  /** For the next call that may wait: a signal handler on top of a call that waits takes another. */
  private spare: Wait;

  constructor(
    private readonly heap: SharedHeap,
    private readonly tid: number,
    /** The thread's, where an interruption is told. */
    private readonly record: number,
    private readonly parking: Parking,
    private readonly beforeWaiting: () => void,
  ) {
    this.spare = new Wait(heap, tid, record);
  }

  run<T>(attempt: Attempt<T>): Answer<T> {
    const wait = this.spare;
    const outcome = attempt(wait);
    if (outcome === BLOCKED) return this.sleep(wait, attempt);
    if (wait.slot !== 0) wait.reset();
    return outcome as T | Errno;
  }

  private sleep<T>(wait: Wait, attempt: Attempt<T>): Answer<T> {
    this.spare = new Wait(this.heap, this.tid, this.record);
    this.beforeWaiting();
    for (;;) {
      if (wait.expectInterruption()) {
        const expired = this.parking.park(this.heap, wait);
        if (typeof expired !== 'boolean') return this.sleepOn(expired, wait, attempt);
        wait.expired = expired;
      }
      wait.forgetInterruption();
      const outcome = attempt(wait);
      if (outcome !== BLOCKED) return this.finished(wait, outcome as T | Errno);
    }
  }

  private async sleepOn<T>(parked: Promise<boolean>, wait: Wait, attempt: Attempt<T>): Promise<T | Errno> {
    let expired: boolean | Promise<boolean> = parked;
    for (;;) {
      wait.expired = await expired;
      wait.forgetInterruption();
      const outcome = attempt(wait);
      if (outcome !== BLOCKED) return this.finished(wait, outcome as T | Errno);
      expired = wait.expectInterruption() ? this.parking.park(this.heap, wait) : false;
    }
  }

  private finished<T>(wait: Wait, outcome: T): T {
    wait.reset();
    // The one that was made for a handler goes, with the sleeper that it may have.
    if (this.spare.sleeper !== 0) this.heap.free(this.spare.sleeper << 2, SLEEPER_BYTES);
    this.spare = wait;
    return outcome;
  }
}
