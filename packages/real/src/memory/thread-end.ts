/**
 * What the end of a thread leaves in the heap: sleepers in queues, wakes that it did not use, robust mutexes in its hands. Told by whoever learns of the end, in
 * any thread; a pass over all objects, since threads end seldom.
 */
import type { Access } from './access.ts';
import { interpreterThreadEnded } from './interpreter-lock.ts';
import { KIND, SLOT } from './layout.ts';
import type { Mutexes } from './mutexes.ts';
import type { RwLocks } from './rwlocks.ts';
import type { Semaphores } from './semaphores.ts';
import { dropThread, wakeFirst } from './wait-queue.ts';

export interface LockKinds {
  readonly mutexes: Mutexes;
  readonly semaphores: Semaphores;
  readonly rwlocks: RwLocks;
}

export function endThread(access: Access, kinds: LockKinds, tid: number): void {
  const { heap } = access;
  for (const slot of heap.slots()) {
    heap.relock(slot);
    const kind = heap.words[slot + SLOT.KIND];
    if (kind === 0 || kind === KIND.LIST) {
      heap.leave(slot);
      continue;
    }
    const handsOn = kind === KIND.CELL || kind === KIND.CONDITION;
    const unused = dropThread(heap, slot + SLOT.SLEEPERS, tid);
    if (handsOn) wakeFirst(heap, slot + SLOT.SLEEPERS, unused);
    else if (kind === KIND.MUTEX) kinds.mutexes.threadEnded(slot, tid);
    else if (kind === KIND.SEMAPHORE) kinds.semaphores.threadEnded(slot);
    else if (kind === KIND.RWLOCK) {
      dropThread(heap, slot + SLOT.WRITERS, tid);
      kinds.rwlocks.settle(slot);
    } else if (kind === KIND.INTERPRETER) interpreterThreadEnded(heap, slot, tid);
    access.leave(slot);
  }
  heap.unregister(tid);
}
