/**
 * BER (X.690) as far as SNMP uses it: tags of one byte, definite lengths (RFC 3417 section 8). Reading never throws; what is cut off, or of another form, is
 * undefined.
 */
import { concatBytes } from '../base/bytes.ts';

export const BER = { INTEGER: 0x02, OCTETS: 0x04, NULL: 0x05, OID: 0x06, SEQUENCE: 0x30 } as const;

/** Longer lengths would not fit into a datagram anyway. */
const LENGTH_BYTES_MAX = 4;
/** A sub-identifier has 32 bits (RFC 2578 section 3.5). */
const SUB_IDENTIFIER_MAX = 0xffff_ffff;

export interface BerElement {
  readonly tag: number;
  /** Where the tag, the content and what follows begin. */
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

export function elementAt(bytes: Uint8Array, at: number, end: number): BerElement | undefined {
  if (end - at < 2) return undefined;
  const tag = bytes[at]!;
  let length = bytes[at + 1]!;
  let content = at + 2;
  if ((tag & 0x1f) === 0x1f) return undefined;
  if (length >= 0x80) {
    const size = length & 0x7f;
    if (size === 0 || size > LENGTH_BYTES_MAX || end - content < size) return undefined;
    length = 0;
    for (let i = 0; i < size; i++) length = length * 256 + bytes[content++]!;
  }
  return content + length > end ? undefined : { tag, start: at, content, end: content + length };
}

/** The content of an INTEGER of up to eight bytes, two's complement. */
export function signedOf(bytes: Uint8Array, { content, end }: BerElement): bigint | undefined {
  if (end === content || end - content > 8) return undefined;
  let value = bytes[content]! >= 0x80 ? -1n : 0n;
  for (let at = content; at < end; at++) value = value * 256n + BigInt(bytes[at]!);
  return value;
}

/** The same for a type without negative values: eight bytes, and a zero before them where the first bit is set. */
export function unsignedOf(bytes: Uint8Array, { content, end }: BerElement): bigint | undefined {
  if (end === content || end - content > 9 || (end - content === 9 && bytes[content] !== 0)) return undefined;
  let value = 0n;
  for (let at = content; at < end; at++) value = value * 256n + BigInt(bytes[at]!);
  return value;
}

/** `1.3.6.1.2.1.1.1.0`. X.690 section 8.19: seven bits a byte, and the first two numbers in one. */
export function oidOf(bytes: Uint8Array, { content, end }: BerElement): string | undefined {
  const numbers: number[] = [];
  let value = 0;
  for (let at = content; at < end; at++) {
    value = value * 128 + (bytes[at]! & 0x7f);
    if (value > SUB_IDENTIFIER_MAX) return undefined;
    if (bytes[at]! >= 0x80) continue;
    if (numbers.length === 0) {
      const first = Math.min(2, Math.floor(value / 40));
      numbers.push(first, value - 40 * first);
    } else numbers.push(value);
    value = 0;
  }
  return numbers.length === 0 || bytes[end - 1]! >= 0x80 ? undefined : numbers.join('.');
}

export function berElement(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = concatBytes(parts);
  const length = content.length < 0x80 ? [content.length] : lengthBytes(content.length);
  return concatBytes([Uint8Array.of(tag, ...length), content]);
}

function lengthBytes(length: number): number[] {
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

/** In as few bytes as hold it with its sign. */
export function berInteger(value: number | bigint, tag: number = BER.INTEGER): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt(value);
  do {
    bytes.unshift(Number(BigInt.asUintN(8, rest)));
    rest >>= 8n;
  } while (rest !== (bytes[0]! >= 0x80 ? -1n : 0n));
  return berElement(tag, Uint8Array.from(bytes));
}

export function berOid(oid: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = oid.split('.').map(Number);
  const bytes = [40 * first + second, ...rest].flatMap((number) => {
    const digits = [number % 128];
    for (let left = Math.floor(number / 128); left > 0; left = Math.floor(left / 128))
      digits.unshift(0x80 | (left % 128));
    return digits;
  });
  return berElement(BER.OID, Uint8Array.from(bytes));
}
