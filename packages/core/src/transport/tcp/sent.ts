/**
 * A segment that was sent and is not yet acknowledged, and the two lists it is in: by sequence number (what the cumulative ACK and the SACK
 * scoreboard walk) and by time of its last transmission (what RACK walks, RFC 8985 section 5.2). Segments that left together are one *buffer*, as on Linux
 * (`SENT.JOINED`): they are lost together, go again together, and the send buffer is charged for each buffer once.
 */
import type { Seq } from '../../base/sequence.ts';
import type { Instant } from '../../time/instant.ts';
import type { Payload } from '../../wire/payload.ts';
import { SENT } from './constants.ts';
import type { ControlBlock } from './control-block.ts';

export class Sent {
  next: Sent | undefined = undefined;
  previous: Sent | undefined = undefined;
  later: Sent | undefined = undefined;
  earlier: Sent | undefined = undefined;
  /** In the list by time; a segment marked lost leaves it until it is sent again. */
  timed = false;
  /** `SENT` bits. */
  marks = 0;
  seq: Seq;
  endSeq: Seq;

  constructor(
    seq: Seq,
    endSeq: Seq,
    /** Flags beside ACK: SYN, FIN, PSH. */
    public flags: number,
    public payload: Payload,
    /** Of its last transmission. */
    public sentAt: Instant,
    /** The packet of its first transmission, the cause of all later ones. */
    public packet: number,
  ) {
    this.seq = seq | 0;
    this.endSeq = endSeq | 0;
  }
}

/** Appends to both lists. */
export function appendSent(c: ControlBlock, sent: Sent): void {
  const tail = c.rtxTail;
  sent.previous = tail;
  if (tail === undefined) c.rtxHead = sent;
  else tail.next = sent;
  c.rtxTail = sent;
  if (!(sent.marks & SENT.JOINED)) c.buffersOut++;
  appendTimed(c, sent);
}

export function insertAfter(c: ControlBlock, at: Sent, sent: Sent): void {
  sent.previous = at;
  sent.next = at.next;
  if (at.next === undefined) c.rtxTail = sent;
  else at.next.previous = sent;
  at.next = sent;
}

/** The segment behind `sent` in its buffer. */
export function joinedTo(sent: Sent): Sent | undefined {
  const { next } = sent;
  return next !== undefined && next.marks & SENT.JOINED ? next : undefined;
}

export function firstOfBuffer(sent: Sent): Sent {
  let first = sent;
  while (first.marks & SENT.JOINED) first = first.previous!;
  return first;
}

export function lastOfBuffer(sent: Sent): Sent {
  let last = sent;
  for (let next = joinedTo(sent); next !== undefined; next = joinedTo(next)) last = next;
  return last;
}

/** A buffer ends before `sent`, and another begins. */
export function separate(c: ControlBlock, sent: Sent): void {
  sent.marks &= ~SENT.JOINED;
  c.buffersOut++;
}

/** Takes one off: it was acknowledged, or is part of the one before it now. What is left of its buffer begins with the next. */
export function removeSent(c: ControlBlock, sent: Sent): void {
  if (!(sent.marks & SENT.JOINED)) {
    const rest = joinedTo(sent);
    if (rest === undefined) c.buffersOut--;
    else rest.marks &= ~SENT.JOINED;
  }
  if (sent.previous === undefined) c.rtxHead = sent.next;
  else sent.previous.next = sent.next;
  if (sent.next === undefined) c.rtxTail = sent.previous;
  else sent.next.previous = sent.previous;
  if (c.retransmitHint === sent) c.retransmitHint = undefined;
  if (c.sackHint === sent) c.sackHint = undefined;
  removeTimed(c, sent);
  sent.next = undefined;
  sent.previous = undefined;
}

export function appendTimed(c: ControlBlock, sent: Sent): void {
  const tail = c.timedTail;
  sent.earlier = tail;
  sent.later = undefined;
  sent.timed = true;
  if (tail === undefined) c.timedHead = sent;
  else tail.later = sent;
  c.timedTail = sent;
}

/** Puts `sent` right behind `at` in time: the second half of a split segment. */
export function insertTimedAfter(c: ControlBlock, at: Sent, sent: Sent): void {
  sent.earlier = at;
  sent.later = at.later;
  sent.timed = true;
  if (at.later === undefined) c.timedTail = sent;
  else at.later.earlier = sent;
  at.later = sent;
}

export function removeTimed(c: ControlBlock, sent: Sent): void {
  if (!sent.timed) return;
  if (sent.earlier === undefined) c.timedHead = sent.later;
  else sent.earlier.later = sent.later;
  if (sent.later === undefined) c.timedTail = sent.earlier;
  else sent.later.earlier = sent.earlier;
  sent.earlier = undefined;
  sent.later = undefined;
  sent.timed = false;
}
