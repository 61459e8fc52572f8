/** Barriers in the heap (pthread_barrier_wait(3p)): nobody passes before the last has come, who is told that it is the serial one. */
import { E, Errno } from '@netarium/core/base/errno.ts';
import type { Outcome } from '@netarium/core/kernel/outcome.ts';
import { SEM_VALUE_MAX } from '@netarium/core/os/sync/semaphore.ts';
import type { Access } from './access.ts';
import { BARRIER, KIND, SLOT } from './layout.ts';
import { acquired } from './statistics.ts';
import type { Wait } from './wait.ts';
import { wakeFirst } from './wait-queue.ts';

export class Barriers {
  constructor(private readonly access: Access) {}

  create(parties: number): number | Errno {
    if (!(Number.isInteger(parties) && parties >= 1 && parties <= SEM_VALUE_MAX)) return E.EINVAL;
    return this.access.make(KIND.BARRIER, (slot) => {
      this.access.heap.words[slot + BARRIER.PARTIES] = parties;
    });
  }

  /** With a time limit, which POSIX does not have, a thread takes its arrival back. */
  wait(number: number, timeoutNs: number, wait: Wait): Outcome<boolean> {
    const { access } = this;
    const slot = access.enter(number, KIND.BARRIER, wait);
    if (slot instanceof Errno) return slot;
    const outcome = wait.progress === undefined ? this.arrive(slot, timeoutNs, wait) : this.goOn(slot, wait);
    access.leave(slot);
    return outcome;
  }

  private arrive(slot: number, timeoutNs: number, wait: Wait): Outcome<boolean> {
    const { heap, tid } = this.access;
    const { words } = heap;
    if (timeoutNs === 0) return E.ETIMEDOUT;
    const arrived = words[slot + BARRIER.ARRIVED]! + 1;
    if (arrived < words[slot + BARRIER.PARTIES]!) {
      wait.progress = words[slot + BARRIER.ROUND];
      const asleep = wait.sleep(slot, SLOT.SLEEPERS, timeoutNs);
      if (!(asleep instanceof Errno)) heap.words[slot + BARRIER.ARRIVED] = arrived;
      return asleep;
    }
    words[slot + BARRIER.ARRIVED] = 0;
    words[slot + BARRIER.ROUND]! += 1;
    acquired(heap, slot, tid, wait);
    wakeFirst(heap, slot + SLOT.SLEEPERS, Number.POSITIVE_INFINITY);
    return true;
  }

  private goOn(slot: number, wait: Wait): Outcome<boolean> {
    const { heap, tid } = this.access;
    if (wait.progress !== heap.words[slot + BARRIER.ROUND]) {
      acquired(heap, slot, tid, wait);
      return false;
    }
    if (!wait.expired) return wait.sleep(slot, SLOT.SLEEPERS, -1);
    heap.words[slot + BARRIER.ARRIVED]! -= 1;
    return E.ETIMEDOUT;
  }
}
