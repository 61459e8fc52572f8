/**
 * Condition variables in the heap (pthread_cond_wait(3p)). A waiter stands in the queue before it lets its mutex go, so no signal that comes after is lost; the
 * call ends when the waiter has its mutex again. A signal handler ends the sleep as a spurious wake-up does.
 */
import { E, Errno } from '@netarium/core/base/errno.ts';
import { BLOCKED, type Outcome } from '@netarium/core/kernel/outcome.ts';
import type { Access } from './access.ts';
import { KIND, SLOT } from './layout.ts';
import type { Mutexes } from './mutexes.ts';
import { acquired } from './statistics.ts';
import type { Wait } from './wait.ts';
import { wakeFirst } from './wait-queue.ts';

/** What a waiting call has come to. */
interface Progress {
  stage: 'asleep' | 'locking';
  result: Errno | undefined;
}

export class Conditions {
  constructor(
    private readonly access: Access,
    private readonly mutexes: Mutexes,
  ) {}

  create(): number | Errno {
    return this.access.make(KIND.CONDITION, () => {});
  }

  wait(number: number, mutex: number, timeoutNs: number, wait: Wait): Outcome<undefined> {
    const progress = wait.progress as Progress | undefined;
    if (progress === undefined) return this.begin(number, mutex, timeoutNs, wait);
    if (progress.stage === 'asleep' && this.sleepOn(number, progress, wait) === BLOCKED) return BLOCKED;
    const locked = this.mutexes.lock(mutex, -1, wait);
    if (locked === BLOCKED) return BLOCKED;
    return locked instanceof Errno ? locked : progress.result;
  }

  /** No two slots are locked at once: first the mutex is looked at, then the waiter stands in the queue, then the mutex is let go. */
  private begin(number: number, mutex: number, timeoutNs: number, wait: Wait): Outcome<undefined> {
    const { access } = this;
    const refused = this.mutexes.mayUnlock(mutex);
    if (refused !== undefined && refused !== E.EPERM) return refused;
    const slot = access.enter(number, KIND.CONDITION, wait);
    if (slot instanceof Errno) return slot;
    let queued: Outcome<undefined> = refused;
    if (timeoutNs === 0) queued = E.ETIMEDOUT;
    else if (refused === undefined) queued = wait.sleep(slot, SLOT.SLEEPERS, timeoutNs, true);
    access.leave(slot);
    if (queued !== BLOCKED) return queued;
    wait.progress = { stage: 'asleep', result: undefined } satisfies Progress;
    const released = this.mutexes.unlock(mutex);
    if (released === undefined) return BLOCKED;
    // Another thread has unlocked it since we looked, as a normal mutex lets it.
    access.heap.relock(slot);
    wait.leaveQueue();
    access.leave(slot);
    return released;
  }

  /** A signal that came before the time limit counts, however late its waiter runs. BLOCKED where nothing has ended the sleep. */
  private sleepOn(number: number, progress: Progress, wait: Wait): Outcome<undefined> {
    const { access } = this;
    const slot = access.enter(number, KIND.CONDITION, wait) as number;
    let outcome: Outcome<undefined>;
    if (wait.woken) acquired(access.heap, slot, access.tid, wait);
    else if (wait.expired) progress.result = E.ETIMEDOUT;
    else if (!wait.interrupted) outcome = wait.sleep(slot, SLOT.SLEEPERS, -1, true);
    access.leave(slot);
    if (outcome !== undefined) return outcome;
    progress.stage = 'locking';
    wait.slot = 0;
    wait.noLimit();
    return undefined;
  }

  /** Wakes up to `count` of those that wait, longest first. */
  wake(number: number, count: number): Errno | undefined {
    const { heap } = this.access;
    const slot = heap.enter(number, KIND.CONDITION);
    if (slot instanceof Errno) return slot;
    wakeFirst(heap, slot + SLOT.SLEEPERS, count);
    heap.leave(slot);
    return undefined;
  }
}
