/**
 * New data: from the program into the send queue, from the queue onto the wire as far as the peer's window, the congestion window and Nagle
 * allow (RFC 9293 section 3.7.4 and 3.8.6.2.1).
 */
import { seqAdd, seqGt, seqLt } from '../../base/sequence.ts';
import { TCP_FLAG } from '../../wire/packet.ts';
import { EMPTY_PAYLOAD, type Payload } from '../../wire/payload.ts';
import { burstSegments, shouldDefer } from './burst.ts';
import { BUSY, startBusy, stopBusy } from './chronograph.ts';
import { GSO_MAX_BYTES, PENDING, SENT, STATE } from './constants.ts';
import { type ControlBlock, now, windowEnd } from './control-block.ts';
import { inFlight, inReduction, restartAfterIdle, validateCwnd } from './cwnd.ts';
import { PROBED, tryMtuProbe } from './mtu-probe.ts';
import { boundToHalfWindow, currentMss, ident, transmit } from './output.ts';
import { armProbe } from './persist.ts';
import { checkSpace, hasSendSpace, unsentBytes } from './send-buffer.ts';
import { SendQueue } from './send-queue.ts';
import { appendSent, Sent } from './sent.ts';
import { armRto } from './timers.ts';
import { scheduleLossProbe } from './tlp.ts';

/** Bits of `nagle`. */
export const NAGLE = { OFF: 1, CORK: 2, PUSH: 4 } as const;

/** Is there anything that was never sent: bytes, or the FIN behind them? */
export function hasUnsent(c: ControlBlock): boolean {
  return unsentBytes(c) > 0 || (c.finQueued && c.sndNxt !== c.writeSeq);
}

/** A write would be taken in, if only in part: the last buffer is not full, or another may be begun. */
export function takesData(c: ControlBlock): boolean {
  const room = c.sendQueue === undefined ? 0 : c.sendQueue.groupRoom(groupLimit(c, currentMss(c)));
  return (c.notices === undefined ? room : c.notices.roomBehind(room)) > 0 || hasSendSpace(c);
}

/** Takes in what there is room for, group by group, and sends what may go: the bytes taken. */
export function queueData(
  c: ControlBlock,
  payload: Payload,
  more: boolean,
  urgent: boolean,
  endOfRecord: boolean,
): number {
  const queue = (c.sendQueue ??= new SendQueue());
  let taken = 0;
  while (taken < payload.length) {
    const mss = currentMss(c);
    // Urgent data goes segment by segment (tcp_xmit_size_goal).
    const limit = urgent ? mss : groupLimit(c, mss);
    let room = queue.groupRoom(limit);
    let size = Math.min(room === 0 ? limit : room, payload.length - taken);
    const full = size === (room === 0 ? limit : room);
    const apart = room === 0 && c.notices?.keepsApart === true;
    if (c.notices !== undefined) {
      const behind = c.notices.roomBehind(room);
      // A buffer that points to all the pages that it can ends there.
      if (behind === 0 && room > 0) {
        markPush(c);
        queue.markApart();
      } else if (room > 0 && c.notices.keepsApart) queue.markGroupApart();
      room = behind;
      size = Math.min(size, room === 0 ? c.notices.roomInNew(limit) : room);
    }
    if (room === 0 && !hasSendSpace(c)) break;
    if (room === 0) {
      if (apart) queue.markApart();
      if (c.packetsOut === 0) restartAfterIdle(c);
      c.nagle &= ~NAGLE.PUSH;
    }
    if (queue.length === 0) startBusy(c, BUSY.SENDING);
    queue.add(
      taken === 0 && size === payload.length ? payload : payload.slice(taken, taken + size),
      room > 0,
      taken > 0,
    );
    const before = c.writeSeq;
    c.writeSeq = seqAdd(before, size);
    if (c.notices !== undefined) c.notices.queued(before, room > 0);
    taken += size;
    if (taken < payload.length && !urgent && full) pushFullGroup(c, mss);
  }
  if (taken === 0) return 0;
  // Who has to wait for room pushes what is there, and may find room by that (tcp_sendmsg_locked, wait_for_space).
  const waits = taken < payload.length;
  if (waits) c.noSpace = true;
  if (!more || waits || forcedPush(c)) markPush(c);
  if (endOfRecord && !waits) queue.markEndOfRecord();
  if (urgent) c.sndUp = c.writeSeq;
  if (c.notices !== undefined && !waits) c.notices.queuedAll();
  pushPending(c, waits ? NAGLE.PUSH : more ? NAGLE.CORK : c.nagle);
  return taken;
}

/** What is queued so far ends with a push (tcp_mark_push). */
function markPush(c: ControlBlock): void {
  c.sendQueue?.markPush();
  c.pushedSeq = c.writeSeq;
}

/** What waits goes, as if its last write had not announced more (tcp_push). */
export function pushQueued(c: ControlBlock): void {
  markPush(c);
  pushPending(c, c.nagle);
}

function groupLimit(c: ControlBlock, mss: number): number {
  const most = boundToHalfWindow(c, GSO_MAX_BYTES);
  return Math.max(mss, most - (most % mss));
}

/** A writer that outruns half of the peer's window pushes on the way. */
function forcedPush(c: ControlBlock): boolean {
  return seqGt(c.writeSeq, seqAdd(c.pushedSeq, c.maxWindow >> 1));
}

function pushFullGroup(c: ControlBlock, mss: number): void {
  if (forcedPush(c)) {
    markPush(c);
    sendWhatFits(c, mss, NAGLE.PUSH);
  } else sendWhatFits(c, mss, NAGLE.PUSH, 1);
}

/** Sends what may go now; starts the zero-window probe where nothing may and nothing is out (RFC 9293 section 3.8.6.1). */
export function pushPending(c: ControlBlock, nagle: number): void {
  if (c.state === STATE.CLOSED || !hasUnsent(c)) return;
  if (sendWhatFits(c, currentMss(c), nagle)) armProbe(c);
}

/** After an ACK or a timer: as `pushPending` with the socket's own Nagle setting. */
export function pushAfterAck(c: ControlBlock): void {
  if (hasUnsent(c)) pushPending(c, c.nagle);
}

/** Nagle's rule in Minshall's form: a small segment waits while an earlier small one is unacknowledged (RFC 9293 SHLD-7). */
function nagleHolds(c: ControlBlock, partial: boolean, nagle: number): boolean {
  if (!partial) return false;
  if (nagle & NAGLE.CORK) return true;
  return nagle === 0 && c.packetsOut > 0 && seqGt(c.sndSmall, c.sndUna) && !seqGt(c.sndSmall, c.sndNxt);
}

/**
 * The sending loop, burst by burst. `limit` bursts at most (0: no limit); `forced` sends one segment beyond the congestion window, for a loss probe.
 * True where there is data, none of it was sent, and nothing is out that an ACK would come for.
 */
export function sendWhatFits(c: ControlBlock, mss: number, nagle: number, limit = 0, forced = false): boolean {
  let sent = 0;
  let deferred = false;
  let windowLimited = false;
  if (c.mtuProbe !== undefined && limit === 0) {
    const probed = tryMtuProbe(c, c.mtuProbe);
    if (probed === PROBED.WAIT) return false;
    if (probed === PROBED.SENT) sent = 1;
  }
  const end = windowEnd(c);
  // Two bursts at least share a window, so that ACKs keep coming.
  const halfWindow = Math.max(c.cwnd >> 1, 1);
  for (let bursts = 0; hasUnsent(c) && (limit === 0 || bursts < limit); bursts++) {
    const record = c.sendQueue === undefined ? 0 : c.sendQueue.recordLength;
    const room = forced ? 1 : c.cwnd - inFlight(c);
    if (room <= 0) break;
    const space = (end - c.sndNxt) | 0;
    if (record <= mss) {
      const length = nextLength(c, record, mss, space, nagle);
      if (length < 0) {
        windowLimited = length === NO_WINDOW;
        growWaiting(c, mss, room);
        break;
      }
      sendNext(c, length, mss, false);
      sent++;
      if (c.noSpace) checkSpace(c);
      continue;
    }
    // A segment waits until it fits whole (RFC 9293 section 3.8.6.2.1, condition 1).
    if (space < mss) {
      windowLimited = true;
      growWaiting(c, mss, room);
      break;
    }
    const most = burstSegments(c, mss);
    if (limit === 0 && shouldDefer(c, mss, most, space)) {
      deferred = (c.cwnd - inFlight(c)) * mss < space;
      windowLimited = !deferred;
      growWaiting(c, mss, room);
      break;
    }
    const quota = Math.min(room, most, halfWindow);
    // One buffer is made of what may go (tcp_grow_skb): it has one byte watched, and its push is at its end.
    if (c.notices !== undefined) c.notices.grown(Math.min(record, quota * mss));
    if (isUrgent(c)) {
      // Urgent data goes segment by segment (tso_fragment).
      sendNext(c, mss, mss, false, false, quota > 1);
      sent++;
    } else sent += sendBurst(c, burstLength(c, record, mss, quota, space, nagle), mss);
    if (c.noSpace) checkSpace(c);
  }
  if (windowLimited) startBusy(c, BUSY.PEER_WINDOW);
  else if (c.busy === BUSY.PEER_WINDOW) stopBusy(c, BUSY.PEER_WINDOW);
  const limited = inFlight(c) >= c.cwnd || deferred;
  if (sent > 0) {
    if (inReduction(c)) c.prrOut += sent;
    if (!forced) scheduleLossProbe(c, false);
    validateCwnd(c, limited);
    return false;
  }
  if (limited) validateCwnd(c, true);
  return c.packetsOut === 0 && hasUnsent(c);
}

/** What may not go yet is made one buffer all the same, as far as the congestion window would let it go (tcp_grow_skb comes before the other tests). */
function growWaiting(c: ControlBlock, mss: number, room: number): void {
  const queue = c.sendQueue;
  if (queue === undefined || queue.groups < 2) return;
  const bytes = mss * Math.min(room, burstSegments(c, mss), Math.max(c.cwnd >> 1, 1));
  queue.grow(bytes);
  if (c.notices !== undefined) c.notices.grown(Math.min(queue.recordLength, bytes));
}

/** Bytes of the next burst: whole segments, and a last small one where the queue or the window ends and Nagle does not hold it (tcp_mss_split_point). */
function burstLength(
  c: ControlBlock,
  record: number,
  mss: number,
  segments: number,
  space: number,
  nagle: number,
): number {
  const most = mss * segments;
  const needed = Math.min(record, space);
  if (most <= needed) return most;
  const partial = needed % mss;
  return partial > 0 && !(nagle & NAGLE.PUSH) && nagleHolds(c, true, nagle) ? needed - partial : needed;
}

/** Urgent data is not yet acknowledged (tcp_urg_mode). */
function isUrgent(c: ControlBlock): boolean {
  return seqLt(c.sndUna, c.sndUp);
}

function sendBurst(c: ControlBlock, length: number, mss: number): number {
  const { dsackLeft, dsackRight } = c;
  let sent = 0;
  for (let left = length; left > 0; left -= mss) {
    // A burst is one buffer with one list of options: each of its segments reports the duplicate.
    if (dsackLeft !== dsackRight) {
      c.dsackLeft = dsackLeft;
      c.dsackRight = dsackRight;
    }
    sendNext(c, Math.min(left, mss), mss, left <= mss && sent > 0, sent > 0, left > mss);
    sent++;
  }
  return sent;
}

/** What `nextLength` answers where nothing may go: the peer's window has no room, or Nagle's rule holds it. */
const NO_WINDOW = -1;
const HELD = -2;

/** Payload length of a segment that ends the queue or a record; 0 is a bare FIN, negative is none. */
function nextLength(c: ControlBlock, length: number, mss: number, space: number, nagle: number): number {
  const last = c.sendQueue === undefined || length === c.sendQueue.length;
  const fin = last && c.finQueued;
  // RFC 9293 section 3.8.6.2.1, condition 2; a FIN needs window space as well.
  if (space < (fin ? length + 1 : length)) return NO_WINDOW;
  if (!fin && !isUrgent(c) && last && !(nagle & NAGLE.PUSH) && nagleHolds(c, length < mss, nagle)) return HELD;
  return length;
}

/** `joins`, `goesOn`: it leaves in one burst with the segment before it, with the one behind it. */
export function sendNext(
  c: ControlBlock,
  length: number,
  mss: number,
  push: boolean,
  joins = false,
  goesOn = false,
): void {
  const queue = c.sendQueue;
  const { sndNxt: seq } = c;
  const id = ident(c);
  let flags = 0;
  let endSeq = seq + length;
  const payload = queue === undefined ? undefined : queue.take(length);
  if (queue !== undefined && (queue.tookPush || queue.carriesPush)) {
    queue.carriesPush = goesOn;
    if (!goesOn) flags |= TCP_FLAG.psh;
  }
  if (c.finQueued && unsentBytes(c) === 0) {
    flags |= TCP_FLAG.fin;
    endSeq++;
  }
  endSeq |= 0;
  const sent = new Sent(seq, endSeq, flags, payload ?? EMPTY_PAYLOAD, now(c), id.id);
  if (flags & TCP_FLAG.psh && queue?.tookRecord === true) sent.marks = SENT.END_OF_RECORD;
  if (joins) sent.marks |= SENT.JOINED;
  else if (length > 0) noteDataSent(c);
  if (length < mss) c.sndSmall = endSeq;
  // The push that ends a burst belongs to this transmission only.
  transmit(c, seq, push ? flags | TCP_FLAG.psh : flags, sent.payload, id);
  accountSent(c, sent);
}

/** A new segment is out (tcp_event_new_data_sent). */
export function accountSent(c: ControlBlock, sent: Sent): void {
  const before = c.packetsOut;
  appendSent(c, sent);
  c.sndNxt = sent.endSeq;
  c.packetsOut++;
  if (before === 0 || c.pending === PENDING.LOSS_PROBE) armRto(c);
}

/** Data goes out: after idle time the algorithm is told, and an answer within the delayed-ACK time means an interactive exchange. */
export function noteDataSent(c: ControlBlock): void {
  const at = now(c);
  if (inFlight(c) === 0) c.congestion.onStart?.(c);
  c.lastSentAt = at;
  if (c.lastReceivedAt > 0 && at - c.lastReceivedAt < c.atoNs && c.pingpong < 255) c.pingpong++;
}

/** The FIN goes behind the last byte, in the same segment where that one is still unsent (RFC 9293 section 3.10.4). */
export function queueFin(c: ControlBlock): void {
  c.finQueued = true;
  const before = c.writeSeq;
  c.writeSeq = seqAdd(before, 1);
  c.notices?.queued(before, unsentBytes(c) > 0);
  startBusy(c, BUSY.SENDING);
  if (sendWhatFits(c, currentMss(c), NAGLE.OFF)) armProbe(c);
}

/** TCP_NODELAY (RFC 9293 MUST-17) and TCP_CORK. */
export function setNagle(c: ControlBlock, bit: number, on: boolean): void {
  if (on && bit === NAGLE.OFF) {
    c.nagle |= NAGLE.OFF | NAGLE.PUSH;
    pushPending(c, c.nagle);
  } else if (on) c.nagle |= bit;
  else {
    c.nagle &= ~bit;
    if (bit === NAGLE.CORK) {
      if (c.nagle & NAGLE.OFF) c.nagle |= NAGLE.PUSH;
      pushPending(c, c.nagle);
    }
  }
}

export function isPingpong(c: ControlBlock): boolean {
  return c.pingpong >= c.tcp.config.pingpongThreshold.number;
}
