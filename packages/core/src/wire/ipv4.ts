/** The IPv4 header (RFC 791 section 3.1). Options are carried as bytes and not interpreted here. */
import { Ipv4Address } from '../base/address.ts';
import { assert } from '../base/assert.ts';
import { get16, get32, put16, put32 } from './buffer.ts';
import { checksumOf, sumBytes } from './checksum.ts';
import { add, addGenerated, type Dissector, findChild } from './dissector.ts';
import { flag, type HeaderTable, hexUint, ipv4Field, names, row, uint } from './field.ts';
import { IPV4_HEADER_LENGTH, type Ipv4Packet, type RawProblem } from './packet.ts';
import type { TreeNode } from './tree-node.ts';

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
export const FRAGMENT_OFFSET_MASK = 0x1fff;

// -- fields

export const PROTOCOL_NAMES = names({ ICMP: 1, IGMP: 2, TCP: 6, UDP: 17, IPv6: 41, GRE: 47, OSPFIGP: 89, VRRP: 112 });
const DSCP_NAMES = names({
  Default: 0,
  'Class Selector 1': 8,
  'Assured Forwarding 11': 10,
  'Class Selector 2': 16,
  'Class Selector 6': 48,
  'Expedited Forwarding': 46,
});
const ECN_NAMES = names({
  'Not ECN-Capable Transport': 0,
  "ECN-Capable Transport codepoint '01'": 1,
  "ECN-Capable Transport codepoint '10'": 2,
  'Congestion Experienced': 3,
});
export const CHECKSUM_STATUS = names({ Bad: 0, Good: 1, Unverified: 2, 'Not present': 3 });

export const IPV4: HeaderTable = {
  protocol: row('ip', 'none', 'Internet Protocol Version 4', '网际协议第 4 版 IPv4'),
  rows: [
    uint('ip.version', AT.versionAndLength, 1, 'Version', '版本 Version', { mask: 0xf0 }),
    uint('ip.hdr_len', AT.versionAndLength, 1, 'Header Length', '首部长度 Header Length', { mask: 0x0f, unit: 4 }),
    hexUint('ip.dsfield', AT.tos, 1, 'Differentiated Services Field', '区分服务字段 DS Field'),
    uint('ip.dsfield.dscp', AT.tos, 1, 'Differentiated Services Codepoint', '区分服务码点 DSCP', {
      mask: 0xfc,
      names: DSCP_NAMES,
      within: 'ip.dsfield',
    }),
    uint('ip.dsfield.ecn', AT.tos, 1, 'Explicit Congestion Notification', '显式拥塞通知 ECN', {
      mask: 0x03,
      names: ECN_NAMES,
      within: 'ip.dsfield',
    }),
    uint('ip.len', AT.totalLength, 2, 'Total Length', '总长度 Total Length'),
    hexUint('ip.id', AT.identification, 2, 'Identification', '标识 Identification'),
    hexUint('ip.flags', AT.flagsAndOffset, 1, 'Flags', '标志 Flags', { mask: 0xe0 }),
    flag('ip.flags.rb', AT.flagsAndOffset, 1, 0x80, 'Reserved bit', '保留位 Reserved bit', 'ip.flags'),
    flag('ip.flags.df', AT.flagsAndOffset, 1, 0x40, "Don't fragment", "不分片 Don't fragment", 'ip.flags'),
    flag('ip.flags.mf', AT.flagsAndOffset, 1, 0x20, 'More fragments', '后有分片 More fragments', 'ip.flags'),
    // In units of eight bytes, as Wireshark 4.0 has it.
    uint('ip.frag_offset', AT.flagsAndOffset, 2, 'Fragment Offset', '片偏移 Fragment Offset', {
      mask: FRAGMENT_OFFSET_MASK,
    }),
    uint('ip.ttl', AT.ttl, 1, 'Time to Live', '生存时间 TTL'),
    uint('ip.proto', AT.protocol, 1, 'Protocol', '上层协议 Protocol', { names: PROTOCOL_NAMES }),
    hexUint('ip.checksum', AT.checksum, 2, 'Header Checksum', '首部校验和 Header Checksum'),
    ipv4Field('ip.src', AT.src, 'Source Address', '源 IP 地址 Source Address', { also: ['ip.addr'] }),
    ipv4Field('ip.dst', AT.dst, 'Destination Address', '目的 IP 地址 Destination Address', { also: ['ip.addr'] }),
  ],
};
const CHECKSUM_STATE = row('ip.checksum.status', 'uint', 'Header checksum status', '首部校验和状态', {
  names: CHECKSUM_STATUS,
});
const OPTION_TYPE = row('ip.opt.type', 'uint', 'IP option type', 'IP 选项类型 Type');
const OPTION_LENGTH = row('ip.opt.len', 'uint', 'Length', 'IP 选项长度 Length');
export const IPV4_GENERATED = [CHECKSUM_STATE, OPTION_TYPE, OPTION_LENGTH];

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
    fragmentOffset: (fragment & FRAGMENT_OFFSET_MASK) * 8,
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

// -- tree

/** What the layer above needs of a header that is there as far as it goes; undefined where nothing can be read above it. */
export interface Ipv4Span {
  readonly payloadStart: number;
  /** End by the total length, or of the bytes that are there. */
  readonly payloadEnd: number;
  /** The total length promises bytes that are not there, or the datagram is a fragment: no checksum above can be verified. */
  readonly whole: boolean;
  readonly laterFragment: boolean;
  readonly protocol: number;
  readonly src: number;
  readonly dst: number;
}

export function ipv4Tree(d: Dissector, at: number, end: number): Ipv4Span | undefined {
  const { bytes } = d;
  const headerLength = at < end ? (bytes[at]! & 15) * 4 : 0;
  const problem = ipv4Problem(bytes, at, end);
  const rows = readable(problem, headerLength);
  const length = rows < IPV4.rows.length ? 1 : Math.max(headerLength, IPV4_HEADER_LENGTH);
  const node = d.open(IPV4.protocol, at, Math.min(end, at + length));
  d.rows(node, IPV4.rows.slice(0, rows), at, end);
  d.column('IPv4', '');
  if (problem !== undefined) {
    d.malformed(node, end, problem);
    return undefined;
  }
  const h = getIpv4(bytes, at);
  const state = ipv4Checksum(bytes, at, headerLength) === get16(bytes, at + AT.checksum) ? 1 : 0;
  addGenerated(node, CHECKSUM_STATE, state, at + AT.checksum);
  optionNodes(node, bytes, at + IPV4_HEADER_LENGTH, at + headerLength);
  if (!d.quoted) {
    d.source = findChild(node, 'ip.src')!.show;
    d.destination = findChild(node, 'ip.dst')!.show;
  }
  const laterFragment = h.fragmentOffset > 0;
  if (laterFragment) d.column('IPv4', fragmentInfo(h));
  else d.column('IPv4', `${PROTOCOL_NAMES.get(h.protocol) ?? 'Unknown'} (${h.protocol})`);
  return {
    payloadStart: at + headerLength,
    payloadEnd: Math.min(end, at + h.totalLength),
    whole: at + h.totalLength <= end && !h.moreFragments && !laterFragment,
    laterFragment,
    protocol: h.protocol,
    src: h.src.key,
    dst: h.dst.key,
  };
}

/** Of what is no header only the fields that say so are shown: the version, and a length that is too small. */
function readable(problem: RawProblem | undefined, headerLength: number): number {
  if (problem === 'bad version') return 1;
  return problem === 'bad header length' && headerLength < IPV4_HEADER_LENGTH ? 2 : IPV4.rows.length;
}

/** Why nothing behind this header can be read; a wrong checksum is no reason. */
export function ipv4Problem(bytes: Uint8Array, at: number, end: number): RawProblem | undefined {
  const headerLength = at < end ? (bytes[at]! & 15) * 4 : 0;
  if (at < end && bytes[at]! >> 4 !== 4) return 'bad version';
  if (at < end && headerLength < IPV4_HEADER_LENGTH) return 'bad header length';
  if (end - at < IPV4_HEADER_LENGTH) return 'short header';
  if (headerLength > end - at) return 'bad header length';
  return get16(bytes, at + AT.totalLength) < headerLength ? 'bad total length' : undefined;
}

function fragmentInfo(h: Ipv4Header): string {
  const name = PROTOCOL_NAMES.get(h.protocol) ?? 'Unknown';
  const id = h.identification.toString(16).padStart(4, '0');
  return `Fragmented IP protocol (proto=${name} ${h.protocol}, off=${h.fragmentOffset}, ID=${id})`;
}

/** RFC 791 section 3.1: type 0 ends the list, type 1 is one byte, all others carry their length. */
function optionNodes(node: TreeNode, bytes: Uint8Array, at: number, end: number): void {
  while (at < end) {
    const type = bytes[at]!;
    const length = type < 2 ? 1 : at + 1 < end ? bytes[at + 1]! : 0;
    const option = add(node, OPTION_TYPE, type, at, at + 1);
    if (length < 2 || at + length > end) {
      if (type !== 1) return;
    } else add(option, OPTION_LENGTH, length, at + 1, at + 2);
    at += length;
  }
}
