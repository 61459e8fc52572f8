/**
 * Reading and writing big-endian bytes. `ByteReader` never throws on short input: it sets `short` and returns zeros, so a tolerant
 * decoder can show what is there and say what is missing. `ByteWriter` grows by doubling.
 */
export class ByteReader {
  at: number;
  short = false;
  private readonly view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    start = 0,
    readonly end: number = bytes.length,
  ) {
    this.at = start;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.end - this.at;
  }

  private take(count: number): number {
    const at = this.at;
    if (at + count > this.end) {
      this.short = true;
      this.at = this.end;
      return -1;
    }
    this.at = at + count;
    return at;
  }

  u8(): number {
    const at = this.take(1);
    return at < 0 ? 0 : this.view.getUint8(at);
  }

  u16(): number {
    const at = this.take(2);
    return at < 0 ? 0 : this.view.getUint16(at);
  }

  u32(): number {
    const at = this.take(4);
    return at < 0 ? 0 : this.view.getUint32(at);
  }

  /** An unsigned 48-bit number, the size of a MAC address. */
  u48(): number {
    const at = this.take(6);
    return at < 0 ? 0 : this.view.getUint16(at) * 0x1_0000_0000 + this.view.getUint32(at + 2);
  }

  /** A view (no copy) of the next `count` bytes, shorter where the input ends. */
  slice(count: number): Uint8Array {
    const from = this.at;
    const to = Math.min(from + count, this.end);
    if (to < from + count) this.short = true;
    this.at = to;
    return this.bytes.subarray(from, to);
  }

  rest(): Uint8Array {
    return this.slice(this.end - this.at);
  }
}

export class ByteWriter {
  private buffer: Uint8Array;
  private view: DataView;
  length = 0;

  constructor(capacity = 64) {
    this.buffer = new Uint8Array(capacity);
    this.view = new DataView(this.buffer.buffer);
  }

  private room(count: number): number {
    const at = this.length;
    const wanted = at + count;
    if (wanted > this.buffer.length) {
      const bigger = new Uint8Array(Math.max(wanted, this.buffer.length * 2));
      bigger.set(this.buffer.subarray(0, at));
      this.buffer = bigger;
      this.view = new DataView(bigger.buffer);
    }
    this.length = wanted;
    return at;
  }

  u8(value: number): this {
    const at = this.room(1);
    this.view.setUint8(at, value);
    return this;
  }

  u16(value: number): this {
    const at = this.room(2);
    this.view.setUint16(at, value);
    return this;
  }

  u32(value: number): this {
    const at = this.room(4);
    this.view.setUint32(at, value);
    return this;
  }

  u48(value: number): this {
    const at = this.room(6);
    this.view.setUint16(at, Math.floor(value / 0x1_0000_0000));
    this.view.setUint32(at + 2, value >>> 0);
    return this;
  }

  put(bytes: Uint8Array, start = 0, end = bytes.length): this {
    const at = this.room(end - start);
    this.buffer.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), at);
    return this;
  }

  zeros(count: number): this {
    const at = this.room(count);
    this.buffer.fill(0, at, at + count);
    return this;
  }

  /** Overwrites a 16-bit field already written: a length or a checksum known only afterwards. */
  setU16(at: number, value: number): this {
    this.view.setUint16(at, value);
    return this;
  }

  /** What was written so far, as a view; valid until the next write. */
  written(start = 0): Uint8Array {
    return this.buffer.subarray(start, this.length);
  }

  /** A copy of what was written. */
  bytes(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }
}

const HEX = '0123456789abcdef';

export function hex(bytes: Uint8Array, separator = ''): string {
  let text = '';
  for (let i = 0; i < bytes.length; i++) {
    if (i > 0) text += separator;
    text += HEX[bytes[i]! >> 4]! + HEX[bytes[i]! & 15]!;
  }
  return text;
}

/** Parses hex digits; undefined when the text holds anything else or half a byte. */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return undefined;
  const out = new Uint8Array(text.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = Number.parseInt(text.slice(i * 2, i * 2 + 2), 16);
  return out;
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
