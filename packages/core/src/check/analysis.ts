/**
 * Conversation analysis of TCP as Wireshark's `tcp.analysis.*` fields have it: relative numbers, stream index, retransmissions and
 * their kinds, duplicate ACKs, window events, keep-alives, round-trip times, bytes in flight. One `TcpAnalysis` per capture point, fed
 * with every frame in order; each answer uses only what came before. The rules are those of the Wireshark User's Guide ("TCP
 * Analysis"), and tshark is the referee where the guide is silent. Left out: MPTCP, and findings that need a second pass.
 */
import { seqGt, seqLeq, seqLt } from '../base/sequence.ts';
import type { TcpContext, TcpFinding } from '../wire/dissector.ts';
import { type Frame, TCP_FLAG } from '../wire/packet.ts';
import { type SegmentView, segmentView } from './segment-view.ts';

const { fin: FIN, syn: SYN, rst: RST, psh: PSH, ack: ACK } = TCP_FLAG;
/** A retransmission this soon after the duplicate ACKs that ask for it is a fast one. */
const FAST_RETRANSMISSION_NS = 20_000_000;
/** Reordering is assumed within this time of the newest segment as long as the round-trip time is unknown. */
const REORDER_NS = 3_000_000;
/** Segments remembered per direction while no ACK is seen. */
const MAX_UNACKED = 10_000;
/** Wireshark's bits of `tcp.completeness`. */
const COMPLETE = { syn: 1, synAck: 2, ack: 4, data: 8, fin: 16, rst: 32 } as const;

interface Unacked {
  readonly frame: number;
  readonly atNs: number;
  seq: number;
  readonly nextSeq: number;
}

/** What is known of one direction. */
class Direction {
  base: number | undefined;
  /** One past the highest sequence number seen; undefined before the first segment. */
  nextSeq: number | undefined;
  nextSeqAtNs = 0;
  nextSeqFrame = 0;
  /** Highest number that the other side may acknowledge. */
  maxToBeAcked: number | undefined;
  lastAck: number | undefined;
  lastAckAtNs = 0;
  /** The last segment had the ACK flag. */
  acked = false;
  /** As in the header, not scaled. */
  window = -1;
  /** -1 not known, -2 not in use. */
  windowShift = -1;
  /** The last window was of a segment without SYN, so it is scaled. */
  scaled = false;
  duplicateAcks = 0;
  firstOfDuplicates = 0;
  /** The other side acknowledged what this one was never seen to send, and this one has not acknowledged since. */
  holeReported = false;
  lastFindings: readonly TcpFinding[] = [];
  unacked: Unacked[] = [];
  sacked: SegmentView['sack'] = [];
  /** Bytes in flight mean nothing after a hole, until the other side's next ACK. */
  flightKnown = true;
  pushBytes = 0;
  pushedLast = false;
}

class Conversation {
  readonly directions: readonly [Direction, Direction] = [new Direction(), new Direction()];
  completeness = 0;
  fresh = true;
  synAtNs: number | undefined;
  initialRttNs: number | undefined;
  previousNs: number;

  constructor(
    readonly stream: number,
    /** Address and port of direction 0. */
    readonly owner: string,
    readonly firstNs: number,
  ) {
    this.previousNs = firstNs;
  }
}

/** The findings and numbers of one segment, filled in rule by rule. */
interface Draft {
  readonly findings: TcpFinding[];
  /** Something was looked up in the conversation, even where nothing came of it: the round-trip time is shown. */
  measured: boolean;
  duplicateAckNumber?: number;
  duplicateAckFrame?: number;
  acksFrame?: number;
  ackRttNs?: number;
  rtoNs?: number;
  rtoFrame?: number;
  bytesInFlight?: number;
  pushBytesSent?: number;
}

export class TcpAnalysis {
  private readonly conversations = new Map<string, Conversation>();
  private streams = 0;

  /** The next frame of the capture, `number` from 1, seen at `atNs`; undefined where it is no TCP. */
  packet(frame: Frame, number: number, atNs: number): TcpContext | undefined {
    const segment = segmentView(frame);
    return segment === undefined ? undefined : this.segment(segment, number, atNs);
  }

  segment(s: SegmentView, number: number, atNs: number): TcpContext {
    const from = `${s.src}:${s.srcPort}`;
    const { conversation, reused } = this.conversationOf(s, from, atNs);
    const back = conversation.owner === from ? 1 : 0;
    const forward = conversation.directions[1 - back]!;
    const reverse = conversation.directions[back]!;
    setBases(s, forward, reverse);
    scaling(s, forward, reverse);
    const draft: Draft = { findings: reused ? ['reused_ports'] : [], measured: false };
    analyse({ s, forward, reverse, number, atNs, draft, rttNs: conversation.initialRttNs });
    roundTrip(s, conversation, atNs);
    const context = contextOf(s, conversation, forward, reverse, atNs, draft);
    // A first segment that is no SYN leaves open what came before it, and Wireshark does not count it.
    if (!conversation.fresh || (s.flags & SYN) !== 0) conversation.completeness |= completenessOf(s);
    conversation.fresh = false;
    conversation.previousNs = atNs;
    return context;
  }

  /** A SYN with another initial sequence number starts a conversation anew. */
  private conversationOf(s: SegmentView, from: string, atNs: number): { conversation: Conversation; reused: boolean } {
    const to = `${s.dst}:${s.dstPort}`;
    const key = from < to ? `${from}-${to}` : `${to}-${from}`;
    const known = this.conversations.get(key);
    let reused = false;
    if (known !== undefined) {
      const own = known.directions[known.owner === from ? 0 : 1]!;
      reused = (s.flags & (SYN | ACK)) === SYN && own.base !== undefined && own.base !== s.seq;
      if (!reused) return { conversation: known, reused };
    }
    const conversation = new Conversation(this.streams++, from, atNs);
    this.conversations.set(key, conversation);
    return { conversation, reused };
  }
}

/** Numbers count from the SYN; where it was not seen, the first segment's data begins at 1. */
function setBases(s: SegmentView, forward: Direction, reverse: Direction): void {
  forward.base ??= (s.flags & SYN) !== 0 ? s.seq : (s.seq - 1) >>> 0;
  if ((s.flags & ACK) !== 0) reverse.base ??= (s.ack - 1) >>> 0;
}

/** RFC 7323 section 2.2: scaling is in use only where both SYNs offer it. */
function scaling(s: SegmentView, forward: Direction, reverse: Direction): void {
  if ((s.flags & SYN) === 0) return;
  if (s.windowShift >= 0) forward.windowShift = Math.min(s.windowShift, 14);
  if ((s.flags & ACK) === 0) return;
  if (s.windowShift < 0 || reverse.windowShift < 0) {
    forward.windowShift = -2;
    reverse.windowShift = -2;
  }
}

/** From the SYN to the ACK that ends the handshake. */
function roundTrip(s: SegmentView, conversation: Conversation, atNs: number): void {
  if ((s.flags & (SYN | ACK)) === SYN) conversation.synAtNs = atNs;
  const ends = (s.flags & (SYN | ACK)) === ACK;
  if (ends && conversation.initialRttNs === undefined && conversation.synAtNs !== undefined) {
    conversation.initialRttNs = atNs - conversation.synAtNs;
  }
}

function completenessOf(s: SegmentView): number {
  let bits = 0;
  if ((s.flags & SYN) !== 0) bits |= (s.flags & ACK) !== 0 ? COMPLETE.synAck : COMPLETE.syn;
  else if (s.length > 0) bits |= COMPLETE.data;
  else if ((s.flags & ACK) !== 0) bits |= COMPLETE.ack;
  if ((s.flags & FIN) !== 0) bits |= COMPLETE.fin;
  if ((s.flags & RST) !== 0) bits |= COMPLETE.rst;
  return bits;
}

interface Step {
  readonly s: SegmentView;
  readonly forward: Direction;
  readonly reverse: Direction;
  readonly number: number;
  readonly atNs: number;
  readonly draft: Draft;
  readonly rttNs: number | undefined;
}

function analyse(step: Step): void {
  const { s, forward, reverse, draft } = step;
  if ((s.flags & ACK) !== 0) reverse.flightKnown = true;
  if (s.length === 1 && s.seq === forward.nextSeq && reverse.window === 0) draft.findings.push('zero_window_probe');
  else forwardFindings(step);
  if (s.ack !== forward.lastAck) {
    forward.firstOfDuplicates = step.number;
    forward.duplicateAcks = 0;
    forward.holeReported = false;
  }
  acksUnseen(step);
  if (s.length > 0 || (s.flags & (SYN | FIN)) !== 0) repeats(step);
  remember(step);
  acknowledge(step);
  flight(step);
}

/** What the segment says about its own direction, in the order in which Wireshark looks. */
function forwardFindings(step: Step): void {
  const { s, forward, reverse, draft } = step;
  const { findings } = draft;
  const plain = (s.flags & (SYN | FIN | RST)) === 0;
  const next = forward.nextSeq;
  if (s.window === 0 && plain) findings.push('zero_window');
  if (next !== undefined && seqGt(s.seq, next) && (s.flags & RST) === 0) {
    findings.push('lost_segment');
    forward.flightKnown = false;
  }
  if (!plain) return;
  if (s.length <= 1 && next !== undefined && s.seq === (next - 1) >>> 0) findings.push('keep_alive');
  const repeatsAck = s.length === 0 && s.seq === next && s.ack === forward.lastAck;
  if (repeatsAck && s.window !== 0 && s.window !== forward.window) findings.push('window_update');
  if (s.length > 0 && fillsWindow(s, reverse)) findings.push('window_full');
  if (repeatsAck && s.window !== 0 && s.window === forward.window && reverse.lastFindings.includes('keep_alive')) {
    findings.push('keep_alive_ack');
    return;
  }
  if (repeatsAck && s.window === 0 && forward.window === 0 && reverse.lastFindings.includes('zero_window_probe')) {
    findings.push('zero_window_probe_ack');
    return;
  }
  if (!repeatsAck || s.window === 0 || s.window !== forward.window) return;
  forward.duplicateAcks++;
  forward.holeReported = false;
  findings.push('duplicate_ack');
  draft.duplicateAckNumber = forward.duplicateAcks;
  draft.duplicateAckFrame = forward.firstOfDuplicates;
}

function fillsWindow(s: SegmentView, reverse: Direction): boolean {
  if (reverse.windowShift === -1 || reverse.lastAck === undefined) return false;
  const shift = reverse.scaled && reverse.windowShift > 0 ? reverse.windowShift : 0;
  return (s.seq + s.length) >>> 0 === (reverse.lastAck + reverse.window * (1 << shift)) >>> 0;
}

/** Said once for a hole; where nothing newer was seen at all, once until the other side acknowledges again, and not to its repeated ACKs. */
function acksUnseen({ s, reverse, draft }: Step): void {
  const highest = reverse.maxToBeAcked;
  if ((s.flags & ACK) === 0 || highest === undefined || !seqGt(s.ack, highest)) return;
  draft.measured = true;
  if (reverse.nextSeq !== undefined && seqLt(highest, reverse.nextSeq)) {
    draft.findings.push('ack_lost_segment');
    reverse.maxToBeAcked = reverse.nextSeq;
    return;
  }
  if (reverse.duplicateAcks === 0 && !reverse.holeReported) draft.findings.push('ack_lost_segment');
  reverse.duplicateAcks = 0;
  reverse.holeReported = true;
}

/** Data, SYN or FIN that does not advance the sequence: which kind of repetition, if it is one. */
function repeats(step: Step): void {
  const { s, forward, reverse, atNs, draft } = step;
  const next = forward.nextSeq;
  if (draft.findings.includes('keep_alive')) return;
  let old = next !== undefined && seqLt(s.seq, next);
  // More than the byte of a zero-window probe: the rest is new.
  if (next !== undefined && s.length > 1 && s.seq === (next - 1) >>> 0) old = false;
  const end = (s.seq + s.length) >>> 0;
  if (s.length > 0 && reverse.acked && seqLeq(end, reverse.lastAck!)) {
    draft.findings.push('spurious_retransmission');
    return;
  }
  if (!old) return;
  const asked = (reverse.duplicateAcks >= 2 || reverse.holeReported) && reverse.lastAck === s.seq;
  if (asked && atNs - reverse.lastAckAtNs < FAST_RETRANSMISSION_NS) {
    draft.findings.push('fast_retransmission');
    return;
  }
  const soon = atNs - forward.nextSeqAtNs < (step.rttNs ?? REORDER_NS);
  if (soon && next !== (end + ((s.flags & (SYN | FIN)) !== 0 ? 1 : 0)) >>> 0) {
    draft.findings.push('out_of_order');
    return;
  }
  draft.findings.push('retransmission');
  retransmissionTimeout(step);
}

/** Measured from the oldest unacknowledged segment, or from the newest segment where none is left. */
function retransmissionTimeout({ forward, atNs, draft }: Step): void {
  draft.rtoNs = atNs - forward.nextSeqAtNs;
  draft.rtoFrame = forward.nextSeqFrame;
  const oldest = forward.unacked[0];
  if (oldest === undefined) return;
  draft.rtoNs = atNs - oldest.atNs;
  draft.rtoFrame = oldest.frame;
}

function remember({ s, forward, number, atNs, draft }: Step): void {
  const counts = (s.flags & (SYN | FIN)) !== 0 ? 1 : 0;
  const nextSeq = (s.seq + s.length + counts) >>> 0;
  if (s.length + counts > 0 && forward.unacked.length < MAX_UNACKED) {
    forward.unacked.push({ frame: number, atNs, seq: s.seq, nextSeq });
  }
  const probe = draft.findings.includes('zero_window_probe');
  if ((forward.nextSeq === undefined || seqGt(nextSeq, forward.nextSeq)) && !probe) {
    forward.nextSeq = nextSeq;
    forward.nextSeqAtNs = atNs;
    forward.nextSeqFrame = number;
  }
  if ((forward.maxToBeAcked === undefined || s.seq === forward.maxToBeAcked) && !probe)
    forward.maxToBeAcked = forward.nextSeq;
  forward.window = s.window;
  forward.scaled = (s.flags & SYN) === 0;
  forward.lastAck = s.ack;
  forward.lastAckAtNs = atNs;
  forward.acked = (s.flags & ACK) !== 0;
  forward.lastFindings = draft.findings;
  forward.sacked = s.sack;
}

/** Forgets what this segment acknowledges; the segment that ends there gives the round-trip time. */
function acknowledge({ s, reverse, atNs, draft }: Step): void {
  if (reverse.unacked.length === 0) return;
  const kept: Unacked[] = [];
  for (const segment of reverse.unacked) {
    if (seqGt(segment.nextSeq, s.ack)) {
      if (seqGt(s.ack, segment.seq)) segment.seq = s.ack;
      kept.push(segment);
    } else if (segment.nextSeq === s.ack && draft.acksFrame === undefined) {
      draft.acksFrame = segment.frame;
      draft.ackRttNs = atNs - segment.atNs;
    }
  }
  reverse.unacked = kept;
}

function flight({ s, forward, reverse, draft }: Step): void {
  if (s.length === 0 || forward.unacked.length === 0 || !forward.flightKnown) return;
  const base = forward.base!;
  let first = 0xffff_ffff;
  let last = 0;
  for (const segment of forward.unacked) {
    first = Math.min(first, (segment.seq - base) >>> 0);
    last = Math.max(last, (segment.nextSeq - base) >>> 0);
  }
  let bytes = last - first;
  for (const [left, right] of reverse.sacked) bytes -= (right - left) >>> 0;
  // SYN and FIN take a sequence number and are no bytes.
  const virtual = (s.flags & (SYN | FIN)) !== 0 ? 1 : 0;
  if (bytes > 0 && bytes < 2_000_000_000) draft.bytesInFlight = bytes - virtual;
  if (forward.pushedLast) forward.pushBytes = 0;
  forward.pushBytes += s.length;
  forward.pushedLast = (s.flags & PSH) !== 0;
  if (draft.bytesInFlight !== undefined) draft.pushBytesSent = forward.pushBytes;
  draft.measured = true;
}

function contextOf(
  s: SegmentView,
  conversation: Conversation,
  forward: Direction,
  reverse: Direction,
  atNs: number,
  draft: Draft,
): TcpContext {
  const measured = draft.measured || draft.findings.length > 0 || draft.acksFrame !== undefined;
  const shown = measured && conversation.initialRttNs !== undefined && (s.flags & SYN) === 0;
  return {
    stream: conversation.stream,
    completeness: conversation.completeness,
    seqBase: forward.base ?? 0,
    ackBase: reverse.base ?? 0,
    windowShift: forward.windowShift,
    sinceFirstNs: atNs - conversation.firstNs,
    sincePreviousNs: atNs - conversation.previousNs,
    analysed: measured,
    ...numbersOf(draft),
    ...(shown ? { initialRttNs: conversation.initialRttNs! } : {}),
  };
}

function numbersOf({ measured: _, ...numbers }: Draft): Omit<Draft, 'measured'> {
  return numbers;
}
