/**
 * The memory of one real process: objects with numbers in a SharedArrayBuffer that every thread of the process has. A thread finds an object by its number,
 * holds its lock for the length of one operation, and wakes sleepers through the same memory; no thread asks another to do it.
 *
 * A thread that is torn down in the middle of such an operation leaves its lock held: threads end at the end of a call, or with their process.
 */
import { assert } from '@netarium/core/base/assert.ts';
import { E, type Errno } from '@netarium/core/base/errno.ts';
import { Blocks, emptyBuffer, pages } from './blocks.ts';
import { acquire, release } from './heap-lock.ts';
import {
  DIRECTORY,
  DIRECTORY_WORDS,
  FIRST_ROOT_NUMBER,
  GENERATION,
  HEADER,
  HEADER_BYTES,
  INTERRUPTED,
  KIND,
  type Kind,
  SLOT,
  SLOT_BYTES,
  SLOT_WORDS,
  SLOTS_PER_CHUNK,
  SLOTS_PER_CHUNK_BITS,
  THREAD,
  THREAD_BYTES,
} from './layout.ts';

const INITIAL_BYTES = 1 << 20;
/** Addresses are 31 bits; memory is taken from the operating system as it is used. */
const MAX_BYTES = 1 << 30;
const SLOTS_MAX = DIRECTORY_WORDS * SLOTS_PER_CHUNK;

export interface HeapSize {
  readonly initialBytes?: number;
  readonly maxBytes?: number;
}

export class SharedHeap extends Blocks {
  /** A process's memory, with one object in it: the interpreter lock, which has the number 0. */
  static create({ initialBytes = INITIAL_BYTES, maxBytes = MAX_BYTES }: HeapSize = {}): SharedHeap {
    assert(initialBytes >= HEADER_BYTES && maxBytes >= initialBytes && maxBytes <= MAX_BYTES, 'a heap of such a size');
    const heap = new SharedHeap(emptyBuffer(initialBytes, maxBytes));
    assert(heap.make(KIND.INTERPRETER) === 0, 'the interpreter lock is the first object');
    return heap;
  }

  /** The same memory in another thread. */
  static attach(buffer: SharedArrayBuffer): SharedHeap {
    return new SharedHeap(buffer);
  }

  /** The same content in memory of its own, as the child of a fork has it (`snapshot.ts`). */
  static from(content: Uint8Array, { maxBytes = MAX_BYTES }: HeapSize = {}): SharedHeap {
    const buffer = new SharedArrayBuffer(Math.max(INITIAL_BYTES, pages(content.length)), { maxByteLength: maxBytes });
    new Uint8Array(buffer).set(content);
    return new SharedHeap(buffer);
  }

  /** The first word of an object's slot, which is locked now: EFAULT where there is none of that number, EINVAL where it is another kind. */
  enter(number: number, kind: Kind): number | Errno {
    const slot = this.lockSlot(number);
    if (slot === 0) return E.EFAULT;
    if (this.words[slot + SLOT.KIND] === kind) return slot;
    this.leave(slot);
    return E.EINVAL;
  }

  /** Locks the slot of the object; 0 where there is none of that number. */
  lockSlot(number: number): number {
    // Also false for what is no number.
    if (!(number > 0 && number < FIRST_ROOT_NUMBER) || !Number.isInteger(number)) return 0;
    const slot = this.slotAt(number % GENERATION);
    if (slot === 0) return 0;
    this.relock(slot);
    if (this.words[slot + SLOT.KIND] !== 0 && this.words[slot + SLOT.NUMBER] === number) return slot;
    this.leave(slot);
    return 0;
  }

  /** Locks a slot whose object the caller has entered before. */
  relock(slot: number): void {
    acquire(this.words, slot + SLOT.LOCK);
    this.refresh();
  }

  leave(slot: number): void {
    release(this.words, slot + SLOT.LOCK);
  }

  /** The slot of the interpreter lock, which programs have no number for. */
  get interpreterSlot(): number {
    return this.slotAt(0);
  }

  private slotAt(index: number): number {
    const chunk = Atomics.load(this.words, DIRECTORY + (index >> SLOTS_PER_CHUNK_BITS));
    if (chunk === 0) return 0;
    const slot = (chunk >> 2) + (index % SLOTS_PER_CHUNK) * SLOT_WORDS;
    if (slot >= this.words.length) this.refresh();
    return slot;
  }

  /**
   * A new object, all of whose words are 0: its number. Nobody else knows it before the caller has told, so the caller may fill it in without a lock.
   * ENOMEM.
   */
  make(kind: Kind): number | Errno {
    acquire(this.words, HEADER.DIRECTORY_LOCK);
    this.refresh();
    const slot = this.freeSlot();
    let number: number | Errno = E.ENOMEM;
    if (slot !== 0) {
      number = this.words[slot + SLOT.NUMBER]!;
      this.words.fill(0, slot + SLOT.KIND, slot + SLOT_WORDS);
      this.words[slot + SLOT.KIND] = kind;
    }
    release(this.words, HEADER.DIRECTORY_LOCK);
    return number;
  }

  /** A slot that has no object, with the number of its next one; 0 at the end of memory. */
  private freeSlot(): number {
    const { words } = this;
    const free = words[HEADER.FREE_SLOT]!;
    if (free >= 0) {
      const slot = this.slotAt(free);
      words[HEADER.FREE_SLOT] = words[slot + SLOT.NEXT_FREE]!;
      return slot;
    }
    const index = words[HEADER.SLOTS]!;
    if (index === SLOTS_MAX || (index % SLOTS_PER_CHUNK === 0 && !this.addChunk(index))) return 0;
    this.words[HEADER.SLOTS] = index + 1;
    const slot = this.slotAt(index);
    this.words[slot + SLOT.NUMBER] = index;
    return slot;
  }

  private addChunk(index: number): boolean {
    const bytes = SLOTS_PER_CHUNK * SLOT_BYTES;
    const block = this.allocate(bytes + SLOT_BYTES);
    if (block === 0) return false;
    const aligned = Math.ceil(block / SLOT_BYTES) * SLOT_BYTES;
    this.words.fill(0, aligned >> 2, (aligned + bytes) >> 2);
    Atomics.store(this.words, DIRECTORY + (index >> SLOTS_PER_CHUNK_BITS), aligned);
    return true;
  }

  /** The slot is free for another object; its lock is held and let go here. A slot that has had a thousand objects has no numbers left. */
  recycle(slot: number, number: number): void {
    const { words } = this;
    words[slot + SLOT.KIND] = 0;
    words[slot + SLOT.NUMBER] = number + GENERATION;
    this.leave(slot);
    if (number + GENERATION >= FIRST_ROOT_NUMBER) return;
    acquire(words, HEADER.DIRECTORY_LOCK);
    words[slot + SLOT.NEXT_FREE] = words[HEADER.FREE_SLOT]!;
    words[HEADER.FREE_SLOT] = number % GENERATION;
    release(words, HEADER.DIRECTORY_LOCK);
  }

  /** Every slot that has ever had an object, unlocked. */
  *slots(): Generator<number> {
    const count = Atomics.load(this.words, HEADER.SLOTS);
    for (let index = 0; index < count; index++) yield this.slotAt(index);
  }

  // Threads, so that one can be interrupted while it sleeps.

  /** The first word of a new thread's record. */
  register(tid: number): number | Errno {
    const address = this.allocate(THREAD_BYTES);
    if (address === 0) return E.ENOMEM;
    const record = address >> 2;
    acquire(this.words, HEADER.REGISTRY_LOCK);
    this.words[record + THREAD.TID] = tid;
    this.words[record + THREAD.INTERRUPTED] = 0;
    this.words[record + THREAD.SLEEPER] = 0;
    this.words[record + THREAD.NEXT] = this.words[HEADER.THREADS]!;
    this.words[HEADER.THREADS] = record;
    release(this.words, HEADER.REGISTRY_LOCK);
    return record;
  }

  unregister(tid: number): void {
    acquire(this.words, HEADER.REGISTRY_LOCK);
    this.refresh();
    const { words } = this;
    let link: number = HEADER.THREADS;
    while (words[link] !== 0 && words[words[link]! + THREAD.TID] !== tid) link = words[link]! + THREAD.NEXT;
    const record = words[link]!;
    if (record !== 0) words[link] = words[record + THREAD.NEXT]!;
    release(words, HEADER.REGISTRY_LOCK);
    if (record !== 0) this.free(record << 2, THREAD_BYTES);
  }

  /** A signal for the thread: the call in which it sleeps, or the next in which it would, ends with EINTR if it is one that can. False for an unknown one. */
  interrupt(tid: number): boolean {
    acquire(this.words, HEADER.REGISTRY_LOCK);
    this.refresh();
    const { words } = this;
    let record = words[HEADER.THREADS]!;
    while (record !== 0 && words[record + THREAD.TID] !== tid) record = words[record + THREAD.NEXT]!;
    if (record !== 0) {
      Atomics.store(words, record + THREAD.INTERRUPTED, 1);
      const sleeper = Atomics.load(words, record + THREAD.SLEEPER);
      if (sleeper !== 0) {
        Atomics.or(words, sleeper, INTERRUPTED);
        Atomics.notify(words, sleeper);
      }
    }
    release(words, HEADER.REGISTRY_LOCK);
    return record !== 0;
  }
}
