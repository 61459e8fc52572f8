/** TCP options in the packet tree, one node per option as it lies in the bytes, and their words for the info column. */
import { seqLeq, seqLt } from '../base/sequence.ts';
import { get16, get32 } from './buffer.ts';
import { add, addGenerated } from './dissector.ts';
import { type Field, names, row } from './field.ts';
import { TCP_OPTION, type TcpOptionSpan, tcpOptionSpans } from './tcp-options.ts';
import type { TreeNode } from './tree-node.ts';

const KIND_NAMES = names({
  'End of Option List': 0,
  'No-Operation': 1,
  'Maximum Segment Size': 2,
  'Window Scale': 3,
  'SACK Permitted': 4,
  SACK: 5,
  'Time Stamp Option': 8,
});
const OPTIONS = row('tcp.options', 'bytes', 'Options', '选项 Options');
const KIND = row('tcp.option_kind', 'uint', 'Kind', '选项类型 Kind', { names: KIND_NAMES });
const LENGTH = row('tcp.option_len', 'uint', 'Length', '选项长度 Length');
const MSS_VALUE = row('tcp.options.mss_val', 'uint', 'MSS Value', '最大报文段长度 MSS');
const SHIFT = row('tcp.options.wscale.shift', 'uint', 'Shift count', '移位数 Shift count');
const MULTIPLIER = row('tcp.options.wscale.multiplier', 'uint', 'Multiplier', '倍数 Multiplier');
const SACK_COUNT = row('tcp.options.sack.count', 'uint', 'TCP SACK Count', 'SACK 块数');
const SACK_LEFT = row('tcp.options.sack_le', 'uint', 'TCP SACK Left Edge', 'SACK 左边界 Left Edge');
const SACK_RIGHT = row('tcp.options.sack_re', 'uint', 'TCP SACK Right Edge', 'SACK 右边界 Right Edge');
const DSACK = row('tcp.options.sack.dsack', 'none', 'D-SACK Sequence', '重复 SACK D-SACK');
const DSACK_LEFT = row('tcp.options.sack.dsack_le', 'uint', 'D-SACK Left Edge', 'D-SACK 左边界 Left Edge');
const DSACK_RIGHT = row('tcp.options.sack.dsack_re', 'uint', 'D-SACK Right Edge', 'D-SACK 右边界 Right Edge');
const TS_VALUE = row('tcp.options.timestamp.tsval', 'uint', 'Timestamp value', '时间戳 TSval');
const TS_ECHO = row('tcp.options.timestamp.tsecr', 'uint', 'Timestamp echo reply', '时间戳回显 TSecr');
const UNKNOWN = row('tcp.options.unknown', 'bytes', 'TCP Option - Unknown', '未知选项 Unknown');

/** Options that we read, with the lengths at which we do. */
const KNOWN: ReadonlyMap<number, { readonly field: Field; readonly fits: (length: number) => boolean }> = new Map([
  [TCP_OPTION.end, option('tcp.options.eol', 'End of Option List (EOL)', '选项结束 EOL', (n) => n === 1)],
  [TCP_OPTION.nop, option('tcp.options.nop', 'No-Operation (NOP)', '空操作 NOP', (n) => n === 1)],
  [TCP_OPTION.mss, option('tcp.options.mss', 'Maximum segment size', '最大报文段长度 MSS', (n) => n === 4)],
  [TCP_OPTION.windowScale, option('tcp.options.wscale', 'Window scale', '窗口扩大 Window scale', (n) => n === 3)],
  [
    TCP_OPTION.sackPermitted,
    option('tcp.options.sack_perm', 'SACK permitted', '允许选择确认 SACK permitted', (n) => n === 2),
  ],
  [TCP_OPTION.sack, option('tcp.options.sack', 'SACK', '选择确认 SACK', (n) => n > 2 && (n - 2) % 8 === 0)],
  [TCP_OPTION.timestamps, option('tcp.options.timestamp', 'Timestamps', '时间戳 Timestamps', (n) => n === 10)],
] as const);

function option(name: string, en: string, zh: string, fits: (length: number) => boolean) {
  return { field: row(name, 'bytes', `TCP Option - ${en}`, `TCP 选项 - ${zh}`), fits };
}

export const TCP_OPTION_FIELDS: readonly Field[] = [
  OPTIONS,
  KIND,
  LENGTH,
  MSS_VALUE,
  SHIFT,
  MULTIPLIER,
  SACK_COUNT,
  SACK_LEFT,
  SACK_RIGHT,
  DSACK,
  DSACK_LEFT,
  DSACK_RIGHT,
  TS_VALUE,
  TS_ECHO,
  UNKNOWN,
  ...[...KNOWN.values()].map(({ field }) => field),
];

/** Adds the options' nodes; returns what they add to the info column. SACK edges count from `ackBase`; `ack` is as in the header. */
export function tcpOptionsTree(
  parent: TreeNode,
  bytes: Uint8Array,
  start: number,
  end: number,
  ackBase: number,
  ack: number,
): string {
  if (start >= end) return '';
  const list = add(parent, OPTIONS, bytes.subarray(start, end), start, end);
  let info = '';
  for (const span of tcpOptionSpans(bytes, start, end)) {
    if (!span.valid) {
      add(list, UNKNOWN, bytes.subarray(span.start, span.start + span.length), span.start, span.start + span.length);
      break;
    }
    info += optionNode(list, bytes, span, ackBase, ack);
  }
  return info;
}

function optionNode(list: TreeNode, bytes: Uint8Array, span: TcpOptionSpan, ackBase: number, ack: number): string {
  const { kind, start, length } = span;
  const known = KNOWN.get(kind);
  const fits = known?.fits(length) === true;
  const node = add(list, fits ? known.field : UNKNOWN, bytes.subarray(start, start + length), start, start + length);
  add(node, KIND, kind, start, start + 1);
  if (length > 1) add(node, LENGTH, length, start + 1, start + 2);
  return fits ? content(node, bytes, span, ackBase, ack) : '';
}

function content(
  node: TreeNode,
  bytes: Uint8Array,
  { kind, start, length }: TcpOptionSpan,
  ackBase: number,
  ack: number,
): string {
  const at = start + 2;
  switch (kind) {
    case TCP_OPTION.mss:
      add(node, MSS_VALUE, get16(bytes, at), at, at + 2);
      return ` MSS=${get16(bytes, at)}`;
    case TCP_OPTION.windowScale: {
      // RFC 7323 section 2.3: a shift above 14 counts as 14.
      const factor = 1 << Math.min(bytes[at]!, 14);
      add(node, SHIFT, bytes[at]!, at, at + 1);
      add(node, MULTIPLIER, factor, at, at + 1);
      return ` WS=${factor}`;
    }
    case TCP_OPTION.sackPermitted:
      return ' SACK_PERM';
    case TCP_OPTION.timestamps:
      add(node, TS_VALUE, get32(bytes, at), at, at + 4);
      add(node, TS_ECHO, get32(bytes, at + 4), at + 4, at + 8);
      return ` TSval=${get32(bytes, at)} TSecr=${get32(bytes, at + 4)}`;
    case TCP_OPTION.sack:
      return sack(node, bytes, at, start + length, ackBase, ack);
    default:
      return '';
  }
}

function sack(node: TreeNode, bytes: Uint8Array, start: number, end: number, ackBase: number, ack: number): string {
  let info = '';
  for (let at = start; at < end; at += 8) {
    const left = (get32(bytes, at) - ackBase) >>> 0;
    const right = (get32(bytes, at + 4) - ackBase) >>> 0;
    add(node, SACK_LEFT, left, at, at + 4);
    add(node, SACK_RIGHT, right, at + 4, at + 8);
    info += ` SLE=${left} SRE=${right}`;
  }
  if (isDuplicate(bytes, start, end, ack)) {
    const mark = addGenerated(node, DSACK, undefined, start);
    add(mark, DSACK_LEFT, (get32(bytes, start) - ackBase) >>> 0, start, start + 4);
    add(mark, DSACK_RIGHT, (get32(bytes, start + 4) - ackBase) >>> 0, start + 4, start + 8);
  }
  addGenerated(node, SACK_COUNT, (end - start) / 8, start - 2);
  return info;
}

/** RFC 2883 section 4: the first block reports a duplicate where it lies below the ACK or inside the second block. */
function isDuplicate(bytes: Uint8Array, start: number, end: number, ack: number): boolean {
  if (seqLeq(get32(bytes, start + 4), ack)) return true;
  if (end - start < 16) return false;
  const right = get32(bytes, start + 4);
  return seqLt(get32(bytes, start + 8), right) && seqLeq(right, get32(bytes, start + 12));
}
