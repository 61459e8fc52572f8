/// <reference lib="es2024.sharedmemory" />
/**
 * Blocks of bytes in a growable SharedArrayBuffer that all threads of a process have. Sizes come in four classes per doubling, so that at most a fifth of a
 * block is unused; freed blocks wait in a list per class and are never joined: memory stays flat where sizes recur, and a heap never shrinks.
 *
 * Views have a fixed length, because V8 compiles accesses through length-tracking ones to slower code (16 against 54 ns for a lock and unlock); each thread
 * makes its own again once the heap has grown.
 */
import { acquire, release } from './heap-lock.ts';
import { FREE_LISTS, HEADER, HEADER_BYTES, SIZE_CLASSES } from './layout.ts';

/** Blocks come in multiples of this. */
const UNIT_BITS = 4;
const PAGE = 65_536;

/** The class of the smallest blocks that hold so many bytes. */
export function sizeClass(bytes: number): number {
  const last = (Math.max(1, bytes) - 1) >> UNIT_BITS;
  if (last < 4) return last;
  const doubling = 29 - Math.clz32(last);
  return 4 + doubling * 4 + ((last >> doubling) & 3);
}

export function classBytes(index: number): number {
  if (index < 4) return (index + 1) << UNIT_BITS;
  const doubling = (index - 4) >> 2;
  return (5 + ((index - 4) & 3)) * (1 << (doubling + UNIT_BITS));
}

/** Rounded up to whole pages. */
export function pages(bytes: number): number {
  return Math.ceil(bytes / PAGE) * PAGE;
}

export class Blocks {
  words: Int32Array;
  doubles!: Float64Array;
  bytes!: Uint8Array;
  private growths = -1;
  private readonly maxBytes: number;

  constructor(readonly buffer: SharedArrayBuffer) {
    this.maxBytes = buffer.maxByteLength;
    this.words = new Int32Array(buffer, 0, HEADER_BYTES >> 2);
    this.makeViews();
  }

  /** Sees to it that the views reach as far as the heap does: after taking a lock, before following what it guards. */
  refresh(): void {
    if (Atomics.load(this.words, HEADER.GROWTHS) !== this.growths) this.makeViews();
  }

  private makeViews(): void {
    const { buffer } = this;
    // Before the length: where another thread grows the heap in between, the views are longer than this says and are made once more; not ever too short.
    this.growths = Atomics.load(this.words, HEADER.GROWTHS);
    const length = buffer.byteLength & ~7;
    this.words = new Int32Array(buffer, 0, length >> 2);
    this.doubles = new Float64Array(buffer, 0, length >> 3);
    this.bytes = new Uint8Array(buffer, 0, length);
  }

  /** The address of a block, whose content is what was there before; 0 where memory is at its end. */
  allocate(bytes: number): number {
    if (bytes > this.maxBytes) return 0;
    const index = sizeClass(bytes);
    if (index >= SIZE_CLASSES) return 0;
    const size = classBytes(index);
    acquire(this.words, HEADER.ALLOCATOR_LOCK);
    this.refresh();
    const free = this.words[FREE_LISTS + index]!;
    let address = free;
    if (free !== 0) this.words[FREE_LISTS + index] = this.words[free >> 2]!;
    else address = this.extend(size);
    if (address !== 0) this.words[HEADER.USED]! += size;
    release(this.words, HEADER.ALLOCATOR_LOCK);
    return address;
  }

  /** Takes bytes that no block has had, growing the heap where it must. */
  private extend(size: number): number {
    const address = this.words[HEADER.TOP]!;
    const end = address + size;
    if (end > this.buffer.byteLength && !this.grow(end)) return 0;
    this.words[HEADER.TOP] = end;
    return address;
  }

  private grow(least: number): boolean {
    const { byteLength } = this.buffer;
    if (least > this.maxBytes) return false;
    const wanted = Math.max(least, byteLength + (byteLength >> 1));
    try {
      this.buffer.grow(Math.min(this.maxBytes, pages(wanted)));
    } catch (error) {
      // The operating system has no more to give.
      if (error instanceof RangeError) return false;
      throw error;
    }
    Atomics.add(this.words, HEADER.GROWTHS, 1);
    this.makeViews();
    return true;
  }

  /** Gives a block back that was allocated for so many bytes. */
  free(address: number, bytes: number): void {
    const index = sizeClass(bytes);
    acquire(this.words, HEADER.ALLOCATOR_LOCK);
    this.refresh();
    this.words[address >> 2] = this.words[FREE_LISTS + index]!;
    this.words[FREE_LISTS + index] = address;
    this.words[HEADER.USED]! -= classBytes(index);
    release(this.words, HEADER.ALLOCATOR_LOCK);
  }

  /** Bytes in blocks that are in use: what a test of leaks looks at. */
  get usedBytes(): number {
    return Atomics.load(this.words, HEADER.USED);
  }
}

/** A buffer with a header and no blocks. */
export function emptyBuffer(initialBytes: number, maxBytes: number): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(initialBytes, { maxByteLength: maxBytes });
  const words = new Int32Array(buffer, 0, HEADER_BYTES >> 2);
  words[HEADER.TOP] = HEADER_BYTES;
  words[HEADER.FREE_SLOT] = -1;
  return buffer;
}
