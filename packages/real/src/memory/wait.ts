/**
 * One call of one thread that may have to wait: what core's `Call` is to the simulated kernel. The call is attempted; where it cannot end it queues its
 * sleeper and answers BLOCKED, and is attempted again after a wake, an interruption, or the end of its time.
 */
import { E, type Errno } from '@netarium/core/base/errno.ts';
import { BLOCKED, type Blocked } from '@netarium/core/kernel/outcome.ts';
import { MS } from '@netarium/core/time/instant.ts';
import { SLEEPER, SLEEPER_BYTES, THREAD, WOKEN } from './layout.ts';
import type { SharedHeap } from './shared-heap.ts';
import { append, remove } from './wait-queue.ts';

export class Wait {
  /** The first word of its sleeper; 0 before it has ever slept. */
  sleeper = 0;
  /** The slot in one of whose queues it is; 0 before it has slept. */
  slot = 0;
  /** What the implementation keeps from attempt to attempt. */
  progress: unknown;
  /** Its time is over. */
  expired = false;
  /** Somebody has ended its last sleep. */
  woken = false;
  /** A signal has ended it. */
  interrupted = false;
  /** When it gives up, by `performance.now()`. */
  deadlineMs = Number.POSITIVE_INFINITY;
  /** Since when it has slept on this slot. */
  sleptSinceMs = 0;
  private interruptible = false;

  constructor(
    private readonly heap: SharedHeap,
    private readonly tid: number,
    private readonly record: number,
  ) {}

  /** As new, for another call; the sleeper stays its own. */
  reset(): void {
    this.slot = 0;
    this.progress = undefined;
    this.interrupted = false;
    this.noLimit();
  }

  /** What is left of the call has no time limit (pthread_cond_timedwait(3p), when it takes its mutex). */
  noLimit(): void {
    this.expired = false;
    this.woken = false;
    this.deadlineMs = Number.POSITIVE_INFINITY;
  }

  private prepare(): boolean {
    if (this.sleeper !== 0) return true;
    const address = this.heap.allocate(SLEEPER_BYTES);
    if (address === 0) return false;
    this.sleeper = address >> 2;
    this.heap.words[this.sleeper + SLEEPER.TID] = this.tid;
    this.heap.words[this.sleeper + SLEEPER.QUEUE] = 0;
    return true;
  }

  /** Queues the sleeper, with a time limit where one is given (negative: none); the slot is locked. ENOMEM. */
  sleep(slot: number, queue: number, timeoutNs: number, interruptible = false): Blocked | Errno {
    if (!this.prepare()) return E.ENOMEM;
    if (this.slot !== slot) {
      this.slot = slot;
      this.sleptSinceMs = performance.now();
      if (timeoutNs >= 0) this.deadlineMs = this.sleptSinceMs + timeoutNs / MS;
    }
    this.interruptible = interruptible;
    append(this.heap, slot + queue, this.sleeper);
    return BLOCKED;
  }

  /** Takes the sleeper out of its queue and sees what has ended its sleep; the slot is locked. */
  leaveQueue(): void {
    const { words } = this.heap;
    const state = Atomics.load(words, this.sleeper + SLEEPER.STATE);
    this.woken = (state & WOKEN) !== 0;
    this.interrupted = this.interruptible && Atomics.exchange(words, this.record + THREAD.INTERRUPTED, 0) !== 0;
    if (words[this.sleeper + SLEEPER.QUEUE] !== 0) remove(this.heap, this.sleeper);
  }

  /** Before the thread sleeps: an interruption finds it. False where one has come already. */
  expectInterruption(): boolean {
    const { words } = this.heap;
    if (!this.interruptible) return true;
    Atomics.store(words, this.record + THREAD.SLEEPER, this.sleeper);
    return Atomics.load(words, this.record + THREAD.INTERRUPTED) === 0;
  }

  forgetInterruption(): void {
    if (this.interruptible) Atomics.store(this.heap.words, this.record + THREAD.SLEEPER, 0);
  }
}

/** How a thread sleeps until the state of a wait's sleeper changes or its time is over: true where it is over. */
export interface Parking {
  park(heap: SharedHeap, wait: Wait): boolean | Promise<boolean>;
}

/** A worker thread stops. */
export const STOPPING: Parking = {
  park({ words }, { sleeper, deadlineMs }) {
    const leftMs = deadlineMs - performance.now();
    return leftMs <= 0 || Atomics.wait(words, sleeper + SLEEPER.STATE, 0, leftMs) === 'timed-out';
  },
};

/** Node's timers take at most 2^31 - 1 ms. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** The main thread goes on serving. A promise of Atomics.waitAsync does not keep Node's loop alive, so a timer does. */
export const SERVING: Parking = {
  async park({ words }, { sleeper, deadlineMs }) {
    const leftMs = deadlineMs - performance.now();
    if (leftMs <= 0) return true;
    const result = Atomics.waitAsync(words, sleeper + SLEEPER.STATE, 0, leftMs);
    if (!result.async) return result.value === 'timed-out';
    const keepAlive = setTimeout(() => {}, LONGEST_TIMER_MS);
    try {
      return (await result.value) === 'timed-out';
    } finally {
      clearTimeout(keepAlive);
    }
  },
};
