/**
 * Where a number stands first in a column: a hash table of places (open addressing), which a million numbers fill in a moment and without an object each.
 */
export class FirstPlaces {
  /** One more than a place; 0 where nothing is. */
  private readonly slots: Uint32Array;
  private readonly mask: number;

  /** For up to `count` places; `keyOf` says what stands at one. */
  constructor(
    count: number,
    private readonly keyOf: (place: number) => number,
  ) {
    let size = 16;
    while (size < 2 * count) size *= 2;
    this.slots = new Uint32Array(size);
    this.mask = size - 1;
  }

  /** False where the same number stands at a place that was added before. */
  add(place: number): boolean {
    const slot = this.slotOf(this.keyOf(place));
    if (this.slots[slot] !== 0) return false;
    this.slots[slot] = place + 1;
    return true;
  }

  /** -1 where the number stands nowhere. */
  of(key: number): number {
    return this.slots[this.slotOf(key)]! - 1;
  }

  /** The slot of that number, or the empty one where it would be. */
  private slotOf(key: number): number {
    // Knuth's multiplicative hashing, by the golden ratio of 2^32: neighbours do not fall together.
    let slot = (Math.imul(key | 0, 0x9e37_79b1) >>> 8) & this.mask;
    for (;;) {
      const taken = this.slots[slot]!;
      if (taken === 0 || this.keyOf(taken - 1) === key) return slot;
      slot = (slot + 1) & this.mask;
    }
  }
}
