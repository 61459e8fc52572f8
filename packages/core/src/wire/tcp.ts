/** The TCP header (RFC 9293 section 3.1). Options have a file of their own, `tcpOptions.ts`. */
import { get16, get32, put16, put32 } from './buffer.ts';
import { checksumOf, pseudoHeaderSum, sumBytes } from './checksum.ts';
import { IP_PROTOCOL, type RawProblem, TCP_HEADER_LENGTH, type TcpSegment } from './packet.ts';
import { putTcpOptions } from './tcpOptions.ts';

const AT = {
  srcPort: 0,
  dstPort: 2,
  seq: 4,
  ack: 8,
  offsetAndFlags: 12,
  window: 14,
  checksum: 16,
  urgentPointer: 18,
  options: 20,
} as const;
/** Nine flags of RFC 9293 and AccECN, and the three bits that are still reserved. */
const FLAGS_MASK = 0x0fff;

// -- encode

export function putTcp(
  bytes: Uint8Array,
  at: number,
  tcp: TcpSegment,
  src: number,
  dst: number,
  payloadSum: number,
): void {
  const { seq, ack, length, payload } = tcp;
  const headerLength = length - payload.length;
  const offsetAndFlags = ((headerLength >> 2) << 12) | tcp.flags;
  put16(bytes, at + AT.srcPort, tcp.srcPort);
  put16(bytes, at + AT.dstPort, tcp.dstPort);
  put32(bytes, at + AT.seq, seq);
  put32(bytes, at + AT.ack, ack);
  put16(bytes, at + AT.offsetAndFlags, offsetAndFlags);
  put16(bytes, at + AT.window, tcp.window);
  put16(bytes, at + AT.urgentPointer, tcp.urgentPointer);
  let sum = pseudoHeaderSum(src, dst, IP_PROTOCOL.tcp, length) + payloadSum + tcp.srcPort + tcp.dstPort;
  sum +=
    (seq >>> 16) + (seq & 0xffff) + (ack >>> 16) + (ack & 0xffff) + offsetAndFlags + tcp.window + tcp.urgentPointer;
  if (headerLength > TCP_HEADER_LENGTH) sum += putTcpOptions(bytes, at + AT.options, tcp);
  put16(bytes, at + AT.checksum, checksumOf(sum));
}

// -- decode

export interface TcpHeader {
  readonly srcPort: number;
  readonly dstPort: number;
  readonly seq: number;
  readonly ack: number;
  readonly headerLength: number;
  readonly flags: number;
  readonly window: number;
  readonly urgentPointer: number;
}

export function getTcp(bytes: Uint8Array, at: number, end: number, src: number, dst: number): TcpHeader | RawProblem {
  if (end - at < TCP_HEADER_LENGTH) return 'short header';
  const offsetAndFlags = get16(bytes, at + AT.offsetAndFlags);
  const headerLength = (offsetAndFlags >> 12) * 4;
  if (headerLength < TCP_HEADER_LENGTH || headerLength > end - at) return 'bad header length';
  if (get16(bytes, at + AT.checksum) !== tcpChecksum(bytes, at, end, src, dst)) return 'bad checksum';
  return {
    srcPort: get16(bytes, at + AT.srcPort),
    dstPort: get16(bytes, at + AT.dstPort),
    seq: get32(bytes, at + AT.seq),
    ack: get32(bytes, at + AT.ack),
    headerLength,
    flags: offsetAndFlags & FLAGS_MASK,
    window: get16(bytes, at + AT.window),
    urgentPointer: get16(bytes, at + AT.urgentPointer),
  };
}

/** What the checksum field should hold. */
export function tcpChecksum(bytes: Uint8Array, at: number, end: number, src: number, dst: number): number {
  const sum = sumBytes(bytes, at, at + AT.checksum) + sumBytes(bytes, at + AT.urgentPointer, end);
  return checksumOf(pseudoHeaderSum(src, dst, IP_PROTOCOL.tcp, end - at) + sum);
}
