/**
 * Memory for many small arrays: views of shared slabs in place of an allocation each, which costs three to five times as much. Each view
 * is its taker's alone; a slab lives as long as any of its views. Larger arrays get memory of their own, so that no small view keeps much
 * more than itself alive.
 */
const SLAB_BYTES = 65_536;
const SHARED_BYTES_MAX = 4096;
const NO_SLAB = new ArrayBuffer(0);

export class ByteArena {
  private slab = NO_SLAB;
  private at = 0;

  /** An array of zeros. */
  take(length: number): Uint8Array {
    if (length > SHARED_BYTES_MAX) return new Uint8Array(length);
    if (this.at + length > this.slab.byteLength) {
      this.slab = new ArrayBuffer(SLAB_BYTES);
      this.at = 0;
    }
    const bytes = new Uint8Array(this.slab, this.at, length);
    // Sums and copies go word by word.
    this.at += (length + 7) & ~7;
    return bytes;
  }
}
