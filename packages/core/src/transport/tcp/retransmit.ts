/**
 * Retransmission: of one segment, of all that is marked lost as the window allows, and by time-out (RFC 6298 section 5.4 to 5.7).
 */
import { seqAdd, seqDiff, seqGt, unsigned } from '../../base/sequence.ts';
import type { RetransmitReason } from '../../record/catalogue.ts';
import { PacketId, TCP_FLAG } from '../../wire/packet.ts';
import { joinPayloads } from '../../wire/payload.ts';
import { burstSegments } from './burst.ts';
import { CA, PENDING, RTO_INITIAL_NS, SENT, SSTHRESH_INFINITE, STATE } from './constants.ts';
import { type ControlBlock, now, timestampNow, windowEnd } from './control-block.ts';
import { inFlight, inReduction } from './cwnd.ts';
import { suspectBlackHole } from './mtu-probe.ts';
import { timeOut } from './outcome.ts';
import { currentMss, transmit, transmitSyn } from './output.ts';
import { enterLoss } from './recovery.ts';
import { rtoMinNs } from './route-metrics.ts';
import { computeRto } from './rtt.ts';
import { noteDataSent } from './send.ts';
import {
  appendTimed,
  insertAfter,
  insertTimedAfter,
  joinedTo,
  lastOfBuffer,
  removeSent,
  removeTimed,
  Sent,
  separate,
} from './sent.ts';
import { orphanRetries, rtoLeft, setPending } from './timers.ts';

const THIN_PACKETS = 4;
const THIN_RETRIES = 6;

/** Cuts a segment in two at `size` bytes; both stay in its buffer. */
function splitSent(c: ControlBlock, sent: Sent, size: number): void {
  const seq = seqAdd(sent.seq, size);
  const rest = new Sent(
    seq,
    sent.endSeq,
    sent.flags,
    sent.payload.slice(size, sent.payload.length),
    sent.sentAt,
    sent.packet,
  );
  sent.payload = sent.payload.slice(0, size);
  sent.endSeq = seq;
  sent.flags &= ~(TCP_FLAG.fin | TCP_FLAG.psh);
  rest.marks = sent.marks | SENT.JOINED;
  sent.marks &= ~SENT.END_OF_RECORD;
  insertAfter(c, sent, rest);
  if (sent.timed) insertTimedAfter(c, sent, rest);
  c.packetsOut++;
  if (rest.marks & SENT.SACKED) c.sackedOut++;
  if (rest.marks & SENT.LOST) c.lostOut++;
  if (rest.marks & SENT.RETRANSMITTED) c.retransOut++;
}

/** Several small segments go out again as one where they fit (tcp_retrans_collapse); RFC 9293 section 3.8.6.3 leaves it to the sender. */
function collapse(c: ControlBlock, sent: Sent, most: number): void {
  if (c.tcp.config.retransmitCollapse.number === 0 || sent.flags & TCP_FLAG.syn) return;
  for (;;) {
    const next = sent.next;
    if (next === undefined || sent.flags & TCP_FLAG.fin || next.flags & TCP_FLAG.syn) return;
    if (sent.marks & (SENT.END_OF_RECORD | SENT.SACKED) || joinedTo(next) !== undefined) return;
    if (c.notices?.inPages(sent.seq) === true || c.notices?.inPages(next.seq) === true) return; // skb_shift
    if (sent.payload.length + next.payload.length > most || next.marks & SENT.SACKED) return;
    if (seqGt(next.endSeq, windowEnd(c))) return;
    absorb(c, sent, next);
  }
}

/** Makes one of two neighbours. */
function absorb(c: ControlBlock, sent: Sent, next: Sent): void {
  c.notices?.joined(sent.seq, next.endSeq);
  sent.payload = joinPayloads([sent.payload, next.payload]);
  sent.endSeq = next.endSeq;
  sent.flags |= next.flags;
  sent.marks |= next.marks & (SENT.EVER_RETRANSMITTED | SENT.END_OF_RECORD);
  c.packetsOut--;
  if (next.marks & SENT.SACKED) c.sackedOut--;
  if (next.marks & SENT.LOST) c.lostOut--;
  if (next.marks & SENT.RETRANSMITTED) c.retransOut--;
  removeSent(c, next);
}

/** Lays a buffer out in segments of so many bytes (tcp_set_skb_tso_segs). */
function recut(c: ControlBlock, first: Sent, mss: number): void {
  for (let sent: Sent | undefined = first; sent !== undefined; sent = joinedTo(sent)) {
    for (let next = joinedTo(sent); next !== undefined && sent.payload.length < mss; next = joinedTo(sent)) {
      const room = mss - sent.payload.length;
      if (next.payload.length <= room) absorb(c, sent, next);
      else {
        sent.payload = joinPayloads([sent.payload, next.payload.slice(0, room)]);
        next.payload = next.payload.slice(room, next.payload.length);
        sent.endSeq = next.seq = seqAdd(next.seq, room);
      }
    }
    if (sent.payload.length > mss) splitSent(c, sent, mss);
  }
}

/** Makes a buffer of its first `length` bytes and another of the rest, which is returned, either laid out anew (tcp_fragment). */
export function cutBuffer(c: ControlBlock, first: Sent, length: number, mss: number): Sent {
  let sent = first;
  let left = length;
  for (; sent.payload.length < left; sent = sent.next!) left -= sent.payload.length;
  if (sent.payload.length > left) splitSent(c, sent, left);
  const rest = sent.next!;
  separate(c, rest);
  recut(c, first, mss);
  recut(c, rest, mss);
  return rest;
}

/** Bytes acknowledged in the middle of a segment are not sent again (RFC 9293 section 3.10.7.4). */
function trimHead(c: ControlBlock, sent: Sent): void {
  const done = seqDiff(c.sndUna, sent.seq);
  if (done <= 0) return;
  sent.payload = sent.payload.slice(Math.min(done, sent.payload.length), sent.payload.length);
  sent.seq = c.sndUna;
}

/**
 * An acknowledgement ends inside a buffer of several segments: what it covers is dropped, and the rest counts as the segments that it fills
 * (tcp_tso_acked). How many fewer are out. A segment that was alone in its buffer stays as it is; `remnant`: others of its buffer went just now.
 */
export function trimAcknowledged(c: ControlBlock, sent: Sent, remnant: boolean): number {
  if (!remnant && joinedTo(sent) === undefined) return 0;
  const before = c.packetsOut;
  const size = sent.payload.length;
  trimHead(c, sent);
  recut(c, sent, size);
  const fewer = before - c.packetsOut;
  if (c.sackOn && !(sent.marks & SENT.SACKED)) c.delivered += fewer;
  return fewer;
}

/** Makes a buffer as long as `most` segments and the window let it be, in segments of today's size: its last, undefined where the window has no room. */
function fit(c: ControlBlock, first: Sent, most: number): Sent | undefined {
  trimHead(c, first);
  const mss = currentMss(c);
  let space = (windowEnd(c) - first.seq) | 0;
  if (space <= 0) {
    // The window was taken back: only the first segment goes, as a probe (RFC 9293 section 3.8.6, MUST-34).
    if (first.seq !== c.sndUna) return undefined;
    space = mss;
  }
  const whole = space < mss ? space : space - (space % mss);
  const length = Math.min(mss * most, whole);
  const before = c.packetsOut;
  const last = lastOfBuffer(first);
  const size = seqDiff(last.seq, first.seq) + last.payload.length;
  if (size > length) cutBuffer(c, first, length, mss);
  else {
    recut(c, first, mss);
    if (size < Math.min(space, mss)) collapse(c, first, Math.min(space, mss));
  }
  // Without SACK nobody knows which segments arrived: fewer segments are fewer of those (tcp_adjust_pcount).
  if (!c.sackOn) c.sackedOut -= Math.max(0, Math.min(c.sackedOut, before - c.packetsOut));
  return lastOfBuffer(first);
}

/** Sends a buffer again, `most` segments of it: the last of them, undefined where the peer's window or the route does not let it (tcp_retransmit_skb). */
export function retransmit(
  c: ControlBlock,
  first: Sent,
  most: number,
  reason: RetransmitReason,
  probe = false,
): Sent | undefined {
  if (first.flags & TCP_FLAG.syn) return retransmitSyn(c, first, reason) ? first : undefined;
  if (c.mtuProbe !== undefined) c.mtuProbe.size = 0; // inconclusive
  const last = fit(c, first, most);
  if (last === undefined) return undefined;
  if (!probe) stampRetransmission(c);
  if (first.payload.length > 0) noteDataSent(c);
  const { dsackLeft, dsackRight } = c;
  for (let sent = first; ; sent = sent.next!) {
    // One buffer has one list of options: each of its segments reports the duplicate.
    c.dsackLeft = dsackLeft;
    c.dsackRight = dsackRight;
    const id = new PacketId(c.tcp.context.ids.next(), 'retransmission', sent.packet);
    report(c, sent, id.id, reason);
    // What goes as several segments ends with a push, this time.
    const flags = sent === last && sent !== first ? sent.flags | TCP_FLAG.psh : sent.flags;
    if (transmit(c, sent.seq, flags, sent.payload, id, first.seq) !== undefined) return undefined;
    c.bytesRetransmitted += sent.payload.length;
    noteRetransmitted(c, sent, probe);
    if (sent === last) return last;
  }
}

/** The time to give up counts from the first attempt, whether or not it left the host. */
function stampRetransmission(c: ControlBlock): void {
  if (c.retransStamp >= 0) return;
  c.retransStamp = now(c);
  c.retransTs = timestampNow(c) | 0;
}

function retransmitSyn(c: ControlBlock, sent: Sent, reason: RetransmitReason): boolean {
  const id = new PacketId(c.tcp.context.ids.next(), 'retransmission', sent.packet);
  report(c, sent, id.id, reason);
  stampRetransmission(c);
  // RFC 3168 section 6.1.1.1: something on the path may drop a SYN that asks for ECN.
  if (c.tcp.config.ecnFallback.number !== 0 && !(sent.flags & TCP_FLAG.ack))
    sent.flags &= ~(TCP_FLAG.ece | TCP_FLAG.cwr);
  if (transmitSyn(c, sent.flags, id) !== undefined) return false;
  noteRetransmitted(c, sent);
  return true;
}

function report(c: ControlBlock, sent: Sent, packet: number, reason: RetransmitReason): void {
  c.tcp.context.recorder.emit('tcp.retransmit', c.tcp.context.name, {
    socket: c.id,
    packet,
    seq: unsigned(sent.seq),
    length: sent.payload.length,
    reason,
    rtoNs: c.rtoNs,
  });
}

function noteRetransmitted(c: ControlBlock, sent: Sent, probe = false): void {
  c.totalRetransmissions++;
  // A loss probe goes in addition to what is out (RFC 8985 section 7.3): the scoreboard does not count it.
  if (!probe) {
    // Once more for a copy that never counted as lost: as in Linux, only when all is acknowledged the account is even again.
    c.retransOut++;
    sent.marks |= SENT.RETRANSMITTED;
    if (c.undoRetrans < 0) c.undoRetrans = 0;
    c.undoRetrans++;
  }
  sent.marks |= SENT.EVER_RETRANSMITTED;
  sent.sentAt = now(c) - c.clockBehindNs;
  removeTimed(c, sent);
  appendTimed(c, sent);
}

/** Sends again what is marked lost, from the lowest on, as far as the congestion window goes (RFC 6675 section 5, NextSeg rule 1). */
export function retransmitLost(c: ControlBlock): void {
  if (c.packetsOut === 0) return;
  const reason = c.caState === CA.LOSS ? 'after-timeout' : 'fast-retransmit';
  const burst = burstSegments(c, currentMss(c));
  let rearm = false;
  let hole: Sent | undefined;
  let last: Sent;
  for (let sent = c.retransmitHint ?? c.rtxHead; sent !== undefined; sent = last.next) {
    last = lastOfBuffer(sent);
    if (hole === undefined) c.retransmitHint = sent;
    const room = c.cwnd - inFlight(c);
    if (room <= 0) break;
    if (c.retransOut >= c.lostOut) break;
    if (!(sent.marks & SENT.LOST)) {
      if (hole === undefined && !(sent.marks & (SENT.RETRANSMITTED | SENT.SACKED))) hole = sent;
      continue;
    }
    if (sent.marks & (SENT.SACKED | SENT.RETRANSMITTED)) continue;
    const before = c.totalRetransmissions;
    const end = retransmit(c, sent, Math.min(room, burst), reason);
    if (end === undefined) break;
    if (inReduction(c)) c.prrOut += c.totalRetransmissions - before;
    if (sent === c.rtxHead && c.pending !== PENDING.REORDER) rearm = true;
    last = end;
  }
  if (rearm) setPending(c, PENDING.RETRANSMIT, c.rtoNs);
}

/** The time that `boundary` doublings take from the first retransmission on, the unit of tcp_retries1 and tcp_retries2. */
function modelTimeout(boundary: number, baseNs: number, mostNs: number): number {
  let doublings = 0;
  while (baseNs * pow2(doublings + 1) <= mostNs) doublings++;
  if (boundary <= doublings) return (2 * pow2(boundary) - 1) * baseNs;
  return (2 * pow2(doublings) - 1) * baseNs + (boundary - doublings) * mostNs;
}

function pow2(n: number): number {
  return n < 31 ? 1 << n : 0x4000_0000;
}

function timedOut(c: ControlBlock, boundary: number, limitNs: number): boolean {
  if (c.retransmits === 0 || c.retransStamp < 0) return false;
  const opening = c.state === STATE.SYN_SENT || c.state === STATE.SYN_RECEIVED;
  const limit =
    limitNs > 0 ? limitNs : modelTimeout(boundary, opening ? RTO_INITIAL_NS : rtoMinNs(c), c.tcp.config.rtoMaxNs);
  return now(c) - c.retransStamp >= limit;
}

/** Is it time to give up (RFC 9293 MUST-20, threshold R2)? */
function givesUp(c: ControlBlock): boolean {
  const { config } = c.tcp;
  if (c.state === STATE.SYN_SENT || c.state === STATE.SYN_RECEIVED) {
    let most = c.settings.synRetries > 0 ? c.settings.synRetries : config.synRetries.number;
    if (c.state === STATE.SYN_SENT) most += config.synLinearTimeouts.number;
    const { userTimeoutNs } = c.settings;
    return c.retransmits >= most || (userTimeoutNs > 0 && timedOut(c, 0, userTimeoutNs));
  }
  // RFC 9293 MUST-20, threshold R1: the path may have changed.
  if (timedOut(c, config.retries1.number, 0)) suspectBlackHole(c);
  let retries = config.retries2.number;
  if (c.orphan) retries = orphanRetries(c, c.rtoNs < config.rtoMaxNs);
  return timedOut(c, retries, c.settings.userTimeoutNs);
}

/** Data that was sent before the window closed goes unanswered for too long (tcp_rtx_probe0_timed_out): for twice the longest time-out, or as long as the program gives it. */
function probedInVain(c: ControlBlock, head: Sent): boolean {
  const { userTimeoutNs } = c.settings;
  const since = now(c) - (c.retransStamp >= 0 ? c.retransStamp : head.sentAt);
  let limit = 2 * c.tcp.config.rtoMaxNs;
  if (userTimeoutNs > 0) {
    if (since >= userTimeoutNs) return true;
    limit = Math.min(limit, userTimeoutNs);
  }
  return since > limit && now(c) - Math.max(c.lastAckReceivedAt, 0) > limit;
}

/** The retransmission timer ran out. */
export function retransmissionTimeout(c: ControlBlock): void {
  const head = c.rtxHead;
  if (c.packetsOut === 0 || head === undefined) return;
  const handshake = c.state === STATE.SYN_SENT || c.state === STATE.SYN_RECEIVED;
  if (c.sndWnd === 0 && !c.orphan && !handshake) {
    // The peer took its window back: these are probes, and a peer that answers keeps the connection (RFC 9293 MUST-37).
    if (probedInVain(c, head)) {
      timeOut(c);
      return;
    }
    enterLoss(c);
    retransmit(c, head, 1, 'window-probe');
    backOff(c);
    return;
  }
  if (givesUp(c)) {
    timeOut(c);
    return;
  }
  enterLoss(c);
  c.retransmits++;
  c.totalTimeouts++;
  // A route that fails is a lost segment: the next attempt comes with the next time-out.
  if (c.rtxHead !== undefined) retransmit(c, c.rtxHead, 1, 'timeout');
  backOff(c);
}

/** Little is out, past slow start: net.ipv4.tcp_thin_linear_timeouts or the socket's option lets the first six time-outs be alike. */
function isThin(c: ControlBlock): boolean {
  return (
    c.state === STATE.ESTABLISHED &&
    c.packetsOut < THIN_PACKETS &&
    c.ssthresh < SSTHRESH_INFINITE &&
    c.retransmits <= THIN_RETRIES
  );
}

/** RFC 6298 section 5.5: the time-out doubles, but for the first SYNs of tcp_syn_linear_timeouts. */
function backOff(c: ControlBlock): void {
  const { config } = c.tcp;
  if (isThin(c) && (config.thinLinearTimeouts.number !== 0 || c.settings.thinLinearTimeouts)) {
    c.backoff = 0;
    computeRto(c);
  } else if (c.state !== STATE.SYN_SENT || c.totalTimeouts > config.synLinearTimeouts.number) {
    c.backoff++;
    c.rtoNs = Math.min(c.rtoNs * 2, config.rtoMaxNs);
  }
  let delay = c.rtoNs;
  const { userTimeoutNs } = c.settings;
  if (userTimeoutNs > 0 && c.retransStamp >= 0) {
    delay = Math.min(delay, Math.max(2_000_000, userTimeoutNs - (now(c) - c.retransStamp)));
  }
  c.tcp.context.recorder.emit('tcp.timer', c.tcp.context.name, {
    socket: c.id,
    timer: 'retransmission',
    backoff: c.backoff,
    nextNs: delay,
  });
  setPending(c, PENDING.RETRANSMIT, delay);
}

/** RFC 6069 section 5: an unreachable about the very segment that timed out takes one doubling back; where the time is up by that, it goes again now. */
export function revertBackoff(c: ControlBlock, seq: number): void {
  const head = c.rtxHead;
  if (head === undefined || seq !== c.sndUna || c.retransmits === 0 || c.backoff === 0) return;
  c.backoff--;
  if (c.srttUs8 > 0) computeRto(c);
  else c.rtoNs = RTO_INITIAL_NS;
  c.rtoNs = Math.min(c.rtoNs * pow2(c.backoff), c.tcp.config.rtoMaxNs);
  const left = rtoLeft(c);
  if (left > 0) setPending(c, PENDING.RETRANSMIT, left);
  else retransmissionTimeout(c);
}
