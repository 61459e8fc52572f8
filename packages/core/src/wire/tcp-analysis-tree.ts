/** What the conversation tells about a segment, below "SEQ/ACK analysis" in the packet tree and before the info column. */
import { addGenerated, type TcpContext, type TcpFinding } from './dissector.ts';
import { type Field, row } from './field.ts';
import type { TreeNode } from './tree-node.ts';

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
    'reused_ports',
    'TCP Port numbers reused',
    'A new tcp session is started with the same ports as an earlier session in this trace',
    '端口号被重用 Port numbers reused',
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

export const TCP_ANALYSIS_FIELDS: readonly Field[] = [
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

/** Names that are there only where something was found. */
export const FINDING_NAMES: ReadonlySet<string> = new Set(
  [FLAGS, ...[...FINDINGS.values()].map(({ field }) => field)].map(({ name }) => name),
);

/** `at` is where the generated nodes are put: behind the header. */
export function conversationTree(node: TreeNode, at: number, tcp: TcpContext): void {
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

/** `[TCP Dup ACK 3#1] `, and so on for each finding. */
export function findingText(tcp: TcpContext | undefined): string {
  if (tcp === undefined || tcp.findings.length === 0) return '';
  let text = '';
  for (const [name, { info }] of FINDINGS) {
    if (!tcp.findings.includes(name)) continue;
    text += `[${info.replace('#', `${tcp.duplicateAckFrame}#${tcp.duplicateAckNumber}`)}] `;
  }
  return text;
}
