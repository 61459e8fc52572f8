/** The basic types of the client/server protocol (MySQL Internals, "Basic Data Types"): little-endian, length-encoded numbers and texts. */
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';

/** A packet that does not follow the protocol. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

export class PacketReader {
  private at = 0;
  private readonly view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  private advance(length: number): number {
    if (length > this.left) throw new ProtocolError(`a packet ends ${length - this.left} bytes early`);
    this.at += length;
    return this.at - length;
  }

  u8(): number {
    return this.view.getUint8(this.advance(1));
  }

  peek(): number {
    return this.left > 0 ? this.view.getUint8(this.at) : -1;
  }

  u16(): number {
    return this.view.getUint16(this.advance(2), true);
  }

  u32(): number {
    return this.view.getUint32(this.advance(4), true);
  }

  /** So many bytes as a number with or without a sign. */
  integer(length: 1 | 2 | 4 | 8, unsigned: boolean): number | bigint {
    const { view } = this;
    const at = this.advance(length);
    switch (length) {
      case 1:
        return unsigned ? view.getUint8(at) : view.getInt8(at);
      case 2:
        return unsigned ? view.getUint16(at, true) : view.getInt16(at, true);
      case 4:
        return unsigned ? view.getUint32(at, true) : view.getInt32(at, true);
      case 8:
        return unsigned ? view.getBigUint64(at, true) : view.getBigInt64(at, true);
    }
  }

  float(): number {
    return this.view.getFloat32(this.advance(4), true);
  }

  double(): number {
    return this.view.getFloat64(this.advance(8), true);
  }

  /** Undefined for NULL (0xfb) in a row. */
  lengthOrNull(): number | undefined {
    const first = this.u8();
    if (first < 0xfb) return first;
    if (first === 0xfb) return undefined;
    if (first === 0xfc) return this.u16();
    if (first === 0xfd) return this.u16() + this.u8() * 65_536;
    if (first === 0xff) throw new ProtocolError('0xff is no length');
    const value = this.integer(8, true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) return Number.MAX_SAFE_INTEGER;
    return Number(value);
  }

  length(): number {
    const value = this.lengthOrNull();
    if (value === undefined) throw new ProtocolError('NULL where a length is wanted');
    return value;
  }

  take(length: number): Uint8Array {
    const at = this.advance(length);
    return this.bytes.subarray(at, at + length);
  }

  rest(): Uint8Array {
    return this.take(this.left);
  }

  text(): string {
    return decodeUtf8(this.take(this.length()));
  }

  /** Up to a NUL, or to the end where there is none. */
  nulText(): string {
    const end = this.bytes.indexOf(0, this.at);
    if (end < 0) return decodeUtf8(this.rest());
    const text = decodeUtf8(this.take(end - this.at));
    this.at++;
    return text;
  }
}

export class PacketWriter {
  private bytes = new Uint8Array(256);
  private length = 0;

  private room(more: number): number {
    if (this.length + more > this.bytes.length) {
      const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more));
      grown.set(this.bytes.subarray(0, this.length));
      this.bytes = grown;
    }
    this.length += more;
    return this.length - more;
  }

  /** So many of the low bytes of a number. */
  uint(value: number, length: 1 | 2 | 3 | 4): this {
    const at = this.room(length);
    for (let i = 0; i < length; i++) this.bytes[at + i] = (value >>> (8 * i)) & 0xff;
    return this;
  }

  big(value: bigint): this {
    const at = this.room(8);
    new DataView(this.bytes.buffer).setBigUint64(at, BigInt.asUintN(64, value), true);
    return this;
  }

  float(value: number): this {
    const at = this.room(4);
    new DataView(this.bytes.buffer).setFloat32(at, value, true);
    return this;
  }

  double(value: number): this {
    const at = this.room(8);
    new DataView(this.bytes.buffer).setFloat64(at, value, true);
    return this;
  }

  raw(data: Uint8Array): this {
    const at = this.room(data.length);
    this.bytes.set(data, at);
    return this;
  }

  zeros(count: number): this {
    this.bytes.fill(0, this.room(count), this.length);
    return this;
  }

  lengthOf(value: number | bigint): this {
    if (value < 0xfb) return this.uint(Number(value), 1);
    if (value <= 0xffff) return this.uint(0xfc, 1).uint(Number(value), 2);
    if (value <= 0xffffff) return this.uint(0xfd, 1).uint(Number(value), 3);
    return this.uint(0xfe, 1).big(BigInt(value));
  }

  data(data: Uint8Array): this {
    return this.lengthOf(data.length).raw(data);
  }

  text(text: string): this {
    return this.data(encodeUtf8(text));
  }

  nulText(text: string): this {
    return this.raw(encodeUtf8(text)).uint(0, 1);
  }

  done(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }
}
