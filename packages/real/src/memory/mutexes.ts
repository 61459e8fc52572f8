/**
 * Mutexes in the heap (pthread_mutex_lock(3p)): normal, recursive, error-checking; robust. As glibc's do, who lets go sets the lock free and wakes the first
 * sleeper; whoever comes by before may take it. Left out: priority inheritance, which is the operating system's to give (`protocol: 'inherit'` is ENOTSUP).
 */
import { E, ENOTSUP, Errno } from '@netarium/core/base/errno.ts';
import type { Outcome } from '@netarium/core/kernel/outcome.ts';
import type { MutexOptions } from '@netarium/core/syscall/sys.ts';
import type { Access } from './access.ts';
import { KIND, MUTEX, SLOT } from './layout.ts';
import { acquired } from './statistics.ts';
import type { Wait } from './wait.ts';
import { wakeFirst, wakeOne } from './wait-queue.ts';

const TYPES = ['normal', 'recursive', 'errorcheck'] as const;
const NORMAL = 0;
const RECURSIVE = 1;
const ERRORCHECK = 2;

/** ORPHANED: its owner died. INCONSISTENT: the next one has it and has yet to say that the data are whole again. */
const WHOLE = 0;
const ORPHANED = 1;
const INCONSISTENT = 2;
const UNRECOVERABLE = 3;

export class Mutexes {
  constructor(private readonly access: Access) {}

  create({ type = 'normal', robust = false, protocol = 'none' }: MutexOptions): number | Errno {
    const index = TYPES.indexOf(type);
    if (index < 0 || (protocol !== 'none' && protocol !== 'inherit')) return E.EINVAL;
    if (protocol === 'inherit') return ENOTSUP;
    return this.access.make(KIND.MUTEX, (slot) => {
      const { words } = this.access.heap;
      words[slot + MUTEX.TYPE] = index;
      words[slot + MUTEX.ROBUST] = robust ? 1 : 0;
    });
  }

  lock(number: number, timeoutNs: number, wait: Wait): Outcome<undefined> {
    const { access } = this;
    const slot = access.enter(number, KIND.MUTEX, wait);
    if (slot instanceof Errno) return slot;
    const outcome = this.lockOrSleep(slot, timeoutNs, wait);
    access.leave(slot);
    return outcome;
  }

  private lockOrSleep(slot: number, timeoutNs: number, wait: Wait): Outcome<undefined> {
    const taken = this.tryTake(slot, wait);
    if (taken !== E.EBUSY) return taken;
    const { words } = this.access.heap;
    if (words[slot + MUTEX.OWNER] === this.access.tid && words[slot + MUTEX.TYPE] === ERRORCHECK) return E.EDEADLK;
    if (wait.expired || timeoutNs === 0) return E.ETIMEDOUT;
    return wait.sleep(slot, SLOT.SLEEPERS, timeoutNs);
  }

  tryLock(number: number): Errno | undefined {
    const { heap } = this.access;
    const slot = heap.enter(number, KIND.MUTEX);
    if (slot instanceof Errno) return slot;
    const taken = this.tryTake(slot);
    heap.leave(slot);
    return taken;
  }

  /** EBUSY where another has it, or the caller and it is not recursive. */
  private tryTake(slot: number, wait?: Wait): Errno | undefined {
    const { heap, tid } = this.access;
    const { words } = heap;
    const owner = words[slot + MUTEX.OWNER];
    const health = words[slot + MUTEX.HEALTH];
    if (health === UNRECOVERABLE) return E.ENOTRECOVERABLE;
    if (owner !== 0) {
      if (owner !== tid || words[slot + MUTEX.TYPE] !== RECURSIVE) return E.EBUSY;
      words[slot + MUTEX.DEPTH]! += 1;
      return undefined;
    }
    words[slot + MUTEX.OWNER] = tid;
    words[slot + MUTEX.DEPTH] = 1;
    acquired(heap, slot, tid, wait);
    if (health !== ORPHANED) return undefined;
    heap.words[slot + MUTEX.HEALTH] = INCONSISTENT;
    return E.EOWNERDEAD;
  }

  unlock(number: number): Errno | undefined {
    const { heap } = this.access;
    const slot = heap.enter(number, KIND.MUTEX);
    if (slot instanceof Errno) return slot;
    const refused = this.refusesUnlock(slot);
    if (refused === undefined) {
      const { words } = heap;
      words[slot + MUTEX.DEPTH]! -= 1;
      if (words[slot + MUTEX.DEPTH] === 0) this.release(slot);
    }
    heap.leave(slot);
    return refused;
  }

  /** The owner is asked for where the type knows it; a normal mutex opens to anybody. One that is free is refused too, which POSIX leaves undefined. */
  private refusesUnlock(slot: number): Errno | undefined {
    const { words } = this.access.heap;
    const owner = words[slot + MUTEX.OWNER];
    const asksOwner = words[slot + MUTEX.TYPE] !== NORMAL || words[slot + MUTEX.ROBUST] === 1;
    return owner === 0 || (asksOwner && owner !== this.access.tid) ? E.EPERM : undefined;
  }

  /** Would the caller be let to unlock it? For a condition, before it queues its waiter. */
  mayUnlock(number: number): Errno | undefined {
    const { heap } = this.access;
    const slot = heap.enter(number, KIND.MUTEX);
    if (slot instanceof Errno) return slot;
    const refused = this.refusesUnlock(slot);
    heap.leave(slot);
    return refused;
  }

  private release(slot: number): void {
    const { heap } = this.access;
    const { words } = heap;
    words[slot + MUTEX.OWNER] = 0;
    words[slot + MUTEX.DEPTH] = 0;
    // Unlocked without pthread_mutex_consistent: nobody gets it any more.
    if (words[slot + MUTEX.HEALTH] === INCONSISTENT) {
      words[slot + MUTEX.HEALTH] = UNRECOVERABLE;
      wakeFirst(heap, slot + SLOT.SLEEPERS, Number.POSITIVE_INFINITY);
    } else wakeOne(heap, slot + SLOT.SLEEPERS);
  }

  /** The new owner has made the data whole (pthread_mutex_consistent(3)). */
  consistent(number: number): Errno | undefined {
    const { heap, tid } = this.access;
    const slot = heap.enter(number, KIND.MUTEX);
    if (slot instanceof Errno) return slot;
    const { words } = heap;
    const may = words[slot + MUTEX.HEALTH] === INCONSISTENT && words[slot + MUTEX.OWNER] === tid;
    if (may) words[slot + MUTEX.HEALTH] = WHOLE;
    heap.leave(slot);
    return may ? undefined : E.EINVAL;
  }

  /** A thread has ended: what it held robustly goes to the next, and a wake that it did not use too. The slot is locked. */
  threadEnded(slot: number, tid: number): void {
    const { heap } = this.access;
    const { words } = heap;
    if (words[slot + MUTEX.OWNER] === tid && words[slot + MUTEX.ROBUST] === 1) {
      words[slot + MUTEX.HEALTH] = ORPHANED;
      this.release(slot);
    } else if (words[slot + MUTEX.OWNER] === 0) wakeOne(heap, slot + SLOT.SLEEPERS);
  }
}
