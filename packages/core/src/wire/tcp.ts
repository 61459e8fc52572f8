/** The TCP header (RFC 9293 section 3.1). Options have a file of their own, `tcpOptions.ts`. */
import { get16, get32, put16, put32 } from './buffer.ts';
import { checksumOf, pseudoHeaderSum, sumBytes } from './checksum.ts';
import { flag, type HeaderTable, hexUint, row, uint } from './field.ts';
import { IP_PROTOCOL, type RawProblem, TCP_HEADER_LENGTH, type TcpSegment } from './packet.ts';
import { putTcpOptions } from './tcp-options.ts';

const AT = {
  srcPort: 0,
  dstPort: 2,
  seq: 4,
  ack: 8,
  offsetAndFlags: 12,
  flags: 13,
  window: 14,
  checksum: 16,
  urgentPointer: 18,
  options: 20,
} as const;
/** Nine flags of RFC 9293 and AccECN, and the three bits that are still reserved. */
const FLAGS_MASK = 0x0fff;

// -- fields

export const TCP: HeaderTable = {
  protocol: row('tcp', 'none', 'Transmission Control Protocol', '传输控制协议 TCP'),
  rows: [
    uint('tcp.srcport', AT.srcPort, 2, 'Source Port', '源端口 Source Port', { also: ['tcp.port'] }),
    uint('tcp.dstport', AT.dstPort, 2, 'Destination Port', '目的端口 Destination Port', { also: ['tcp.port'] }),
    uint('tcp.seq_raw', AT.seq, 4, 'Sequence Number (raw)', '序号（原始值）Sequence Number (raw)'),
    uint('tcp.ack_raw', AT.ack, 4, 'Acknowledgment number (raw)', '确认号（原始值）Acknowledgment Number (raw)'),
    uint('tcp.hdr_len', AT.offsetAndFlags, 1, 'Header Length', '首部长度 Header Length', { mask: 0xf0, unit: 4 }),
    hexUint('tcp.flags', AT.offsetAndFlags, 2, 'Flags', '标志 Flags', { mask: FLAGS_MASK }),
    flag('tcp.flags.res', AT.offsetAndFlags, 1, 0x0e, 'Reserved', '保留 Reserved', 'tcp.flags'),
    flag('tcp.flags.ae', AT.offsetAndFlags, 1, 0x01, 'Accurate ECN', '精确 ECN', 'tcp.flags'),
    flag('tcp.flags.cwr', AT.flags, 1, 0x80, 'Congestion Window Reduced', '拥塞窗口已减小 CWR', 'tcp.flags'),
    flag('tcp.flags.ece', AT.flags, 1, 0x40, 'ECN-Echo', '拥塞回显 ECE', 'tcp.flags'),
    flag('tcp.flags.urg', AT.flags, 1, 0x20, 'Urgent', '紧急 URG', 'tcp.flags'),
    flag('tcp.flags.ack', AT.flags, 1, 0x10, 'Acknowledgment', '确认 ACK', 'tcp.flags'),
    flag('tcp.flags.push', AT.flags, 1, 0x08, 'Push', '推送 PSH', 'tcp.flags'),
    flag('tcp.flags.reset', AT.flags, 1, 0x04, 'Reset', '重置 RST', 'tcp.flags'),
    flag('tcp.flags.syn', AT.flags, 1, 0x02, 'Syn', '同步 SYN', 'tcp.flags'),
    flag('tcp.flags.fin', AT.flags, 1, 0x01, 'Fin', '终止 FIN', 'tcp.flags'),
    uint('tcp.window_size_value', AT.window, 2, 'Window', '接收窗口 Window'),
    hexUint('tcp.checksum', AT.checksum, 2, 'Checksum', '校验和 Checksum'),
    uint('tcp.urgent_pointer', AT.urgentPointer, 2, 'Urgent Pointer', '紧急指针 Urgent Pointer'),
  ],
};

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

export function getTcp(
  bytes: Uint8Array,
  at: number,
  end: number,
  src: number,
  dst: number,
  words?: Int32Array,
): TcpHeader | RawProblem {
  if (end - at < TCP_HEADER_LENGTH) return 'short header';
  const offsetAndFlags = get16(bytes, at + AT.offsetAndFlags);
  const headerLength = (offsetAndFlags >> 12) * 4;
  if (headerLength < TCP_HEADER_LENGTH || headerLength > end - at) return 'bad header length';
  if (get16(bytes, at + AT.checksum) !== tcpChecksum(bytes, at, end, src, dst, words)) return 'bad checksum';
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

/** What the checksum field should hold. `words`: as for `sumBytes`. */
export function tcpChecksum(
  bytes: Uint8Array,
  at: number,
  end: number,
  src: number,
  dst: number,
  words?: Int32Array,
): number {
  const sum = sumBytes(bytes, at, at + AT.checksum) + sumBytes(bytes, at + AT.urgentPointer, end, words);
  return checksumOf(pseudoHeaderSum(src, dst, IP_PROTOCOL.tcp, end - at) + sum);
}
