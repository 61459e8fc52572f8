/**
 * The rules of conversation analysis, one function each: what a segment says about its own direction, whether it acknowledges or repeats,
 * and what is in flight after it. Those of the Wireshark User's Guide ("TCP Analysis"); tshark is the referee where the guide is silent.
 */
import { seqGt, seqLeq, seqLt } from '../base/sequence.ts';
import type { TcpFinding } from '../wire/dissector.ts';
import { TCP_FLAG } from '../wire/packet.ts';
import type { Direction, Unacked } from './conversation.ts';
import type { SegmentView } from './segment-view.ts';

const { fin: FIN, syn: SYN, rst: RST, psh: PSH, ack: ACK } = TCP_FLAG;
/** A retransmission this soon after the duplicate ACKs that ask for it is a fast one. */
const FAST_RETRANSMISSION_NS = 20_000_000;
/** Reordering is assumed within this time of the newest segment as long as the round-trip time is unknown. */
const REORDER_NS = 3_000_000;
/** Segments remembered per direction while no ACK is seen. */
const MAX_UNACKED = 10_000;

/** The findings and numbers of one segment, filled in rule by rule. */
export interface Draft {
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

export interface Step {
  readonly s: SegmentView;
  readonly forward: Direction;
  readonly reverse: Direction;
  readonly number: number;
  readonly atNs: number;
  readonly draft: Draft;
  readonly rttNs: number | undefined;
}

export function analyse(step: Step): void {
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
  // A SYN has nothing before it that could have overtaken it.
  const soon = atNs - forward.nextSeqAtNs < (step.rttNs ?? REORDER_NS) && (s.flags & SYN) === 0;
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
    const segment = { frame: number, atNs, seq: s.seq, nextSeq };
    forward.unacked.push(segment);
    span(forward, segment, forward.unacked.length === 1);
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
      span(reverse, segment, kept.length === 1);
    } else if (segment.nextSeq === s.ack && draft.acksFrame === undefined) {
      draft.acksFrame = segment.frame;
      draft.ackRttNs = atNs - segment.atNs;
    }
  }
  reverse.unacked = kept;
}

/** Widens the range of unacknowledged numbers by a segment. */
function span(direction: Direction, { seq, nextSeq }: Unacked, first: boolean): void {
  const low = (seq - direction.base!) >>> 0;
  const high = (nextSeq - direction.base!) >>> 0;
  direction.unackedLow = first ? low : Math.min(direction.unackedLow, low);
  direction.unackedHigh = first ? high : Math.max(direction.unackedHigh, high);
}

function flight({ s, forward, reverse, draft }: Step): void {
  if (s.length === 0 || forward.unacked.length === 0 || !forward.flightKnown) return;
  let bytes = forward.unackedHigh - forward.unackedLow;
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
