/**
 * Read-write locks in the heap (pthread_rwlock_rdlock(3p)): many readers or one writer. With `prefer: 'readers'`, glibc's default, new readers pass a waiting
 * writer; with `writers` they wait behind it (pthread_rwlockattr_setkind_np(3)).
 */
import { E, Errno } from '@netarium/core/base/errno.ts';
import type { Outcome } from '@netarium/core/kernel/outcome.ts';
import type { RwLockOptions } from '@netarium/core/syscall/sys.ts';
import type { Access } from './access.ts';
import { KIND, RWLOCK, SLOT } from './layout.ts';
import { acquired } from './statistics.ts';
import type { Wait } from './wait.ts';
import { isEmpty, wakeFirst, wakeOne } from './wait-queue.ts';

const FIRST_CAPACITY = 4;

export class RwLocks {
  constructor(private readonly access: Access) {}

  create({ prefer = 'readers' }: RwLockOptions): number | Errno {
    if (prefer !== 'readers' && prefer !== 'writers') return E.EINVAL;
    return this.access.make(KIND.RWLOCK, (slot) => {
      this.access.heap.words[slot + RWLOCK.PREFER_WRITERS] = prefer === 'writers' ? 1 : 0;
    });
  }

  private readable(slot: number): boolean {
    const { heap } = this.access;
    const { words } = heap;
    if (words[slot + RWLOCK.WRITER] !== 0) return false;
    return words[slot + RWLOCK.PREFER_WRITERS] === 0 || isEmpty(heap, slot + SLOT.WRITERS);
  }

  private writable(slot: number): boolean {
    const { words } = this.access.heap;
    return words[slot + RWLOCK.WRITER] === 0 && words[slot + RWLOCK.READER_COUNT] === 0;
  }

  read(number: number, timeoutNs: number, wait: Wait): Outcome<undefined> {
    return this.attempt(number, wait, (slot) => {
      if (this.readable(slot)) return this.addReader(slot, wait);
      if (this.access.heap.words[slot + RWLOCK.WRITER] === this.access.tid) return E.EDEADLK;
      if (wait.expired || timeoutNs === 0) return E.ETIMEDOUT;
      return wait.sleep(slot, SLOT.SLEEPERS, timeoutNs);
    });
  }

  write(number: number, timeoutNs: number, wait: Wait): Outcome<undefined> {
    return this.attempt(number, wait, (slot) => {
      if (this.writable(slot)) return this.setWriter(slot, wait);
      if (this.access.heap.words[slot + RWLOCK.WRITER] === this.access.tid) return E.EDEADLK;
      if (wait.expired || timeoutNs === 0) {
        this.settle(slot);
        return E.ETIMEDOUT;
      }
      return wait.sleep(slot, SLOT.WRITERS, timeoutNs);
    });
  }

  tryRead(number: number): Outcome<undefined> {
    return this.attempt(number, undefined, (slot) => (this.readable(slot) ? this.addReader(slot) : E.EBUSY));
  }

  tryWrite(number: number): Outcome<undefined> {
    return this.attempt(number, undefined, (slot) => (this.writable(slot) ? this.setWriter(slot) : E.EBUSY));
  }

  private attempt<T>(number: number, wait: Wait | undefined, operation: (slot: number) => Outcome<T>): Outcome<T> {
    const { access } = this;
    const slot = access.enter(number, KIND.RWLOCK, wait);
    if (slot instanceof Errno) return slot;
    const outcome = operation(slot);
    access.leave(slot);
    return outcome;
  }

  private setWriter(slot: number, wait?: Wait): undefined {
    const { heap, tid } = this.access;
    heap.words[slot + RWLOCK.WRITER] = tid;
    acquired(heap, slot, tid, wait);
  }

  /** A thread is among the readers as often as it has locked. ENOMEM. */
  private addReader(slot: number, wait?: Wait): Errno | undefined {
    const { heap, tid } = this.access;
    const count = heap.words[slot + RWLOCK.READER_COUNT]!;
    if (count === heap.words[slot + RWLOCK.CAPACITY]! && !this.grow(slot, count)) return E.ENOMEM;
    const { words } = heap;
    words[(words[slot + RWLOCK.READERS]! >> 2) + count] = tid;
    words[slot + RWLOCK.READER_COUNT] = count + 1;
    acquired(heap, slot, tid, wait);
    return undefined;
  }

  private grow(slot: number, count: number): boolean {
    const { heap } = this.access;
    const capacity = Math.max(FIRST_CAPACITY, count * 2);
    const block = heap.allocate(capacity * 4);
    if (block === 0) return false;
    const old = heap.words[slot + RWLOCK.READERS]!;
    heap.words.copyWithin(block >> 2, old >> 2, (old >> 2) + count);
    if (count > 0) heap.free(old, count * 4);
    heap.words[slot + RWLOCK.READERS] = block;
    heap.words[slot + RWLOCK.CAPACITY] = capacity;
    return true;
  }

  /** EPERM for a thread that does not hold it, which POSIX leaves undefined. */
  unlock(number: number): Outcome<undefined> {
    return this.attempt(number, undefined, (slot) => {
      const { words } = this.access.heap;
      if (words[slot + RWLOCK.WRITER] === this.access.tid) words[slot + RWLOCK.WRITER] = 0;
      else if (!this.dropReader(slot)) return E.EPERM;
      if (words[slot + RWLOCK.READER_COUNT] === 0) this.wakeNext(slot);
      return undefined;
    });
  }

  private dropReader(slot: number): boolean {
    const { heap, tid } = this.access;
    const { words } = heap;
    const first = words[slot + RWLOCK.READERS]! >> 2;
    const last = words[slot + RWLOCK.READER_COUNT]! - 1;
    for (let i = 0; i <= last; i++) {
      if (words[first + i] !== tid) continue;
      words[first + i] = words[first + last]!;
      words[slot + RWLOCK.READER_COUNT] = last;
      return true;
    }
    return false;
  }

  private wakeNext(slot: number): void {
    const { heap } = this.access;
    const prefersReaders = heap.words[slot + RWLOCK.PREFER_WRITERS] === 0;
    const readersFirst = prefersReaders ? !isEmpty(heap, slot + SLOT.SLEEPERS) : isEmpty(heap, slot + SLOT.WRITERS);
    if (readersFirst) wakeFirst(heap, slot + SLOT.SLEEPERS, Number.POSITIVE_INFINITY);
    else wakeOne(heap, slot + SLOT.WRITERS);
  }

  /** Somebody has left a queue without the lock: whoever could have it now may look. The slot is locked. */
  settle(slot: number): void {
    if (this.writable(slot)) this.wakeNext(slot);
    else if (this.readable(slot)) wakeFirst(this.access.heap, slot + SLOT.SLEEPERS, Number.POSITIVE_INFINITY);
  }
}
