/**
 * Queues of sleeping threads in the heap, longest first, each guarded by the lock of the slot that it belongs to. A woken sleeper stays in its queue until it
 * runs and takes itself out, so those that were woken stand before those that sleep, and a thread that dies in between can hand its wake on.
 */
import { SLEEPER, SLEEPER_BYTES, WOKEN } from './layout.ts';
import type { SharedHeap } from './shared-heap.ts';

/** `queue` is the word that has the head; the tail is in the next one. Heads and links are words, not addresses. */
export function append({ words }: SharedHeap, queue: number, sleeper: number): void {
  const tail = words[queue + 1]!;
  Atomics.store(words, sleeper + SLEEPER.STATE, 0);
  words[sleeper + SLEEPER.NEXT] = 0;
  words[sleeper + SLEEPER.PREVIOUS] = tail;
  words[sleeper + SLEEPER.QUEUE] = queue;
  words[tail === 0 ? queue : tail + SLEEPER.NEXT] = sleeper;
  words[queue + 1] = sleeper;
}

export function remove({ words }: SharedHeap, sleeper: number): void {
  const queue = words[sleeper + SLEEPER.QUEUE]!;
  const next = words[sleeper + SLEEPER.NEXT]!;
  const previous = words[sleeper + SLEEPER.PREVIOUS]!;
  words[previous === 0 ? queue : previous + SLEEPER.NEXT] = next;
  words[next === 0 ? queue + 1 : next + SLEEPER.PREVIOUS] = previous;
  words[sleeper + SLEEPER.QUEUE] = 0;
}

export function isEmpty({ words }: SharedHeap, queue: number): boolean {
  return words[queue] === 0;
}

export function isWoken({ words }: SharedHeap, sleeper: number): boolean {
  return (Atomics.load(words, sleeper + SLEEPER.STATE) & WOKEN) !== 0;
}

/** Wakes up to `count` that sleep, longest first; answers how many. */
export function wakeFirst(heap: SharedHeap, queue: number, count: number): number {
  const { words } = heap;
  let woken = 0;
  let sleeper = words[queue]!;
  while (sleeper !== 0 && isWoken(heap, sleeper)) sleeper = words[sleeper + SLEEPER.NEXT]!;
  for (; sleeper !== 0 && woken < count; woken++) {
    const next = words[sleeper + SLEEPER.NEXT]!;
    wake(heap, sleeper);
    sleeper = next;
  }
  return woken;
}

/** Wakes the first, unless one is on its way already, who will look for itself. */
export function wakeOne(heap: SharedHeap, queue: number): void {
  const first = heap.words[queue]!;
  if (first !== 0 && !isWoken(heap, first)) wake(heap, first);
}

function wake({ words }: SharedHeap, sleeper: number): void {
  Atomics.or(words, sleeper + SLEEPER.STATE, WOKEN);
  Atomics.notify(words, sleeper + SLEEPER.STATE);
}

/** Takes a dead thread's sleepers out of a queue; answers how many of them had been woken. */
export function dropThread(heap: SharedHeap, queue: number, tid: number): number {
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
