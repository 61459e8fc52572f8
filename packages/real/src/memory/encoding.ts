/**
 * Arrays and objects as bytes in a block of the heap: a tag, then lengths, numbers, texts and bytes one after the other. Written straight into the block and read
 * from one copy of it, of which byte arrays are parts: a message of 160 kB between threads is copied twice, where cloning it, Node's structured clone and
 * the block came to six copies.
 *
 * What can be encoded is what `Cloneable` names; classes, functions and symbols are not. Not a form for files: it is this process's alone.
 */
import type { Cloneable } from '@netarium/core/os/memory.ts';

const TAG = {
  UNDEFINED: 0,
  NULL: 1,
  FALSE: 2,
  TRUE: 3,
  INTEGER: 4,
  DOUBLE: 5,
  LATIN1: 6,
  UTF16: 7,
  BYTES: 8,
  ARRAY: 9,
  OBJECT: 10,
} as const;

/** A tag, and a length or a small number. */
const HEAD_BYTES = 5;
const DOUBLE_BYTES = 9;

/** How many bytes a value takes; not a number where it holds something that cannot be encoded. */
export function encodedLength(value: unknown): number {
  switch (typeof value) {
    case 'undefined':
    case 'boolean':
      return 1;
    case 'number':
      return isInteger(value) ? HEAD_BYTES : DOUBLE_BYTES;
    case 'string':
      return HEAD_BYTES + value.length * (isLatin1(value) ? 1 : 2);
    case 'object':
      return value === null ? 1 : objectLength(value);
    default:
      return Number.NaN;
  }
}

function objectLength(value: object): number {
  let length = HEAD_BYTES;
  if (value instanceof Uint8Array) return length + value.length;
  if (Array.isArray(value)) {
    for (const item of value) length += encodedLength(item);
    return length;
  }
  const prototype = Object.getPrototypeOf(value) as unknown;
  if (prototype !== Object.prototype && prototype !== null) return Number.NaN;
  for (const [key, item] of Object.entries(value)) length += encodedLength(key) + encodedLength(item);
  return length;
}

/** Of 32 bits; minus zero is none. */
function isInteger(value: number): boolean {
  return value === (value | 0) && !Object.is(value, -0);
}

export function isLatin1(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return false;
  return true;
}

/** Writes a value to a place that is as long as `encodedLength` says. */
export function encode(value: Cloneable, target: Uint8Array): void {
  new Writer(target).put(value);
}

/** Byte arrays in the value are parts of `source`, which is the reader's own from here on. */
export function decode(source: Uint8Array): Cloneable {
  return new Reader(source).next();
}

class Writer {
  private readonly view: DataView;
  private at = 0;

  constructor(private readonly target: Uint8Array) {
    this.view = new DataView(target.buffer, target.byteOffset, target.length);
  }

  put(value: Cloneable): void {
    if (typeof value === 'number') this.number(value);
    else if (typeof value === 'string') this.text(value);
    else if (typeof value === 'object' && value !== null) this.object(value);
    else if (value === undefined) this.target[this.at++] = TAG.UNDEFINED;
    else if (value === null) this.target[this.at++] = TAG.NULL;
    else this.target[this.at++] = value ? TAG.TRUE : TAG.FALSE;
  }

  private head(tag: number, word: number): void {
    this.target[this.at] = tag;
    this.view.setInt32(this.at + 1, word);
    this.at += HEAD_BYTES;
  }

  private number(value: number): void {
    if (isInteger(value)) {
      this.head(TAG.INTEGER, value);
      return;
    }
    this.target[this.at] = TAG.DOUBLE;
    this.view.setFloat64(this.at + 1, value);
    this.at += DOUBLE_BYTES;
  }

  private text(text: string): void {
    const narrow = isLatin1(text);
    this.head(narrow ? TAG.LATIN1 : TAG.UTF16, text.length);
    for (let i = 0; i < text.length; i++) {
      if (narrow) this.target[this.at++] = text.charCodeAt(i);
      else {
        this.view.setUint16(this.at, text.charCodeAt(i), true);
        this.at += 2;
      }
    }
  }

  private object(value: Exclude<Cloneable, number | string | boolean | null | undefined>): void {
    if (value instanceof Uint8Array) {
      this.head(TAG.BYTES, value.length);
      this.target.set(value, this.at);
      this.at += value.length;
    } else if (Array.isArray(value)) {
      this.head(TAG.ARRAY, value.length);
      for (const item of value) this.put(item);
    } else {
      const entries = Object.entries(value);
      this.head(TAG.OBJECT, entries.length);
      for (const [key, item] of entries) {
        this.text(key);
        this.put(item);
      }
    }
  }
}

class Reader {
  private readonly view: DataView;
  private at = 0;

  constructor(private readonly source: Uint8Array) {
    this.view = new DataView(source.buffer, source.byteOffset, source.length);
  }

  next(): Cloneable {
    const tag = this.source[this.at++];
    if (tag === TAG.UNDEFINED) return undefined;
    if (tag === TAG.NULL) return null;
    if (tag === TAG.FALSE || tag === TAG.TRUE) return tag === TAG.TRUE;
    if (tag === TAG.DOUBLE) return this.view.getFloat64(this.step(8));
    const word = this.view.getInt32(this.step(4));
    if (tag === TAG.INTEGER) return word;
    if (tag === TAG.LATIN1) return this.text('latin1', word);
    if (tag === TAG.UTF16) return this.text('utf16le', 2 * word);
    if (tag === TAG.BYTES) return this.part(word);
    return tag === TAG.ARRAY ? this.array(word) : this.object(word);
  }

  /** Where the next so many bytes begin. */
  private step(bytes: number): number {
    const { at } = this;
    this.at += bytes;
    return at;
  }

  private part(bytes: number): Uint8Array {
    return this.source.subarray(this.step(bytes), this.at);
  }

  private text(encoding: 'latin1' | 'utf16le', bytes: number): string {
    const { buffer, byteOffset } = this.part(bytes);
    return Buffer.from(buffer, byteOffset, bytes).toString(encoding);
  }

  private array(length: number): readonly Cloneable[] {
    const items: Cloneable[] = [];
    for (let i = 0; i < length; i++) items.push(this.next());
    return items;
  }

  private object(length: number): Cloneable {
    const object: Record<string, Cloneable> = {};
    for (let i = 0; i < length; i++) {
      const key = this.next() as string;
      // A key of that name would else set the prototype.
      if (key === '__proto__') Object.defineProperty(object, key, { value: this.next(), enumerable: true });
      else object[key] = this.next();
    }
    return object;
  }
}
