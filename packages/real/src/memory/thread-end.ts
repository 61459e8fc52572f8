/**
 * What the end of a thread leaves in the heap: sleepers in queues, wakes that it did not use, robust mutexes in its hands. Told by whoever learns of the end, in
 * any thread; a pass over all objects, since threads end seldom.
 */
import type { Access } from './access.ts';
import { KIND, SLEEPER, SLEEPER_BYTES, SLOT } from './layout.ts';
import type { Mutexes } from './mutexes.ts';
import type { RwLocks } from './rwlocks.ts';
import type { Semaphores } from './semaphores.ts';
import { isWoken, remove, wakeFirst } from './wait-queue.ts';

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
    // The interpreter lock looks after itself (`interpreter-lock.ts`).
    if (kind === 0 || kind === KIND.LIST || kind === KIND.INTERPRETER) {
      heap.leave(slot);
      continue;
    }
    const handsOn = kind === KIND.CELL || kind === KIND.CONDITION;
    const unused = dropSleepers(access, slot + SLOT.SLEEPERS, tid);
    if (handsOn) wakeFirst(heap, slot + SLOT.SLEEPERS, unused);
    else if (kind === KIND.MUTEX) kinds.mutexes.threadEnded(slot, tid);
    else if (kind === KIND.SEMAPHORE) kinds.semaphores.threadEnded(slot);
    else if (kind === KIND.RWLOCK) {
      dropSleepers(access, slot + SLOT.WRITERS, tid);
      kinds.rwlocks.settle(slot);
    }
    access.leave(slot);
  }
  heap.unregister(tid);
}

/** Takes the thread's sleepers out of a queue; answers how many of them had been woken. */
function dropSleepers({ heap }: Access, queue: number, tid: number): number {
  let woken = 0;
  let sleeper = heap.words[queue]!;
  while (sleeper !== 0) {
    const next = heap.words[sleeper + SLEEPER.NEXT]!;
    if (heap.words[sleeper + SLEEPER.TID] === tid) {
      if (isWoken(heap, sleeper)) woken++;
      remove(heap, sleeper);
      heap.free(sleeper << 2, SLEEPER_BYTES);
    }
    sleeper = next;
  }
  return woken;
}
