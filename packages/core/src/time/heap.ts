/**
 * A 4-ary heap of slots, ordered by time, then by age: for what lies beyond the wheel, and for worlds with next to nothing pending. Typed arrays, written for this one
 * element type only: a second instantiation would halve its speed (bench/README.md).
 */
import type { Entries } from './entries.ts';
import { type Instant, START } from './instant.ts';

export class EntryHeap {
  size = 0;
  /** The slot of the earliest entry; 0 where there is none. */
  first = 0;
  /** Its time; infinite where there is none. */
  earliest: Instant = START;
  private capacity = 4;
  // In heap order: each entry's time and slot.
  private times = new Float64Array(this.capacity);
  private slots = new Int32Array(this.capacity);

  constructor(private readonly entries: Entries) {
    this.earliest = Number.POSITIVE_INFINITY;
  }

  /** Whether its earliest entry fires before another one. */
  isBefore(slot: number, at: Instant): boolean {
    return this.earliest <= at && this.entries.precedes(this.first, this.earliest, slot);
  }

  add(slot: number, at: Instant): void {
    if (this.size === this.capacity) this.grow();
    this.rise(this.size++, slot, at);
    this.look();
  }

  /** Takes the earliest entry out. */
  takeFirst(): void {
    const last = --this.size;
    this.sink(this.slots[last]!, this.times[last]!);
    this.look();
  }

  private look(): void {
    const none = this.size === 0;
    this.first = none ? 0 : this.slots[0]!;
    this.earliest = none ? Number.POSITIVE_INFINITY : this.times[0]!;
  }

  private rise(hole: number, slot: number, at: Instant): void {
    const { times, slots } = this;
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      if (!this.precedes(slot, at, parent)) break;
      times[hole] = times[parent]!;
      slots[hole] = slots[parent]!;
      hole = parent;
    }
    times[hole] = at;
    slots[hole] = slot;
  }

  private sink(slot: number, at: Instant): void {
    const { times, slots, size } = this;
    let hole = 0;
    for (let child = 1; child < size; child = hole * 4 + 1) {
      let best: number;
      if (child + 3 < size) {
        // Comparisons that count as 0 or 1 are no branches: of those, a processor guesses one in three wrongly on unordered times.
        const left = child + +(times[child + 1]! < times[child]!);
        const right = child + 2 + +(times[child + 3]! < times[child + 2]!);
        best = left + ((right - left) & -(times[right]! < times[left]!));
        const equal = times[child] === times[child + 1] || times[child + 2] === times[child + 3];
        if (equal || times[left] === times[right]) best = this.firstOf(child, child + 4);
      } else best = this.firstOf(child, size);
      if (this.precedes(slot, at, best)) break;
      times[hole] = times[best]!;
      slots[hole] = slots[best]!;
      hole = best;
    }
    times[hole] = at;
    slots[hole] = slot;
  }

  /** The place of the first entry to fire of those at `from` up to `to`. */
  private firstOf(from: number, to: number): number {
    const { times, slots } = this;
    let best = from;
    for (let i = from + 1; i < to; i++) if (this.precedes(slots[i]!, times[i]!, best)) best = i;
    return best;
  }

  /** Whether an entry fires before the one at a place of the heap. */
  private precedes(slot: number, at: Instant, place: number): boolean {
    const time = this.times[place]!;
    return at < time || (at === time && this.entries.precedes(slot, at, this.slots[place]!));
  }

  private grow(): void {
    const { times, slots } = this;
    this.capacity *= 2;
    this.times = new Float64Array(this.capacity);
    this.slots = new Int32Array(this.capacity);
    this.times.set(times);
    this.slots.set(slots);
  }
}
