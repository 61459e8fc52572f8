/** UDP (RFC 768). A checksum field of zero means that the sender made none. */
import { get16, put16 } from './buffer.ts';
import { checksumOf, pseudoHeaderSum, sumBytes } from './checksum.ts';
import { add, addGenerated, type Dissector } from './dissector.ts';
import { type HeaderTable, hexUint, row, uint } from './field.ts';
import { CHECKSUM_STATUS, type Ipv4Span } from './ipv4.ts';
import { IP_PROTOCOL, type RawProblem, UDP_HEADER_LENGTH, type UdpDatagram } from './packet.ts';

const AT = { srcPort: 0, dstPort: 2, length: 4, checksum: 6 } as const;

// -- fields

export const UDP: HeaderTable = {
  protocol: row('udp', 'none', 'User Datagram Protocol', '用户数据报协议 UDP'),
  rows: [
    uint('udp.srcport', AT.srcPort, 2, 'Source Port', '源端口 Source Port', { also: ['udp.port'] }),
    uint('udp.dstport', AT.dstPort, 2, 'Destination Port', '目的端口 Destination Port', { also: ['udp.port'] }),
    uint('udp.length', AT.length, 2, 'Length', '长度 Length'),
    hexUint('udp.checksum', AT.checksum, 2, 'Checksum', '校验和 Checksum'),
  ],
};
const CHECKSUM_STATE = row('udp.checksum.status', 'uint', 'Checksum Status', '校验和状态', { names: CHECKSUM_STATUS });
const PAYLOAD = row('udp.payload', 'bytes', 'UDP payload', 'UDP 载荷 payload');
export const UDP_GENERATED = [CHECKSUM_STATE, PAYLOAD];

// -- encode

/** `payloadSum` is the sum of the payload's bytes; not used where the datagram carries no checksum. */
export function putUdp(
  bytes: Uint8Array,
  at: number,
  udp: UdpDatagram,
  src: number,
  dst: number,
  payloadSum: number,
): void {
  put16(bytes, at + AT.srcPort, udp.srcPort);
  put16(bytes, at + AT.dstPort, udp.dstPort);
  put16(bytes, at + AT.length, udp.length);
  let checksum = 0;
  if (udp.checksum) {
    const header = udp.srcPort + udp.dstPort + udp.length;
    // RFC 768: a computed zero is sent as all ones, since zero means "none".
    checksum = checksumOf(pseudoHeaderSum(src, dst, IP_PROTOCOL.udp, udp.length) + header + payloadSum) || 0xffff;
  }
  put16(bytes, at + AT.checksum, checksum);
}

// -- decode

export interface UdpHeader {
  readonly srcPort: number;
  readonly dstPort: number;
  readonly checksum: boolean;
}

/** The datagram must fill [at, end): a shorter length field is legal but has no strict value. */
export function getUdp(
  bytes: Uint8Array,
  at: number,
  end: number,
  src: number,
  dst: number,
  words?: Int32Array,
): UdpHeader | RawProblem {
  if (end - at < UDP_HEADER_LENGTH) return 'short header';
  const length = get16(bytes, at + AT.length);
  if (length !== end - at) return 'bad length';
  const found = get16(bytes, at + AT.checksum);
  if (found !== 0 && found !== udpChecksum(bytes, at, end, src, dst, words)) return 'bad checksum';
  return { srcPort: get16(bytes, at + AT.srcPort), dstPort: get16(bytes, at + AT.dstPort), checksum: found !== 0 };
}

/** What the checksum field should hold. `words`: as for `sumBytes`. */
export function udpChecksum(
  bytes: Uint8Array,
  at: number,
  end: number,
  src: number,
  dst: number,
  words?: Int32Array,
): number {
  const sum = sumBytes(bytes, at, at + AT.checksum) + sumBytes(bytes, at + UDP_HEADER_LENGTH, end, words);
  return checksumOf(pseudoHeaderSum(src, dst, IP_PROTOCOL.udp, end - at) + sum) || 0xffff;
}

// -- tree

/** Adds the header's node; returns where the payload lies, or undefined where there is none to read. */
export function udpTree(d: Dissector, ip: Ipv4Span): { readonly start: number; readonly end: number } | undefined {
  const { bytes } = d;
  const at = ip.payloadStart;
  const node = d.header(UDP, at, at + UDP_HEADER_LENGTH, ip.payloadEnd);
  d.column('UDP', '');
  if (ip.payloadEnd - at < UDP_HEADER_LENGTH) {
    if (!d.quoted) d.malformed(node, ip.payloadEnd, 'short header');
    return undefined;
  }
  const length = get16(bytes, at + AT.length);
  d.column(
    'UDP',
    `${get16(bytes, at)} → ${get16(bytes, at + AT.dstPort)} Len=${Math.max(0, length - UDP_HEADER_LENGTH)}`,
  );
  if (length < UDP_HEADER_LENGTH || (ip.whole && length > ip.payloadEnd - at)) {
    if (!d.quoted) d.malformed(node, at + AT.length, 'bad length');
    return undefined;
  }
  const end = Math.min(ip.payloadEnd, at + length);
  addGenerated(node, CHECKSUM_STATE, checksumState(bytes, at, end, ip), at + AT.checksum);
  const start = at + UDP_HEADER_LENGTH;
  if (end > start) add(node, PAYLOAD, bytes.subarray(start, end), start, end);
  return { start, end };
}

function checksumState(bytes: Uint8Array, at: number, end: number, ip: Ipv4Span): number {
  const found = get16(bytes, at + AT.checksum);
  if (found === 0) return 3;
  if (!ip.whole) return 2;
  return found === udpChecksum(bytes, at, end, ip.src, ip.dst) ? 1 : 0;
}
