/** What conversation analysis remembers between segments, and what the handshake settles. */
import type { TcpFinding } from '../wire/dissector.ts';
import { TCP_FLAG } from '../wire/packet.ts';
import type { SegmentView } from './segment-view.ts';

const { fin: FIN, syn: SYN, rst: RST, ack: ACK } = TCP_FLAG;
/** Wireshark's bits of `tcp.completeness`. */
const COMPLETE = { syn: 1, synAck: 2, ack: 4, data: 8, fin: 16, rst: 32 } as const;

export interface Unacked {
  readonly frame: number;
  readonly atNs: number;
  seq: number;
  readonly nextSeq: number;
}

/** What is known of one direction. */
export class Direction {
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
  /** From the lowest to the highest sequence number of those, counted from `base`. */
  unackedLow = 0;
  unackedHigh = 0;
  sacked: SegmentView['sack'] = [];
  /** Bytes in flight mean nothing after a hole, until the other side's next ACK. */
  flightKnown = true;
  pushBytes = 0;
  pushedLast = false;
}

export class Conversation {
  readonly directions: readonly [Direction, Direction] = [new Direction(), new Direction()];
  completeness = 0;
  fresh = true;
  /** A segment began with the start line of an HTTP message. */
  http = false;
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

/** Numbers count from the SYN; where it was not seen, the first segment's data begins at 1. */
export function setBases(s: SegmentView, forward: Direction, reverse: Direction): void {
  forward.base ??= (s.flags & SYN) !== 0 ? s.seq : (s.seq - 1) >>> 0;
  if ((s.flags & ACK) !== 0) reverse.base ??= (s.ack - 1) >>> 0;
}

/** RFC 7323 section 2.2: scaling is in use only where both SYNs offer it. */
export function scaling(s: SegmentView, forward: Direction, reverse: Direction): void {
  if ((s.flags & SYN) === 0) return;
  if (s.windowShift >= 0) forward.windowShift = Math.min(s.windowShift, 14);
  if ((s.flags & ACK) === 0) return;
  if (s.windowShift < 0 || reverse.windowShift < 0) {
    forward.windowShift = -2;
    reverse.windowShift = -2;
  }
}

/** From the latest SYN to the ACK that ends the handshake; none at all where that took no time, as for Wireshark. */
export function roundTrip(s: SegmentView, conversation: Conversation, atNs: number): void {
  if ((s.flags & (SYN | ACK)) === SYN) conversation.synAtNs = atNs;
  const ends = (s.flags & (SYN | ACK)) === ACK;
  if (ends && (conversation.initialRttNs ?? 0) === 0 && conversation.synAtNs !== undefined) {
    conversation.initialRttNs = atNs - conversation.synAtNs;
  }
}

export function completenessOf(s: SegmentView): number {
  let bits = 0;
  if ((s.flags & SYN) !== 0) bits |= (s.flags & ACK) !== 0 ? COMPLETE.synAck : COMPLETE.syn;
  else if (s.length > 0) bits |= COMPLETE.data;
  else if ((s.flags & ACK) !== 0) bits |= COMPLETE.ack;
  if ((s.flags & FIN) !== 0) bits |= COMPLETE.fin;
  if ((s.flags & RST) !== 0) bits |= COMPLETE.rst;
  return bits;
}
