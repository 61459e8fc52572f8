/** The TCP part of the packet tree: header, options, what the conversation tells, and the info column in Wireshark's words. */
import { get16, get32 } from './buffer.ts';
import { add, addGenerated, type Dissector, type TcpContext, type TcpFinding } from './dissector.ts';
import { type Field, row } from './field.ts';
import { CHECKSUM_STATUS, type Ipv4Span } from './ipv4.ts';
import { TCP_FLAG, TCP_HEADER_LENGTH } from './packet.ts';
import { TCP, tcpChecksum } from './tcp.ts';
import { tcpOptionsTree } from './tcpOptionsTree.ts';
import type { TreeNode } from './treeNode.ts';

const SEQ = row('tcp.seq', 'uint', 'Sequence Number', '序号 Sequence Number');
const ACK = row('tcp.ack', 'uint', 'Acknowledgment Number', '确认号 Acknowledgment Number');
const NEXT_SEQ = row('tcp.nxtseq', 'uint', 'Next Sequence Number', '下一个序号 Next Sequence Number');
const LENGTH = row('tcp.len', 'uint', 'TCP Segment Len', '报文段数据长度 Len');
const STREAM = row('tcp.stream', 'uint', 'Stream index', '流编号 Stream index');
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
const SINCE_FIRST = row(
  'tcp.time_relative',
  'time',
  'Time since first frame in this TCP stream',
  '距本流首帧 Time since first frame',
);
const SINCE_PREVIOUS = row(
  'tcp.time_delta',
  'time',
  'Time since previous frame in this TCP stream',
  '距本流上一帧 Time delta',
);
const ANALYSIS = row('tcp.analysis', 'none', 'SEQ/ACK analysis', '序号与确认分析 SEQ/ACK analysis');
const ACKS_FRAME = row(
  'tcp.analysis.acks_frame',
  'uint',
  'This is an ACK to the segment in frame',
  '所确认的帧 ACK to frame',
);
const ACK_RTT = row('tcp.analysis.ack_rtt', 'time', 'The RTT to ACK the segment was', '确认往返时间 ACK RTT');
const INITIAL_RTT = row('tcp.analysis.initial_rtt', 'time', 'iRTT', '初始往返时间 iRTT');
const IN_FLIGHT = row('tcp.analysis.bytes_in_flight', 'uint', 'Bytes in flight', '在途字节数 Bytes in flight');
const PUSH_BYTES = row(
  'tcp.analysis.push_bytes_sent',
  'uint',
  'Bytes sent since last PSH flag',
  '上次 PSH 后发送的字节数',
);
const RTO = row('tcp.analysis.rto', 'time', 'The RTO for this segment was', '本段的重传超时 RTO');
const RTO_FRAME = row('tcp.analysis.rto_frame', 'uint', 'RTO based on delta from frame', 'RTO 起算帧');
const DUP_NUM = row('tcp.analysis.duplicate_ack_num', 'uint', 'Duplicate ACK #', '重复 ACK 序数');
const DUP_FRAME = row(
  'tcp.analysis.duplicate_ack_frame',
  'uint',
  'Duplicate to the ACK in frame',
  '重复的 ACK 首见于帧',
);
const FLAGS = row('tcp.analysis.flags', 'none', 'TCP Analysis Flags', 'TCP 分析标志');

interface FindingText {
  readonly field: Field;
  /** In brackets before the info column; '#' stands for the duplicate's numbers. */
  readonly info: string;
}

function finding(name: TcpFinding, info: string, en: string, zh: string): [TcpFinding, FindingText] {
  return [name, { field: row(`tcp.analysis.${name}`, 'none', en, zh), info }];
}

/** In the order in which Wireshark puts them before the info column. */
const FINDINGS: ReadonlyMap<TcpFinding, FindingText> = new Map([
  finding(
    'reused_ports',
    'TCP Port numbers reused',
    'A new tcp session is started with the same ports as an earlier session in this trace',
    '端口号被重用 Port numbers reused',
  ),
  finding(
    'zero_window_probe_ack',
    'TCP ZeroWindowProbeAck',
    'This is an ACK to a TCP zero-window-probe',
    '零窗口探测的确认',
  ),
  finding('zero_window_probe', 'TCP ZeroWindowProbe', 'This is a TCP zero-window-probe', '零窗口探测 Window probe'),
  finding('zero_window', 'TCP ZeroWindow', 'This is a ZeroWindow segment', '零窗口 Zero window'),
  finding('keep_alive', 'TCP Keep-Alive', 'This is a TCP keep-alive segment', '保活 Keep-alive'),
  finding('keep_alive_ack', 'TCP Keep-Alive ACK', 'This is an ACK to a TCP keep-alive segment', '保活的确认'),
  finding('window_update', 'TCP Window Update', 'This is a TCP window update', '窗口更新 Window update'),
  finding(
    'window_full',
    'TCP Window Full',
    'The transmission window is now completely full',
    '发送窗口已满 Window full',
  ),
  finding('duplicate_ack', 'TCP Dup ACK #', 'This is a TCP duplicate ack', '重复 ACK'),
  finding(
    'ack_lost_segment',
    'TCP ACKed unseen segment',
    "ACKed segment that wasn't captured (common at capture start)",
    '确认了未见到的报文段 ACKed unseen segment',
  ),
  finding(
    'lost_segment',
    'TCP Previous segment not captured',
    'Previous segment(s) not captured (common at capture start)',
    '前面的报文段未见到 Previous segment not captured',
  ),
  finding(
    'out_of_order',
    'TCP Out-Of-Order',
    'This frame is a (suspected) out-of-order segment',
    '（疑似）乱序 Out-of-order',
  ),
  finding(
    'fast_retransmission',
    'TCP Fast Retransmission',
    'This frame is a (suspected) fast retransmission',
    '（疑似）快重传 Fast retransmission',
  ),
  finding(
    'spurious_retransmission',
    'TCP Spurious Retransmission',
    'This frame is a (suspected) spurious retransmission',
    '（疑似）不必要的重传 Spurious retransmission',
  ),
  finding(
    'retransmission',
    'TCP Retransmission',
    'This frame is a (suspected) retransmission',
    '（疑似）重传 Retransmission',
  ),
]);

export const TCP_GENERATED: readonly Field[] = [
  SEQ,
  ACK,
  NEXT_SEQ,
  LENGTH,
  STREAM,
  COMPLETENESS,
  FLAGS_TEXT,
  WINDOW,
  SCALE,
  CHECKSUM_STATE,
  PAYLOAD,
  SINCE_FIRST,
  SINCE_PREVIOUS,
  ANALYSIS,
  ACKS_FRAME,
  ACK_RTT,
  INITIAL_RTT,
  IN_FLIGHT,
  PUSH_BYTES,
  RTO,
  RTO_FRAME,
  DUP_NUM,
  DUP_FRAME,
  FLAGS,
  ...[...FINDINGS.values()].map(({ field }) => field),
];

/** Adds the header's node; returns where the payload lies, or undefined where the header is cut. */
export function tcpTree(d: Dissector, ip: Ipv4Span): { readonly start: number; readonly end: number } | undefined {
  const { bytes } = d;
  const at = ip.payloadStart;
  const end = ip.payloadEnd;
  const headerLength = end - at < TCP_HEADER_LENGTH ? 0 : (bytes[at + 12]! >> 4) * 4;
  const node = d.header(TCP, at, at + Math.max(TCP_HEADER_LENGTH, headerLength), end);
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
  checksum(node, bytes, at, ip);
  const options = tcpOptionsTree(node, bytes, at + TCP_HEADER_LENGTH, start, tcp?.ackBase ?? 0, get32(bytes, at + 8));
  if (tcp !== undefined) conversation(node, at, tcp);
  if (length > 0) add(node, PAYLOAD, bytes.subarray(start, end), start, end);
  d.column('TCP', tcpInfo(bytes, at, length, tcp, options));
  return { start, end };
}

function numbers(node: TreeNode, bytes: Uint8Array, at: number, length: number, tcp: TcpContext | undefined): void {
  const seq = (get32(bytes, at + 4) - (tcp?.seqBase ?? 0)) >>> 0;
  const flags = bytes[at + 13]!;
  // SYN and FIN each take a number; Wireshark counts one for the two, which no sane segment has together.
  const next = seq + length + ((flags & (TCP_FLAG.syn | TCP_FLAG.fin)) !== 0 ? 1 : 0);
  if (tcp !== undefined) {
    addGenerated(node, STREAM, tcp.stream, at);
    addGenerated(node, COMPLETENESS, tcp.completeness, at);
  }
  addGenerated(node, LENGTH, length, at);
  add(node, SEQ, seq, at + 4, at + 8);
  addGenerated(node, NEXT_SEQ, next >>> 0, at);
  add(node, ACK, relativeAck(bytes, at, tcp), at + 8, at + 12);
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

function checksum(node: TreeNode, bytes: Uint8Array, at: number, ip: Ipv4Span): void {
  const good = get16(bytes, at + 16) === tcpChecksum(bytes, at, ip.payloadEnd, ip.src, ip.dst);
  addGenerated(node, CHECKSUM_STATE, ip.whole ? (good ? 1 : 0) : 2, at + 16);
}

function conversation(node: TreeNode, at: number, tcp: TcpContext): void {
  addGenerated(node, SINCE_FIRST, tcp.sinceFirstNs, at);
  addGenerated(node, SINCE_PREVIOUS, tcp.sincePreviousNs, at);
  const numbers: readonly (readonly [Field, number | undefined])[] = [
    [ACKS_FRAME, tcp.acksFrame],
    [ACK_RTT, tcp.ackRttNs],
    [INITIAL_RTT, tcp.initialRttNs],
    [IN_FLIGHT, tcp.bytesInFlight],
    [PUSH_BYTES, tcp.pushBytesSent],
    [RTO, tcp.rtoNs],
    [RTO_FRAME, tcp.rtoFrame],
    [DUP_NUM, tcp.duplicateAckNumber],
    [DUP_FRAME, tcp.duplicateAckFrame],
  ];
  const known = numbers.filter(([, value]) => value !== undefined);
  if (!tcp.analysed) return;
  const analysis = addGenerated(node, ANALYSIS, undefined, at);
  for (const [field, value] of known) addGenerated(analysis, field, value, at);
  if (tcp.findings.length === 0) return;
  const flags = addGenerated(analysis, FLAGS, undefined, at);
  for (const name of tcp.findings) {
    addGenerated(flags, FINDINGS.get(name)!.field, undefined, at);
    // The two special kinds are retransmissions too, and a filter for those finds them.
    if (name === 'fast_retransmission' || name === 'spurious_retransmission') {
      addGenerated(flags, FINDINGS.get('retransmission')!.field, undefined, at);
    }
  }
}

const FLAG_WORDS: readonly (readonly [number, string])[] = [
  [TCP_FLAG.fin, 'FIN'],
  [TCP_FLAG.syn, 'SYN'],
  [TCP_FLAG.rst, 'RST'],
  [TCP_FLAG.psh, 'PSH'],
  [TCP_FLAG.ack, 'ACK'],
  [TCP_FLAG.urg, 'URG'],
  [TCP_FLAG.ece, 'ECE'],
  [TCP_FLAG.cwr, 'CWR'],
  [TCP_FLAG.ae, 'AE'],
  [0xe00, 'Reserved'],
];

/** `80 → 40000 [SYN, ACK] Seq=0 Ack=1 Win=65160 Len=0 MSS=1460 …` */
function tcpInfo(bytes: Uint8Array, at: number, length: number, tcp: TcpContext | undefined, options: string): string {
  const flags = get16(bytes, at + 12) & 0xfff;
  const words = FLAG_WORDS.filter(([bit]) => (flags & bit) !== 0).map(([, word]) => word);
  const seq = (get32(bytes, at + 4) - (tcp?.seqBase ?? 0)) >>> 0;
  let text = findingText(tcp);
  text += `${get16(bytes, at)} → ${get16(bytes, at + 2)} [${words.length === 0 ? '<None>' : words.join(', ')}] Seq=${seq}`;
  if ((flags & TCP_FLAG.ack) !== 0) text += ` Ack=${relativeAck(bytes, at, tcp)}`;
  text += ` Win=${scaledWindow(bytes, at, tcp)}`;
  if ((flags & TCP_FLAG.urg) !== 0) text += ` Urg=${get16(bytes, at + 18)}`;
  return `${text} Len=${length}${options}`;
}

function findingText(tcp: TcpContext | undefined): string {
  if (tcp === undefined || tcp.findings.length === 0) return '';
  let text = '';
  for (const [name, { info }] of FINDINGS) {
    if (!tcp.findings.includes(name)) continue;
    text += `[${info.replace('#', `${tcp.duplicateAckFrame}#${tcp.duplicateAckNumber}`)}] `;
  }
  return text;
}
