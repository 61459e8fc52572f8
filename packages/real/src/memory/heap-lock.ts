/**
 * The short locks inside the heap: a word that is free, held, or held with others asleep on it ("Futexes Are Tricky", mutex2). They are held for some
 * hundred nanoseconds at most and never around a wait, so even the main thread of a process, which must not sleep otherwise, may sleep on them.
 */
const FREE = 0;
const HELD = 1;
const CONTENDED = 2;
/** Loads before sleeping: about as long as a holder needs. */
const SPINS = 100;

export function acquire(words: Int32Array, at: number): void {
  if (Atomics.compareExchange(words, at, FREE, HELD) === FREE) return;
  for (let i = 0; i < SPINS; i++)
    if (Atomics.load(words, at) === FREE && Atomics.compareExchange(words, at, FREE, HELD) === FREE) return;
  while (Atomics.exchange(words, at, CONTENDED) !== FREE) Atomics.wait(words, at, CONTENDED);
}

export function release(words: Int32Array, at: number): void {
  if (Atomics.exchange(words, at, FREE) === CONTENDED) Atomics.notify(words, at, 1);
}
