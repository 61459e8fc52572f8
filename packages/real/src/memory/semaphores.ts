/** Counting semaphores in the heap (sem_wait(3), sem_post(3)). */
import { E, Errno } from '@netarium/core/base/errno.ts';
import type { Outcome } from '@netarium/core/kernel/outcome.ts';
import { SEM_VALUE_MAX } from '@netarium/core/os/sync/semaphore.ts';
import type { Access } from './access.ts';
import { KIND, SEMAPHORE_VALUE, SLOT } from './layout.ts';
import { acquired } from './statistics.ts';
import type { Wait } from './wait.ts';
import { wakeFirst } from './wait-queue.ts';

export class Semaphores {
  constructor(private readonly access: Access) {}

  create(value: number): number | Errno {
    if (!(Number.isInteger(value) && value >= 0 && value <= SEM_VALUE_MAX)) return E.EINVAL;
    return this.access.make(KIND.SEMAPHORE, (slot) => {
      this.access.heap.words[slot + SEMAPHORE_VALUE] = value;
    });
  }

  wait(number: number, timeoutNs: number, wait: Wait): Outcome<undefined> {
    const { access } = this;
    const slot = access.enter(number, KIND.SEMAPHORE, wait);
    if (slot instanceof Errno) return slot;
    let outcome: Outcome<undefined>;
    if (this.take(slot, wait)) outcome = undefined;
    else if (wait.interrupted) outcome = E.EINTR;
    else if (wait.expired || timeoutNs === 0) outcome = E.ETIMEDOUT;
    else outcome = wait.sleep(slot, SLOT.SLEEPERS, timeoutNs, true);
    access.leave(slot);
    return outcome;
  }

  tryWait(number: number): Errno | undefined {
    const { heap } = this.access;
    const slot = heap.enter(number, KIND.SEMAPHORE);
    if (slot instanceof Errno) return slot;
    const taken = this.take(slot);
    heap.leave(slot);
    return taken ? undefined : E.EAGAIN;
  }

  private take(slot: number, wait?: Wait): boolean {
    const { heap, tid } = this.access;
    const { words } = heap;
    if (words[slot + SEMAPHORE_VALUE] === 0) return false;
    words[slot + SEMAPHORE_VALUE]! -= 1;
    acquired(heap, slot, tid, wait);
    return true;
  }

  post(number: number): Errno | undefined {
    const { heap } = this.access;
    const slot = heap.enter(number, KIND.SEMAPHORE);
    if (slot instanceof Errno) return slot;
    const { words } = heap;
    const full = words[slot + SEMAPHORE_VALUE]! >= SEM_VALUE_MAX;
    if (!full) {
      words[slot + SEMAPHORE_VALUE]! += 1;
      wakeFirst(heap, slot + SLOT.SLEEPERS, 1);
    }
    heap.leave(slot);
    return full ? E.EOVERFLOW : undefined;
  }

  value(number: number): number | Errno {
    const { heap } = this.access;
    const slot = heap.enter(number, KIND.SEMAPHORE);
    if (slot instanceof Errno) return slot;
    const value = heap.words[slot + SEMAPHORE_VALUE]!;
    heap.leave(slot);
    return value;
  }

  /** A thread has ended that may have been woken: others may take what it did not. The slot is locked. */
  threadEnded(slot: number): void {
    const { heap } = this.access;
    wakeFirst(heap, slot + SLOT.SLEEPERS, heap.words[slot + SEMAPHORE_VALUE]!);
  }
}
