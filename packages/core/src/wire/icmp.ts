/** ICMPv4 (RFC 792): type, code, checksum and a second word whose meaning depends on the type. */
import { get16, get32, put16, put32 } from './buffer.ts';
import { checksumOf, sumBytes } from './checksum.ts';
import type { IcmpMessage, RawProblem } from './packet.ts';

export const ICMP_HEADER_LENGTH = 8;

const AT = { type: 0, code: 1, checksum: 2, rest: 4 } as const;

// -- encode

export function putIcmp(bytes: Uint8Array, at: number, icmp: IcmpMessage, payloadSum: number): void {
  const first = (icmp.type << 8) | icmp.code;
  put16(bytes, at + AT.type, first);
  put16(bytes, at + AT.checksum, checksumOf(first + (icmp.rest >>> 16) + (icmp.rest & 0xffff) + payloadSum));
  put32(bytes, at + AT.rest, icmp.rest);
}

// -- decode

export interface IcmpHeader {
  readonly type: number;
  readonly code: number;
  readonly rest: number;
}

export function getIcmp(bytes: Uint8Array, at: number, end: number): IcmpHeader | RawProblem {
  if (end - at < ICMP_HEADER_LENGTH) return 'short header';
  if (get16(bytes, at + AT.checksum) !== icmpChecksum(bytes, at, end)) return 'bad checksum';
  return { type: bytes[at + AT.type]!, code: bytes[at + AT.code]!, rest: get32(bytes, at + AT.rest) };
}

/** What the checksum field should hold. */
export function icmpChecksum(bytes: Uint8Array, at: number, end: number): number {
  return checksumOf(sumBytes(bytes, at, at + AT.checksum) + sumBytes(bytes, at + AT.rest, end));
}
