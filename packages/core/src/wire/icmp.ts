/** ICMPv4 (RFC 792): type, code, checksum and a second word whose meaning depends on the type. */
import { get16, get32, put16, put32 } from './buffer.ts';
import { checksumOf, sumBytes } from './checksum.ts';
import { add, addGenerated, type Dissector } from './dissector.ts';
import { type Field, type HeaderTable, hexUint, ipv4Field, names, row, uint } from './field.ts';
import { CHECKSUM_STATUS } from './ipv4.ts';
import type { IcmpMessage, RawProblem } from './packet.ts';
import type { TreeNode } from './tree-node.ts';

export const ICMP_HEADER_LENGTH = 8;

const AT = { type: 0, code: 1, checksum: 2, rest: 4 } as const;

// -- fields

const TYPES = names({
  'Echo (ping) reply': 0,
  'Destination unreachable': 3,
  'Source quench (flow control)': 4,
  Redirect: 5,
  'Echo (ping) request': 8,
  'Time-to-live exceeded': 11,
  'Parameter problem': 12,
  'Timestamp request': 13,
  'Timestamp reply': 14,
});
const UNREACHABLE = names({
  'Network unreachable': 0,
  'Host unreachable': 1,
  'Protocol unreachable': 2,
  'Port unreachable': 3,
  'Fragmentation needed': 4,
  'Source route failed': 5,
  'Network unknown': 6,
  'Host unknown': 7,
  'Source isolated': 8,
  'Network administratively prohibited': 9,
  'Host administratively prohibited': 10,
  'Network unreachable for TOS': 11,
  'Host unreachable for TOS': 12,
  'Communication administratively filtered': 13,
  'Host precedence violation': 14,
  'Precedence cutoff in effect': 15,
});
const REDIRECT = names({
  'Redirect for network': 0,
  'Redirect for host': 1,
  'Redirect for TOS and network': 2,
  'Redirect for TOS and host': 3,
});
const EXCEEDED = names({ 'Time to live exceeded in transit': 0, 'Fragment reassembly time exceeded': 1 });
const PARAMETER = names({ 'Pointer indicates the error': 0, 'Required option missing': 1, 'Bad length': 2 });
const CODES = new Map([
  [3, UNREACHABLE],
  [5, REDIRECT],
  [11, EXCEEDED],
  [12, PARAMETER],
]);

export const ICMP_TABLE: HeaderTable = {
  protocol: row('icmp', 'none', 'Internet Control Message Protocol', '网际控制报文协议 ICMP'),
  rows: [
    uint('icmp.type', AT.type, 1, 'Type', '类型 Type', { names: TYPES }),
    uint('icmp.code', AT.code, 1, 'Code', '代码 Code'),
    hexUint('icmp.checksum', AT.checksum, 2, 'Checksum', '校验和 Checksum'),
  ],
};
/** What the second word holds, by type. */
const ECHO: readonly Field[] = [
  uint('icmp.ident', AT.rest, 2, 'Identifier (BE)', '标识符 Identifier (BE)'),
  uint('icmp.seq', AT.rest + 2, 2, 'Sequence Number (BE)', '序号 Sequence Number (BE)'),
];
const IDENT_LE = row('icmp.ident_le', 'uint', 'Identifier (LE)', '标识符（小端）Identifier (LE)');
const SEQ_LE = row('icmp.seq_le', 'uint', 'Sequence Number (LE)', '序号（小端）Sequence Number (LE)');
const UNUSED = (at: number, size: number): Field => ({
  name: 'icmp.unused',
  type: 'bytes',
  at,
  size,
  en: 'Unused',
  zh: '未使用 Unused',
});
const EXTENSION_LENGTH = uint('icmp.length', AT.rest + 1, 1, 'Length', '引用长度 Length');
const EXTENDED: readonly Field[] = [UNUSED(AT.rest, 1), EXTENSION_LENGTH, UNUSED(AT.rest + 2, 2)];
const MTU = uint('icmp.mtu', AT.rest + 2, 2, 'MTU of next hop', '下一跳 MTU');
const GATEWAY = ipv4Field('icmp.redir_gw', AT.rest, 'Gateway Address', '网关地址 Gateway Address');
const POINTER = uint('icmp.pointer', AT.rest, 1, 'Pointer', '指针 Pointer');
const STAMPS: readonly Field[] = [
  uint('icmp.originate_timestamp', 8, 4, 'Originate Timestamp', '发起时间戳 Originate Timestamp'),
  uint('icmp.receive_timestamp', 12, 4, 'Receive Timestamp', '接收时间戳 Receive Timestamp'),
  uint('icmp.transmit_timestamp', 16, 4, 'Transmit Timestamp', '发送时间戳 Transmit Timestamp'),
];
/** Seconds since 1970, as the sender's clock had them. */
const DATA_TIME = row('icmp.data_time', 'string', 'Timestamp from icmp data', '数据中的时间戳');
const DATA_TIME_RELATIVE = row(
  'icmp.data_time_relative',
  'time',
  'Timestamp from icmp data (relative)',
  '距数据中的时间戳',
);
const CHECKSUM_STATE = row('icmp.checksum.status', 'uint', 'Checksum Status', '校验和状态', { names: CHECKSUM_STATUS });
export const ICMP_OTHER = [
  ...ECHO,
  ...STAMPS,
  IDENT_LE,
  SEQ_LE,
  UNUSED(AT.rest, 4),
  EXTENSION_LENGTH,
  MTU,
  GATEWAY,
  POINTER,
  DATA_TIME,
  DATA_TIME_RELATIVE,
  CHECKSUM_STATE,
];

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

export function getIcmp(bytes: Uint8Array, at: number, end: number, words?: Int32Array): IcmpHeader | RawProblem {
  if (end - at < ICMP_HEADER_LENGTH) return 'short header';
  if (get16(bytes, at + AT.checksum) !== icmpChecksum(bytes, at, end, words)) return 'bad checksum';
  return { type: bytes[at + AT.type]!, code: bytes[at + AT.code]!, rest: get32(bytes, at + AT.rest) };
}

/** What the checksum field should hold. `words`: as for `sumBytes`. */
function icmpChecksum(bytes: Uint8Array, at: number, end: number, words?: Int32Array): number {
  return checksumOf(sumBytes(bytes, at, at + AT.checksum) + sumBytes(bytes, at + AT.rest, end, words));
}

// -- tree

/** Adds the header's node; returns where its payload begins and whether that is a quoted datagram. `ttl` is for the info column. */
export function icmpTree(
  d: Dissector,
  at: number,
  end: number,
  whole: boolean,
  ttl: number,
): { readonly node: TreeNode; readonly start: number; readonly quote: boolean } | undefined {
  const { bytes } = d;
  const node = d.open(ICMP_TABLE.protocol, at, end);
  d.column('ICMP', '');
  if (end - at < ICMP_HEADER_LENGTH) {
    d.rows(node, ICMP_TABLE.rows, at, end);
    if (!d.quoted) d.malformed(node, end, 'short header');
    return undefined;
  }
  const type = bytes[at]!;
  const code = bytes[at + 1]!;
  const meaning = CODES.get(type)?.get(code);
  d.rows(node, ICMP_TABLE.rows.slice(0, 1), at, end);
  add(node, ICMP_TABLE.rows[1]!, code, at + 1, at + 2, meaning);
  d.rows(node, ICMP_TABLE.rows.slice(2), at, end);
  const good = get16(bytes, at + AT.checksum) === icmpChecksum(bytes, at, end);
  // Wireshark does not verify the checksum of a quoted message.
  addGenerated(node, CHECKSUM_STATE, whole && !d.quoted ? (good ? 1 : 0) : 2, at + AT.checksum);
  d.rows(node, restRows(type, code, bytes[at + AT.rest + 1]!), at, end);
  if (isEcho(type) || isStamp(type)) littleEndian(node, bytes, at);
  d.column('ICMP', icmpInfo(bytes, at, type, meaning, ttl));
  return {
    node,
    start: Math.min(end, at + (isStamp(type) ? 20 : ICMP_HEADER_LENGTH)),
    quote: type === 3 || type === 4 || type === 5 || type === 11 || type === 12,
  };
}

function isEcho(type: number): boolean {
  return type === 8 || type === 0;
}

function isStamp(type: number): boolean {
  return type === 13 || type === 14;
}

/** `length` is the byte that RFC 4884 section 4 uses for the length of the quote; zero where the sender knows nothing of it. */
function restRows(type: number, code: number, length: number): readonly Field[] {
  if (isEcho(type)) return ECHO;
  if (isStamp(type)) return [...ECHO, ...STAMPS];
  if (length !== 0 && ((type === 3 && code !== 4) || type === 11)) return EXTENDED;
  if (type === 3) return code === 4 ? [UNUSED(AT.rest, 2), MTU] : [UNUSED(AT.rest, 4)];
  if (type === 5) return [GATEWAY];
  if (type === 12) return [POINTER, UNUSED(AT.rest + 1, 3)];
  return type === 11 || type === 4 ? [UNUSED(AT.rest, 4)] : [];
}

/** Windows' ping counts in little-endian; Wireshark shows both readings. */
function littleEndian(node: TreeNode, bytes: Uint8Array, at: number): void {
  add(node, IDENT_LE, bytes[at + 4]! | (bytes[at + 5]! << 8), at + 4, at + 6);
  add(node, SEQ_LE, bytes[at + 6]! | (bytes[at + 7]! << 8), at + 6, at + 8);
}

function icmpInfo(bytes: Uint8Array, at: number, type: number, meaning: string | undefined, ttl: number): string {
  const name = TYPES.get(type) ?? `Unknown ICMP type ${type}`;
  if (isEcho(type) || isStamp(type)) {
    const id = get16(bytes, at + AT.rest)
      .toString(16)
      .padStart(4, '0');
    const seq = get16(bytes, at + AT.rest + 2);
    const swapped = ((seq & 255) << 8) | (seq >> 8);
    return `${name.padEnd(20)} id=0x${id}, seq=${seq}/${swapped}, ttl=${ttl}`;
  }
  return meaning === undefined ? name : `${name.padEnd(20)} (${meaning})`;
}

const DAY_SECONDS = 86_400;

/**
 * ping(8) puts the time of sending first into its data. Like Wireshark, takes eight bytes for seconds and microseconds where that, in
 * either byte order, is within a day of the capture; returns where the rest of the data begins.
 */
export function pingTimeTree(d: Dissector, node: TreeNode, at: number, end: number): number {
  const { epochSeconds, epochNs = 0 } = d.context;
  const type = d.bytes[at - ICMP_HEADER_LENGTH]!;
  if (epochSeconds === undefined || !isEcho(type) || end - at < 8) return at;
  for (const littleEndian of [false, true]) {
    const view = new DataView(d.bytes.buffer, d.bytes.byteOffset + at, 8);
    const seconds = view.getUint32(0, littleEndian);
    const ns = view.getUint32(4, littleEndian) * 1000;
    if (seconds - epochSeconds >= DAY_SECONDS || epochSeconds - seconds >= DAY_SECONDS || ns >= 1_000_000_000) continue;
    add(node, DATA_TIME, `${seconds}.${String(ns).padStart(9, '0')}`, at, at + 8);
    addGenerated(node, DATA_TIME_RELATIVE, (epochSeconds - seconds) * 1_000_000_000 + epochNs - ns, at);
    return at + 8;
  }
  return at;
}
