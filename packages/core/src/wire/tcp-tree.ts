/** The TCP part of the packet tree: the header, and the info column in Wireshark's words. Options and analysis have files of their own. */
import { get16, get32 } from './buffer.ts';
import { add, addGenerated, type Dissector, type TcpContext } from './dissector.ts';
import { type Field, row } from './field.ts';
import { CHECKSUM_STATUS, type Ipv4Span } from './ipv4.ts';
import { TCP_FLAG, TCP_HEADER_LENGTH } from './packet.ts';
import { TCP, tcpChecksum } from './tcp.ts';
import { conversationTree, findingText, TCP_ANALYSIS_FIELDS } from './tcp-analysis-tree.ts';
import { flagWords } from './tcp-flags.ts';
import { tcpOptionsTree } from './tcp-options-tree.ts';
import { TreeNode } from './tree-node.ts';

const SEQ = row('tcp.seq', 'uint', 'Sequence Number', '序号 Sequence Number');
const ACK = row('tcp.ack', 'uint', 'Acknowledgment Number', '确认号 Acknowledgment Number');
const NEXT_SEQ = row('tcp.nxtseq', 'uint', 'Next Sequence Number', '下一个序号 Next Sequence Number');
export const TCP_LENGTH = row('tcp.len', 'uint', 'TCP Segment Len', '报文段数据长度 Len');
export const TCP_STREAM = row('tcp.stream', 'uint', 'Stream index', '流编号 Stream index');
const COMPLETENESS = row(
  'tcp.completeness',
  'uint',
  'Conversation completeness',
  '会话完整性 Conversation completeness',
);
const FLAGS_TEXT = row('tcp.flags.str', 'string', 'TCP Flags', 'TCP 标志');
const WINDOW = row('tcp.window_size', 'uint', 'Calculated window size', '接收窗口 rwnd（换算后）');
const SCALE = row('tcp.window_size_scalefactor', 'uint', 'Window size scaling factor', '窗口扩大因子 Window scaling');
const CHECKSUM_STATE = row('tcp.checksum.status', 'uint', 'Checksum Status', '校验和状态', { names: CHECKSUM_STATUS });
const PAYLOAD = row('tcp.payload', 'bytes', 'TCP payload', 'TCP 载荷 payload');

export const TCP_GENERATED: readonly Field[] = [
  SEQ,
  ACK,
  NEXT_SEQ,
  TCP_LENGTH,
  TCP_STREAM,
  COMPLETENESS,
  FLAGS_TEXT,
  WINDOW,
  SCALE,
  CHECKSUM_STATE,
  PAYLOAD,
  ...TCP_ANALYSIS_FIELDS,
];
/** Shown after the relative numbers, and not at all in a quoted header. */
const RAW_NUMBERS: ReadonlySet<string> = new Set(['tcp.seq_raw', 'tcp.ack_raw']);
const ROWS = TCP.rows.filter(({ name }) => !RAW_NUMBERS.has(name));
const [SEQ_RAW, ACK_RAW] = TCP.rows.filter(({ name }) => RAW_NUMBERS.has(name)) as [Field, Field];

/** Adds the header's node; returns where the payload lies, or undefined where the header is cut. */
export function tcpTree(d: Dissector, ip: Ipv4Span): { readonly start: number; readonly end: number } | undefined {
  const { bytes } = d;
  const at = ip.payloadStart;
  const end = ip.payloadEnd;
  const headerLength = end - at < TCP_HEADER_LENGTH ? 0 : (bytes[at + 12]! >> 4) * 4;
  const node = d.open(TCP.protocol, at, Math.min(end, at + Math.max(TCP_HEADER_LENGTH, headerLength)));
  d.rows(node, ROWS, at, end);
  d.column('TCP', end - at < 4 ? '' : `${get16(bytes, at)} → ${get16(bytes, at + 2)}`);
  if (d.quoted && end - at < TCP_HEADER_LENGTH) {
    // RFC 792 quotes eight bytes: ports and the sequence number, shown as it is.
    if (end - at >= 8) addGenerated(node, SEQ, get32(bytes, at + 4), at + 4);
    return undefined;
  }
  if (headerLength < TCP_HEADER_LENGTH || headerLength > end - at) {
    if (!d.quoted) d.malformed(node, end, headerLength === 0 ? 'short header' : 'bad header length');
    return undefined;
  }
  const tcp = d.quoted ? undefined : d.context.tcp;
  const start = at + headerLength;
  const length = end - start;
  numbers(node, bytes, at, length, tcp);
  addGenerated(node, FLAGS_TEXT, flagLetters(get16(bytes, at + 12)), at + 12);
  window(node, bytes, at, tcp);
  const good = checksum(node, bytes, at, ip, d.quoted);
  const options = tcpOptionsTree(node, bytes, at + TCP_HEADER_LENGTH, start, tcp?.ackBase ?? 0, get32(bytes, at + 8));
  if (tcp !== undefined) conversationTree(node, start, tcp);
  if (length > 0) add(node, PAYLOAD, bytes.subarray(start, end), start, end);
  // Wireshark's order: by place, what is computed behind what it was computed from.
  node.sortChildren();
  if (!d.quoted) d.infoPrefix = findingText(tcp);
  // The length of a segment is not known from its first fragment.
  const shownLength = ip.whole || d.quoted ? ` Len=${length}` : '';
  d.column('TCP', tcpInfo(bytes, at, shownLength, tcp, good, options));
  return { start, end };
}

function numbers(node: TreeNode, bytes: Uint8Array, at: number, length: number, tcp: TcpContext | undefined): void {
  const seq = relativeSeq(bytes, at, tcp);
  const flags = bytes[at + 13]!;
  // SYN and FIN each take a number; Wireshark counts one for the two, which no sane segment has together.
  const next = seq + length + ((flags & (TCP_FLAG.syn | TCP_FLAG.fin)) !== 0 ? 1 : 0);
  if (tcp !== undefined) {
    addGenerated(node, TCP_STREAM, tcp.stream, at + 2);
    addGenerated(node, COMPLETENESS, tcp.completeness, at + 2);
  }
  addGenerated(node, TCP_LENGTH, length, at + 2);
  node.append(sequenceNode('tcp.seq', bytes, at, tcp));
  add(node, SEQ_RAW, get32(bytes, at + 4), at + 4, at + 8);
  addGenerated(node, NEXT_SEQ, next >>> 0, at + 4);
  node.append(sequenceNode('tcp.ack', bytes, at, tcp));
  add(node, ACK_RAW, get32(bytes, at + 8), at + 8, at + 12);
}

/** A segment's number or acknowledgment as the conversation counts it. */
export function sequenceNode(
  name: 'tcp.seq' | 'tcp.ack',
  bytes: Uint8Array,
  at: number,
  tcp: TcpContext | undefined,
): TreeNode {
  if (name === 'tcp.ack') return new TreeNode(ACK, relativeAck(bytes, at, tcp), at + 8, at + 12);
  return new TreeNode(SEQ, relativeSeq(bytes, at, tcp), at + 4, at + 8);
}

function relativeSeq(bytes: Uint8Array, at: number, tcp: TcpContext | undefined): number {
  return (get32(bytes, at + 4) - (tcp?.seqBase ?? 0)) >>> 0;
}

/** Without the ACK flag the field means nothing, and Wireshark shows it as it is. */
function relativeAck(bytes: Uint8Array, at: number, tcp: TcpContext | undefined): number {
  const raw = get32(bytes, at + 8);
  return tcp === undefined || (bytes[at + 13]! & TCP_FLAG.ack) === 0 ? raw : (raw - tcp.ackBase) >>> 0;
}

const LETTERS = ['R', 'R', 'R', 'A', 'C', 'E', 'U', 'A', 'P', 'R', 'S', 'F'];

function flagLetters(word: number): string {
  return LETTERS.map((letter, i) => ((word & (0x800 >> i)) !== 0 ? letter : '·')).join('');
}

/** RFC 7323 section 2.2: the window of a SYN is never scaled. */
function scaledWindow(bytes: Uint8Array, at: number, tcp: TcpContext | undefined): number {
  const value = get16(bytes, at + 14);
  const shift = tcp?.windowShift ?? -1;
  if (shift <= 0 || (bytes[at + 13]! & TCP_FLAG.syn) !== 0) return value;
  return value * (1 << shift);
}

function window(node: TreeNode, bytes: Uint8Array, at: number, tcp: TcpContext | undefined): void {
  add(node, WINDOW, scaledWindow(bytes, at, tcp), at + 14, at + 16);
  if (tcp === undefined || (bytes[at + 13]! & TCP_FLAG.syn) !== 0) return;
  add(node, SCALE, tcp.windowShift < 0 ? tcp.windowShift : 1 << tcp.windowShift, at + 14, at + 16);
}

function checksum(node: TreeNode, bytes: Uint8Array, at: number, ip: Ipv4Span, quoted: boolean): boolean {
  const good = get16(bytes, at + 16) === tcpChecksum(bytes, at, ip.payloadEnd, ip.src, ip.dst);
  addGenerated(node, CHECKSUM_STATE, ip.whole || quoted ? (good ? 1 : 0) : 2, at + 16);
  return good || !ip.whole;
}

/** `80 → 40000 [SYN, ACK] Seq=0 Ack=1 Win=65160 Len=0 MSS=1460 …` */
function tcpInfo(
  bytes: Uint8Array,
  at: number,
  length: string,
  tcp: TcpContext | undefined,
  checksumGood: boolean,
  options: string,
): string {
  const flags = get16(bytes, at + 12) & 0xfff;
  const seq = relativeSeq(bytes, at, tcp);
  let text = `${get16(bytes, at)} → ${get16(bytes, at + 2)} [${flagWords(flags) || '<None>'}] Seq=${seq}`;
  if ((flags & TCP_FLAG.ack) !== 0) text += ` Ack=${relativeAck(bytes, at, tcp)}`;
  text += ` Win=${scaledWindow(bytes, at, tcp)}`;
  if (!checksumGood) text += ' [TCP CHECKSUM INCORRECT]';
  if ((flags & TCP_FLAG.urg) !== 0) text += ` Urg=${get16(bytes, at + 18)}`;
  return `${text}${length}${options}`;
}
