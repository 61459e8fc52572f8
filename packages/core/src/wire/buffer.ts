/**
 * The buffer that headers are written into. One may be kept and reused by whoever encodes many frames; what `encodeFrame` returns from it is
 * valid until the next use.
 */
import type { MacAddress } from '../base/address.ts';
import type { Payload } from './payload.ts';

export class WireBuffer {
  bytes: Uint8Array;

  constructor(capacity = 2048) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Makes room for `length` bytes; what was written is lost. */
  reserve(length: number): void {
    if (length > this.bytes.length) this.bytes = new Uint8Array(Math.max(length, this.bytes.length * 2));
  }
}

/** `bytes[at] = value` in two bytes, network order. */
export function put16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

export function put32(bytes: Uint8Array, at: number, value: number): void {
  const word = value | 0;
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}

export function putMac(bytes: Uint8Array, at: number, { high, low }: MacAddress): void {
  put16(bytes, at, high);
  put32(bytes, at + 2, low);
}

export function get16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

export function get32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** A 48-bit number, the size of a MAC address. */
export function get48(bytes: Uint8Array, at: number): number {
  return get16(bytes, at) * 0x1_0000_0000 + get32(bytes, at + 2);
}

/** Copies a payload to `at`, as far as `limit`; returns where it would end. */
export function putPayload(bytes: Uint8Array, at: number, payload: Payload, limit: number): number {
  const { start } = payload;
  const source = payload.chunk.bytes;
  const end = Math.min(payload.end, start + limit - at);
  if (end - start < 32) for (let i = start; i < end; i++) bytes[at + i - start] = source[i]!;
  else bytes.set(source.subarray(start, end), at);
  return at + payload.end - start;
}
