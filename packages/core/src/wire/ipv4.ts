/** The IPv4 header (RFC 791 section 3.1). Options are carried as bytes and not interpreted here. */
import { Ipv4Address } from '../base/address.ts';
import { assert } from '../base/assert.ts';
import { get16, get32, put16, put32 } from './buffer.ts';
import { checksumOf, sumBytes } from './checksum.ts';
import { IPV4_HEADER_LENGTH, type Ipv4Packet, type RawProblem } from './packet.ts';

const AT = {
  versionAndLength: 0,
  tos: 1,
  totalLength: 2,
  identification: 4,
  flagsAndOffset: 6,
  ttl: 8,
  protocol: 9,
  checksum: 10,
  src: 12,
  dst: 16,
  options: 20,
} as const;
const RESERVED = 0x8000;
const DONT_FRAGMENT = 0x4000;
const MORE_FRAGMENTS = 0x2000;
const OFFSET_MASK = 0x1fff;

// -- encode

/** Writes the header with its checksum; the sum is taken over the values, not read back from the bytes. */
export function putIpv4(bytes: Uint8Array, at: number, packet: Ipv4Packet): void {
  const options = packet.options;
  const src = packet.src.key;
  const dst = packet.dst.key;
  const first = ((0x40 | (packet.headerLength >> 2)) << 8) | packet.tos;
  const fragment =
    (packet.dontFragment ? DONT_FRAGMENT : 0) |
    (packet.moreFragments ? MORE_FRAGMENTS : 0) |
    (packet.fragmentOffset >> 3);
  assert(packet.length <= 0xffff, 'an IPv4 datagram has at most 65535 bytes');
  put16(bytes, at + AT.versionAndLength, first);
  put16(bytes, at + AT.totalLength, packet.length);
  put16(bytes, at + AT.identification, packet.identification);
  put16(bytes, at + AT.flagsAndOffset, fragment);
  bytes[at + AT.ttl] = packet.ttl;
  bytes[at + AT.protocol] = packet.protocol;
  put32(bytes, at + AT.src, src);
  put32(bytes, at + AT.dst, dst);
  let sum = first + packet.length + packet.identification + fragment + ((packet.ttl << 8) | packet.protocol);
  sum += (src >>> 16) + (src & 0xffff) + (dst >>> 16) + (dst & 0xffff);
  if (options !== undefined) {
    assert(options.length % 4 === 0 && options.length <= 40, 'IPv4 options are padded to four bytes, 40 at most');
    bytes.set(options, at + AT.options);
    sum += sumBytes(options);
  }
  put16(bytes, at + AT.checksum, checksumOf(sum));
}

// -- decode

export interface Ipv4Header {
  readonly headerLength: number;
  readonly totalLength: number;
  readonly tos: number;
  readonly identification: number;
  readonly dontFragment: boolean;
  readonly moreFragments: boolean;
  readonly fragmentOffset: number;
  readonly ttl: number;
  readonly protocol: number;
  readonly src: Ipv4Address;
  readonly dst: Ipv4Address;
  readonly options: Uint8Array | undefined;
}

/** Refuses what Linux's ip_rcv_core refuses (version, header length, checksum, total length), and the reserved bit. */
export function checkIpv4(bytes: Uint8Array, at: number, end: number): RawProblem | undefined {
  if (end - at < IPV4_HEADER_LENGTH) return 'short header';
  const first = bytes[at]!;
  if (first >> 4 !== 4) return 'bad version';
  const headerLength = (first & 15) * 4;
  if (headerLength < IPV4_HEADER_LENGTH || headerLength > end - at) return 'bad header length';
  if (ipv4Checksum(bytes, at, headerLength) !== get16(bytes, at + AT.checksum)) return 'bad header checksum';
  const totalLength = get16(bytes, at + AT.totalLength);
  if (totalLength < headerLength || totalLength > end - at) return 'bad total length';
  if ((get16(bytes, at + AT.flagsAndOffset) & RESERVED) !== 0) return 'reserved bit set';
  return undefined;
}

/** Reads a header that `checkIpv4` let through. */
export function getIpv4(bytes: Uint8Array, at: number): Ipv4Header {
  const headerLength = (bytes[at]! & 15) * 4;
  const fragment = get16(bytes, at + AT.flagsAndOffset);
  return {
    headerLength,
    totalLength: get16(bytes, at + AT.totalLength),
    tos: bytes[at + AT.tos]!,
    identification: get16(bytes, at + AT.identification),
    dontFragment: (fragment & DONT_FRAGMENT) !== 0,
    moreFragments: (fragment & MORE_FRAGMENTS) !== 0,
    fragmentOffset: (fragment & OFFSET_MASK) * 8,
    ttl: bytes[at + AT.ttl]!,
    protocol: bytes[at + AT.protocol]!,
    src: new Ipv4Address(get32(bytes, at + AT.src)),
    dst: new Ipv4Address(get32(bytes, at + AT.dst)),
    options: headerLength > IPV4_HEADER_LENGTH ? bytes.slice(at + AT.options, at + headerLength) : undefined,
  };
}

/** What the checksum field should hold. */
export function ipv4Checksum(bytes: Uint8Array, at: number, headerLength: number): number {
  return checksumOf(sumBytes(bytes, at, at + AT.checksum) + sumBytes(bytes, at + AT.src, at + headerLength));
}
