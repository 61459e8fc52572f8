/**
 * How one thread uses the objects of the heap: it enters an object, which locks it, and leaves it. An object that is destroyed while threads sleep on it has no
 * number any more, but lives on until the last of them has left, as memory does that somebody still points to.
 */
import { E, Errno } from '@netarium/core/base/errno.ts';
import { CELL_VALUE, KIND, type Kind, LIST, MUTEX, RWLOCK, SLOT } from './layout.ts';
import type { SharedHeap } from './shared-heap.ts';
import { releaseUses } from './statistics.ts';
import { VALUE_BYTES, VALUE_WORDS, Values } from './values.ts';
import type { Wait } from './wait.ts';
import { isEmpty } from './wait-queue.ts';

export class Access {
  readonly values: Values;

  constructor(
    readonly heap: SharedHeap,
    readonly tid: number,
  ) {
    this.values = new Values(heap);
  }

  /** Locks the object for an attempt of a call; a further attempt of one that slept on it finds it also without its number. */
  enter(number: number, kind: Kind, wait?: Wait): number | Errno {
    if (wait === undefined || wait.slot === 0) return this.heap.enter(number, kind);
    this.heap.relock(wait.slot);
    wait.leaveQueue();
    return wait.slot;
  }

  leave(slot: number): void {
    const { words } = this.heap;
    if (words[slot + SLOT.NUMBER]! < 0 && this.isForsaken(slot)) this.reclaim(slot, -words[slot + SLOT.NUMBER]!);
    else this.heap.leave(slot);
  }

  /** A new object; `fill` writes the words of its slot. */
  make(kind: Kind, fill: (slot: number) => void): number | Errno {
    const number = this.heap.make(kind);
    if (number instanceof Errno) return number;
    const slot = this.heap.lockSlot(number);
    fill(slot);
    this.heap.leave(slot);
    return number;
  }

  /** Takes the object's number away. EFAULT for an unknown one, and what `refuse` says. */
  destroy(number: number, refuse?: (slot: number) => Errno | undefined): Errno | undefined {
    const slot = this.heap.lockSlot(number);
    if (slot === 0) return E.EFAULT;
    const refused = refuse?.(slot);
    if (refused !== undefined) {
      this.heap.leave(slot);
      return refused;
    }
    if (this.isForsaken(slot)) this.reclaim(slot, number);
    else {
      this.heap.words[slot + SLOT.NUMBER] = -number;
      this.heap.leave(slot);
    }
    return undefined;
  }

  private isForsaken(slot: number): boolean {
    if (!isEmpty(this.heap, slot + SLOT.SLEEPERS)) return false;
    return this.heap.words[slot + SLOT.KIND] !== KIND.RWLOCK || isEmpty(this.heap, slot + SLOT.WRITERS);
  }

  /** Gives back all that the object has, and its slot. */
  private reclaim(slot: number, number: number): void {
    const { heap } = this;
    const { words } = heap;
    const kind = words[slot + SLOT.KIND];
    if (kind === KIND.CELL) this.values.release(slot + CELL_VALUE);
    else if (kind === KIND.LIST) this.releaseItems(slot);
    else if (kind === KIND.RWLOCK) {
      const capacity = words[slot + RWLOCK.CAPACITY]!;
      if (capacity > 0) heap.free(words[slot + RWLOCK.READERS]!, capacity * 4);
    }
    releaseUses(heap, slot);
    heap.recycle(slot, number);
  }

  private releaseItems(slot: number): void {
    const { words } = this.heap;
    const capacity = words[slot + LIST.CAPACITY]!;
    if (capacity === 0) return;
    const items = words[slot + LIST.ITEMS]!;
    const start = words[slot + LIST.START]!;
    const end = start + words[slot + LIST.LENGTH]!;
    for (let i = start; i < end; i++) this.values.release((items >> 2) + i * VALUE_WORDS);
    this.heap.free(items, capacity * VALUE_BYTES);
  }

  isLockedMutex(slot: number): boolean {
    return this.heap.words[slot + SLOT.KIND] === KIND.MUTEX && this.heap.words[slot + MUTEX.OWNER] !== 0;
  }
}
