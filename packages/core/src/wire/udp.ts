/** UDP (RFC 768). A checksum field of zero means that the sender made none. */
import { get16, put16 } from './buffer.ts';
import { checksumOf, pseudoHeaderSum, sumBytes } from './checksum.ts';
import { IP_PROTOCOL, type RawProblem, UDP_HEADER_LENGTH, type UdpDatagram } from './packet.ts';

const AT = { srcPort: 0, dstPort: 2, length: 4, checksum: 6 } as const;

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
export function getUdp(bytes: Uint8Array, at: number, end: number, src: number, dst: number): UdpHeader | RawProblem {
  if (end - at < UDP_HEADER_LENGTH) return 'short header';
  const length = get16(bytes, at + AT.length);
  if (length !== end - at) return 'bad length';
  const found = get16(bytes, at + AT.checksum);
  if (found !== 0 && found !== udpChecksum(bytes, at, end, src, dst)) return 'bad checksum';
  return { srcPort: get16(bytes, at + AT.srcPort), dstPort: get16(bytes, at + AT.dstPort), checksum: found !== 0 };
}

/** What the checksum field should hold. */
export function udpChecksum(bytes: Uint8Array, at: number, end: number, src: number, dst: number): number {
  const sum = sumBytes(bytes, at, at + AT.checksum) + sumBytes(bytes, at + UDP_HEADER_LENGTH, end);
  return checksumOf(pseudoHeaderSum(src, dst, IP_PROTOCOL.udp, end - at) + sum) || 0xffff;
}
