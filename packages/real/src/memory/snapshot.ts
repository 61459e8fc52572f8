/**
 * Memory for a forked child: the bytes of a heap at one instant, and a heap made of them. The child has every object in the state of that instant, under its
 * number, with nobody asleep on it (fork(2), pthread_atfork(3)): a mutex that another thread held stays locked for ever, as it does in C.
 */
import { Access } from './access.ts';
import { acquire, release } from './heap-lock.ts';
import {
  BARRIER,
  HEADER,
  INTERPRETER,
  KIND,
  MUTEX,
  RWLOCK,
  SLEEPER,
  SLEEPER_BYTES,
  SLOT,
  THREAD,
  THREAD_BYTES,
} from './layout.ts';
import { type HeapSize, SharedHeap } from './shared-heap.ts';
import { releaseUses } from './statistics.ts';

/** A thread that the child does not have, whatever numbers its own will get. */
const OF_THE_PARENT = -1;

/** All that is in use, copied while no operation is in progress. Locks are taken in the order in which operations nest them. */
export function snapshot(heap: SharedHeap): Uint8Array {
  acquire(heap.words, HEADER.DIRECTORY_LOCK);
  heap.refresh();
  const slots = [...heap.slots()];
  for (const slot of slots) heap.relock(slot);
  acquire(heap.words, HEADER.ALLOCATOR_LOCK);
  acquire(heap.words, HEADER.REGISTRY_LOCK);
  heap.refresh();
  const copy = heap.bytes.slice(0, heap.words[HEADER.TOP]!);
  release(heap.words, HEADER.REGISTRY_LOCK);
  release(heap.words, HEADER.ALLOCATOR_LOCK);
  for (const slot of slots) heap.leave(slot);
  release(heap.words, HEADER.DIRECTORY_LOCK);
  return copy;
}

/** A heap of the child's own. */
export function restore(bytes: Uint8Array, size: HeapSize = {}): SharedHeap {
  const heap = SharedHeap.from(bytes, size);
  const { words } = heap;
  for (const lock of [HEADER.DIRECTORY_LOCK, HEADER.ALLOCATOR_LOCK, HEADER.REGISTRY_LOCK]) words[lock] = 0;
  for (let record = words[HEADER.THREADS]!; record !== 0; ) {
    const next = words[record + THREAD.NEXT]!;
    heap.free(record << 2, THREAD_BYTES);
    record = next;
  }
  words[HEADER.THREADS] = 0;
  const access = new Access(heap, 0);
  for (const slot of heap.slots()) {
    words[slot + SLOT.LOCK] = 0;
    if (words[slot + SLOT.KIND] !== 0) settle(access, slot);
  }
  return heap;
}

function settle(access: Access, slot: number): void {
  const { heap } = access;
  const { words } = heap;
  const kind = words[slot + SLOT.KIND];
  heap.relock(slot);
  dropSleepers(heap, slot + SLOT.SLEEPERS);
  if (kind === KIND.RWLOCK) dropSleepers(heap, slot + SLOT.WRITERS);
  if (kind === KIND.INTERPRETER) {
    for (const word of [INTERPRETER.HOLDER, INTERPRETER.LAST_HOLDER, INTERPRETER.ASKED, INTERPRETER.BARRED])
      words[slot + word] = 0;
  } else {
    releaseUses(heap, slot);
    words[slot + SLOT.USES] = 0;
    words[slot + SLOT.USE_COUNT] = 0;
  }
  if (kind === KIND.BARRIER) words[slot + BARRIER.ARRIVED] = 0;
  else if (kind === KIND.MUTEX && words[slot + MUTEX.OWNER] !== 0) words[slot + MUTEX.OWNER] = OF_THE_PARENT;
  else if (kind === KIND.RWLOCK) disown(heap, slot);
  // An object that was destroyed while threads slept on it goes here.
  access.leave(slot);
}

function disown({ words }: SharedHeap, slot: number): void {
  if (words[slot + RWLOCK.WRITER] !== 0) words[slot + RWLOCK.WRITER] = OF_THE_PARENT;
  const first = words[slot + RWLOCK.READERS]! >> 2;
  words.fill(OF_THE_PARENT, first, first + words[slot + RWLOCK.READER_COUNT]!);
}

function dropSleepers(heap: SharedHeap, queue: number): void {
  const { words } = heap;
  for (let sleeper = words[queue]!; sleeper !== 0; ) {
    const next = words[sleeper + SLEEPER.NEXT]!;
    heap.free(sleeper << 2, SLEEPER_BYTES);
    sleeper = next;
  }
  words[queue] = 0;
  words[queue + 1] = 0;
}
