/**
 * Compares a packet that the host sent with what the script expects. Checked: flags, numbers, length, the window and marks where the script gives
 * them, options as a list in the order of the wire. A missing window is not looked at; a missing option list allows negotiated time stamps only;
 * the value of a time stamp is learned, not checked, unless --tcp_ts_tick_usecs asks for it.
 */
import { unsigned } from '../../base/sequence.ts';
import { type Ipv4Packet, TCP_FLAG, type TcpSegment } from '../../wire/packet.ts';
import { flagLetters } from '../../wire/tcp-flags.ts';
import type { IpInfo, TcpOption, TcpPacketSpec } from './ast.ts';
import type { Flow } from './flow.ts';

export function flagsText(flags: number): string {
  return flagLetters(flags) || '-';
}

/** The options of a segment in the order and padding of the wire (Linux's). */
export function optionsOf(segment: TcpSegment, flow: Flow): TcpOption[] {
  const { options, tsVal, tsEcr } = segment;
  const list: TcpOption[] = [];
  const nops = (count: number): void => {
    for (let i = 0; i < count; i++) list.push({ kind: 'nop' });
  };
  if (options?.mss !== undefined) list.push({ kind: 'mss', value: options.mss });
  if (options?.sackPermitted === true) {
    if (tsVal < 0) nops(2);
    list.push({ kind: 'sackOK' });
  } else if (tsVal >= 0) nops(2);
  if (tsVal >= 0) list.push({ kind: 'TS', val: flow.stampToScript(tsVal), ecr: tsEcr });
  if (options?.windowScale !== undefined) {
    nops(1);
    list.push({ kind: 'wscale', value: options.windowScale });
  }
  if (options?.sack !== undefined && options.sack.length > 0) {
    nops(2);
    list.push({
      kind: 'sack',
      blocks: options.sack.map(([left, right]) => [unsigned(left), unsigned(right)] as const),
    });
  }
  return list;
}

function optionText(option: TcpOption): string {
  switch (option.kind) {
    case 'mss':
    case 'wscale':
      return `${option.kind} ${option.value}`;
    case 'sack':
      return `sack ${option.blocks.map(([left, right]) => `${left}:${right}`).join(' ')}`;
    case 'TS':
      return `TS val ${option.val} ecr ${option.ecr}`;
    case 'raw':
      return `raw ${option.hex}`;
    default:
      return option.kind;
  }
}

function listText(options: readonly TcpOption[]): string {
  return options.length === 0 ? '' : ` <${options.map(optionText).join(',')}>`;
}

/** A segment in the script's language and numbers. */
export function segmentText(segment: TcpSegment, flow: Flow): string {
  const seq = shownSeq(segment, flow);
  const { length } = segment.payload;
  const ack = segment.has(TCP_FLAG.ack) ? ` ack ${unsigned(segment.ack)}` : '';
  const urgent = segment.has(TCP_FLAG.urg) ? ` urg ${segment.urgentPointer}` : '';
  const numbers = `${seq}:${(seq + length) >>> 0}(${length})${ack} win ${segment.window}${urgent}`;
  return `> ${flagsText(segment.flags)} ${numbers}${listText(optionsOf(segment, flow))}`;
}

export function specText(spec: TcpPacketSpec): string {
  const ack = spec.ack === undefined ? '' : ` ack ${spec.ack}`;
  const window = spec.window === undefined ? '' : ` win ${spec.window}`;
  const options = spec.options === 'any' ? ' <...>' : spec.options === undefined ? '' : listText(spec.options);
  const { seq, length } = spec;
  return `> ${flagsText(spec.flags)} ${seq}:${(seq + length) >>> 0}(${length})${ack}${window}${options}`;
}

/** A reset that answers a segment without ACK carries zero, which counts from nothing (RFC 9293 section 3.10.7.1). */
function shownSeq(segment: TcpSegment, flow: Flow): number {
  const bare = segment.seq === 0 && segment.has(TCP_FLAG.rst) && segment.has(TCP_FLAG.ack);
  return bare ? 0 : flow.toScript(segment.seq);
}

const ECN_NAMES = ['noecn', 'ect1', 'ect0', 'ce'] as const;

/** The first difference of the IP header, in words. */
export function ipDifference(wanted: IpInfo, packet: Ipv4Packet): string | undefined {
  const ecn = ECN_NAMES[packet.tos & 3]!;
  const either = wanted.ecn === 'ect01' && (ecn === 'ect0' || ecn === 'ect1');
  if (wanted.ecn !== undefined && wanted.ecn !== ecn && !either) return `the mark [${ecn}]`;
  if (wanted.ttl !== undefined && wanted.ttl !== packet.ttl) return `TTL ${packet.ttl}`;
  if (wanted.tos !== undefined && wanted.tos !== packet.tos) return `type of service ${packet.tos}`;
  return undefined;
}

/** How far a long expected segment has come: the wire may carry it in several. */
export interface Progress {
  seq: number;
  left: number;
}

export interface Comparison {
  /** A long expected segment may come in several. */
  readonly split: boolean;
  /** The script was written for another system's order of options and sizes of windows. */
  readonly bsd: boolean;
}

/** True where the segment is what is expected, or the next piece of it. */
export function matches(
  spec: TcpPacketSpec,
  segment: TcpSegment,
  flow: Flow,
  progress: Progress,
  { split, bsd }: Comparison,
): boolean {
  const { length } = segment.payload;
  const piece = split && length > 0 && length < progress.left;
  if (length !== progress.left && !piece) return false;
  if (shownSeq(segment, flow) !== progress.seq) return false;
  // FIN stands on the last piece, CWR on the first (RFC 3168 section 6.1.2).
  const first = progress.left === spec.length;
  let wanted = spec.flags;
  // PSH within a long segment tells nothing: a card that segments would not have set it (RFC 9293 section 3.9.1.2).
  if (piece) wanted = (wanted & ~(TCP_FLAG.psh | TCP_FLAG.fin)) | (segment.flags & TCP_FLAG.psh);
  if (!first) wanted &= ~TCP_FLAG.cwr;
  if (segment.flags !== wanted) return false;
  if ((wanted & TCP_FLAG.ack) !== 0 && spec.ack !== undefined && unsigned(segment.ack) !== spec.ack) return false;
  if (!bsd && spec.window !== undefined && segment.window !== spec.window) return false;
  if (spec.urgent !== undefined && segment.urgentPointer !== spec.urgent) return false;
  return optionsMatch(spec, segment, flow, bsd);
}

function optionsMatch(spec: TcpPacketSpec, segment: TcpSegment, flow: Flow, bsd: boolean): boolean {
  if (spec.options === 'any') return true;
  const live = optionsOf(segment, flow);
  if (spec.options === undefined) {
    if (segment.has(TCP_FLAG.syn)) return live.length === 0;
    const rest = live.filter(({ kind }) => kind !== 'TS' && kind !== 'nop');
    return rest.length === 0;
  }
  if (bsd) return sameSet(spec.options, live);
  const wanted = spec.options;
  return wanted.length === live.length && wanted.every((option, i) => sameOption(option, live[i]!));
}

/** The same options in whatever order and padding; the window's scale is the host's own business. */
function sameSet(wanted: readonly TcpOption[], live: readonly TcpOption[]): boolean {
  const real = (list: readonly TcpOption[]): TcpOption[] => list.filter(({ kind }) => kind !== 'nop' && kind !== 'eol');
  const [a, b] = [real(wanted), real(live)];
  return (
    a.length === b.length &&
    a.every((one) => b.some((other) => (one.kind === 'wscale' ? other.kind === 'wscale' : sameOption(one, other))))
  );
}

function sameOption(wanted: TcpOption, live: TcpOption): boolean {
  if (wanted.kind === 'TS' && live.kind === 'TS') return wanted.ecr === live.ecr;
  return optionText(wanted) === optionText(live);
}
