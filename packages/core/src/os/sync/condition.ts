/**
 * Condition variables (pthread_cond_wait(3p)): a waiter lets its mutex go and sleeps in one step, a signal wakes the one that has waited longest, and
 * the call ends when the waiter has its mutex again. A signal without a waiter is lost. After a signal handler the call may return without one.
 */
import { E, Errno } from '../../base/errno.ts';
import type { Call, WaitingThread } from '../../kernel/call.ts';
import { BLOCKED, type Outcome } from '../../kernel/outcome.ts';
import { WaitQueue } from '../../kernel/wait-queue.ts';
import type { LockThread } from './lock-thread.ts';
import type { Mutex } from './mutex.ts';
import { SyncObject } from './sync-object.ts';

/** What a waiting call has come to. */
interface Progress {
  stage: 'asleep' | 'locking';
  result: Errno | undefined;
}

export class Condition extends SyncObject {
  readonly kind = 'condition';
  private readonly sleepers = new WaitQueue();

  copy(): Condition {
    const copy = new Condition(this.latency);
    copy.label = this.label;
    return copy;
  }

  /** Anybody may signal: the kernel cannot know who will. */
  override holders(): readonly WaitingThread[] {
    return [];
  }

  wait(thread: LockThread, call: Call, mutex: Mutex, timeoutNs: number): Outcome<undefined> {
    const progress = call.progress as Progress | undefined;
    if (progress === undefined) return this.begin(thread, call, mutex, timeoutNs);
    if (progress.stage === 'asleep') {
      // A signal that came before the time limit counts, however late its waiter runs.
      if (call.expired && !call.woken) progress.result = E.ETIMEDOUT;
      else this.acquired(thread, call);
      progress.stage = 'locking';
      call.waitsFor = undefined;
      call.expireNever();
    }
    const locked = mutex.lock(thread, call);
    if (locked === BLOCKED) return BLOCKED;
    return locked instanceof Errno ? locked : progress.result;
  }

  private begin(thread: LockThread, call: Call, mutex: Mutex, timeoutNs: number): Outcome<undefined> {
    if (timeoutNs === 0) return E.ETIMEDOUT;
    const released = mutex.unlock(thread);
    if (released !== undefined) return released;
    call.progress = { stage: 'asleep', result: undefined } satisfies Progress;
    return this.sleep(thread, call, this.sleepers, timeoutNs);
  }

  /** Wakes the one that has waited longest. */
  signal(): void {
    this.wake(this.sleepers, 1);
  }

  broadcast(): void {
    this.wake(this.sleepers, Number.POSITIVE_INFINITY);
  }
}
