/**
 * Values in the heap: a record of four words for each. Numbers, booleans, null and undefined lie in the record itself; texts and bytes in a block beside it;
 * arrays and objects there too (`encoding.ts`). What a program gets out is a copy of its own, not frozen as on the simulated kernel.
 *
 * Writing has two steps, so that a slot is locked only for the second: `prepare` makes the record's content, `store` puts it in its place.
 */
import { E, type Errno } from '@netarium/core/base/errno.ts';
import type { Cloneable } from '@netarium/core/os/memory.ts';
import { decode, encode, encodedLength, isLatin1 } from './encoding.ts';
import type { SharedHeap } from './shared-heap.ts';

const TAG = { UNDEFINED: 0, NULL: 1, FALSE: 2, TRUE: 3, NUMBER: 4, LATIN1: 5, UTF16: 6, BYTES: 7, CLONE: 8 } as const;
/** Words of a record: the tag, how many bytes the block has, and its address or (two words) the number. */
const LENGTH = 1;
const ADDRESS = 2;
export const VALUE_WORDS = 4;
export const VALUE_BYTES = 16;

const NO_BYTES = new Uint8Array(0);

/** A value as it was copied out of the heap while its slot was locked; `decoded` makes it whole afterwards. */
export class Encoded {
  constructor(
    readonly tag: number,
    readonly bytes: Uint8Array,
  ) {}
}

export type Stored = number | boolean | null | undefined | Encoded;

/** Writes and reads values for one thread. */
export class Values {
  private tag: number = TAG.UNDEFINED;
  private number = 0;
  private address = 0;
  private length = 0;

  constructor(private readonly heap: SharedHeap) {}

  /** Makes ready what `store` will put somewhere. EINVAL for what cannot be copied, ENOMEM. */
  prepare(value: unknown): Errno | undefined {
    if (typeof value === 'number') {
      this.tag = TAG.NUMBER;
      this.number = value;
      return undefined;
    }
    this.tag = TAG.UNDEFINED;
    this.length = 0;
    this.address = 0;
    if (value === undefined) return undefined;
    if (value === null) this.tag = TAG.NULL;
    else if (typeof value === 'boolean') this.tag = value ? TAG.TRUE : TAG.FALSE;
    else return this.prepareBytes(value);
    return undefined;
  }

  private prepareBytes(value: unknown): Errno | undefined {
    if (typeof value === 'string') {
      const narrow = isLatin1(value);
      return this.prepareBlock(narrow ? TAG.LATIN1 : TAG.UTF16, Buffer.from(value, narrow ? 'latin1' : 'utf16le'));
    }
    if (value instanceof Uint8Array) return this.prepareBlock(TAG.BYTES, value);
    const length = encodedLength(value);
    if (Number.isNaN(length)) return E.EINVAL;
    if (!this.takeBlock(TAG.CLONE, length)) return E.ENOMEM;
    encode(value as Cloneable, this.heap.bytes.subarray(this.address, this.address + length));
    return undefined;
  }

  private prepareBlock(tag: number, bytes: Uint8Array): Errno | undefined {
    if (!this.takeBlock(tag, bytes.length)) return E.ENOMEM;
    if (bytes.length > 0) this.heap.bytes.set(bytes, this.address);
    return undefined;
  }

  /** A block of its own for the record that is made; nothing else knows it. */
  private takeBlock(tag: number, length: number): boolean {
    const address = length === 0 ? 0 : this.heap.allocate(length);
    if (address === 0 && length > 0) return false;
    this.tag = tag;
    this.address = address;
    this.length = length;
    return true;
  }

  /** Gives up what was prepared, if anything was. */
  discard(): void {
    if (this.tag > TAG.NUMBER && this.length > 0) this.heap.free(this.address, this.length);
  }

  /** Writes what was prepared into a record that holds nothing of worth. */
  store(record: number): void {
    const { words, doubles } = this.heap;
    words[record] = this.tag;
    if (this.tag === TAG.NUMBER) doubles[(record + ADDRESS) >> 1] = this.number;
    else {
      words[record + LENGTH] = this.length;
      words[record + ADDRESS] = this.address;
    }
  }

  /** What a record holds; the block is copied. */
  load(record: number): Stored {
    const { words, doubles, bytes } = this.heap;
    const tag = words[record]!;
    if (tag === TAG.NUMBER) return doubles[(record + ADDRESS) >> 1]!;
    if (tag === TAG.UNDEFINED) return undefined;
    if (tag === TAG.NULL) return null;
    if (tag < TAG.NUMBER) return tag === TAG.TRUE;
    const length = words[record + LENGTH]!;
    const address = words[record + ADDRESS]!;
    return new Encoded(tag, length === 0 ? NO_BYTES : bytes.slice(address, address + length));
  }

  isNumber(record: number): boolean {
    return this.heap.words[record] === TAG.NUMBER;
  }

  setNumber(record: number, value: number): void {
    this.heap.doubles[(record + ADDRESS) >> 1] = value;
  }

  /** Gives back the block of a record that holds nothing from here on. */
  release(record: number): void {
    const { words } = this.heap;
    const length = words[record + LENGTH]!;
    if (words[record]! > TAG.NUMBER && length > 0) this.heap.free(words[record + ADDRESS]!, length);
    words[record] = TAG.UNDEFINED;
  }
}

export function decoded(stored: Stored): Cloneable {
  if (!(stored instanceof Encoded)) return stored;
  const { tag, bytes } = stored;
  if (tag === TAG.BYTES) return bytes;
  if (tag === TAG.CLONE) return decode(bytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(tag === TAG.LATIN1 ? 'latin1' : 'utf16le');
}
