/**
 * How threads have used a lock: one record per thread, in the order of their first use, in a block that grows with them. Where memory is at its end a new
 * thread's use goes uncounted; the lock works on.
 */
import type { LockStatistics } from '@netarium/core/syscall/sys.ts';
import { MS } from '@netarium/core/time/instant.ts';
import { SLOT } from './layout.ts';
import type { SharedHeap } from './shared-heap.ts';
import type { Wait } from './wait.ts';

const RECORD_WORDS = 8;
const RECORD_BYTES = RECORD_WORDS * 4;
/** Words of a record; the last three are doubles. */
const USE = { TID: 0, CONTENDED: 1, ACQUISITIONS: 2, WAITED_NS: 4, LONGEST_NS: 6 } as const;
const FIRST_CAPACITY = 4;

/** As many records as the block of so many has room for: powers of two. */
function capacityFor(count: number): number {
  return count <= FIRST_CAPACITY ? FIRST_CAPACITY : 1 << (32 - Math.clz32(count - 1));
}

/** The thread has what its call came for; the slot is locked. */
export function acquired(heap: SharedHeap, slot: number, tid: number, wait?: Wait): void {
  const use = useOf(heap, slot, tid);
  if (use === 0) return;
  const { doubles, words } = heap;
  doubles[(use + USE.ACQUISITIONS) >> 1]! += 1;
  if (wait === undefined || wait.slot !== slot) return;
  const waitedNs = Math.round((performance.now() - wait.sleptSinceMs) * MS);
  words[use + USE.CONTENDED]! += 1;
  doubles[(use + USE.WAITED_NS) >> 1]! += waitedNs;
  const longest = (use + USE.LONGEST_NS) >> 1;
  if (waitedNs > doubles[longest]!) doubles[longest] = waitedNs;
}

/** The first word of the thread's record, sought from the newest; 0 where there is no room for one. */
function useOf(heap: SharedHeap, slot: number, tid: number): number {
  const { words } = heap;
  const count = words[slot + SLOT.USE_COUNT]!;
  const first = words[slot + SLOT.USES]! >> 2;
  for (let use = first + (count - 1) * RECORD_WORDS; use >= first && count > 0; use -= RECORD_WORDS)
    if (words[use + USE.TID] === tid) return use;
  return addUse(heap, slot, tid, count);
}

function addUse(heap: SharedHeap, slot: number, tid: number, count: number): number {
  if (count === 0 || count === capacityFor(count)) {
    const block = heap.allocate(capacityFor(count + 1) * RECORD_BYTES);
    if (block === 0) return 0;
    const old = heap.words[slot + SLOT.USES]!;
    if (count > 0) {
      heap.words.copyWithin(block >> 2, old >> 2, (old >> 2) + count * RECORD_WORDS);
      heap.free(old, capacityFor(count) * RECORD_BYTES);
    }
    heap.words[slot + SLOT.USES] = block;
  }
  const { words } = heap;
  const use = (words[slot + SLOT.USES]! >> 2) + count * RECORD_WORDS;
  words.fill(0, use, use + RECORD_WORDS);
  words[use + USE.TID] = tid;
  words[slot + SLOT.USE_COUNT] = count + 1;
  return use;
}

export function usesOf({ words, doubles }: SharedHeap, slot: number): LockStatistics[] {
  const first = words[slot + SLOT.USES]! >> 2;
  return Array.from({ length: words[slot + SLOT.USE_COUNT]! }, (_, i) => {
    const use = first + i * RECORD_WORDS;
    return {
      tid: words[use + USE.TID]!,
      acquisitions: doubles[(use + USE.ACQUISITIONS) >> 1]!,
      contended: words[use + USE.CONTENDED]!,
      waitedNs: doubles[(use + USE.WAITED_NS) >> 1]!,
      longestWaitNs: doubles[(use + USE.LONGEST_NS) >> 1]!,
    };
  });
}

export function releaseUses(heap: SharedHeap, slot: number): void {
  const count = heap.words[slot + SLOT.USE_COUNT]!;
  if (count > 0) heap.free(heap.words[slot + SLOT.USES]!, capacityFor(count) * RECORD_BYTES);
}
