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
import { appendTimed, insertAfter, insertTimedAfter, removeSent, removeTimed, Sent } from './sent.ts';
import { orphanRetries, rtoLeft, setPending } from './timers.ts';

const THIN_PACKETS = 4;
const THIN_RETRIES = 6;

/** Cuts a segment in two at `size` bytes, after the MSS shrank or where the window ends. */
export function splitSent(c: ControlBlock, sent: Sent, size: number): void {
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
  rest.marks = sent.marks;
  sent.marks &= ~SENT.END_OF_RECORD;
  rest.transmissions = sent.transmissions;
  rest.burst = sent.burst;
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
    if (sent.marks & SENT.END_OF_RECORD) return;
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
  if (next.marks & SENT.LOST) c.lostOut--;
  if (next.marks & SENT.RETRANSMITTED) c.retransOut--;
  if (!c.sackOn && c.sackedOut > 0) c.sackedOut--;
  removeSent(c, next);
}

/** A segment whose front was acknowledged is filled up from those that left with it: they are one buffer, and are cut anew (tcp_trim_head, tcp_fragment). */
function refill(c: ControlBlock, sent: Sent, most: number): void {
  for (;;) {
    const next = sent.next;
    const room = most - sent.payload.length;
    if (room <= 0 || next === undefined || next.burst !== sent.burst || next.marks & SENT.SACKED) return;
    if (next.payload.length <= room) {
      absorb(c, sent, next);
      continue;
    }
    sent.payload = joinPayloads([sent.payload, next.payload.slice(0, room)]);
    sent.flags &= ~TCP_FLAG.psh;
    next.payload = next.payload.slice(room, next.payload.length);
    sent.endSeq = next.seq = seqAdd(next.seq, room);
  }
}

/** Bytes acknowledged in the middle of a segment are not sent again (RFC 9293 section 3.10.7.4). */
function trimHead(c: ControlBlock, sent: Sent): void {
  const done = seqDiff(c.sndUna, sent.seq);
  if (done <= 0) return;
  sent.payload = sent.payload.slice(Math.min(done, sent.payload.length), sent.payload.length);
  sent.seq = c.sndUna;
}

/** The rest of a buffer in segments of another size. */
function recut(c: ControlBlock, first: Sent, mss: number): void {
  for (let sent: Sent | undefined = first; sent?.next?.burst === first.burst; sent = sent.next) refill(c, sent, mss);
}

/**
 * An acknowledgement ends inside a buffer of several segments: what it covers is dropped, and the rest counts as the segments that it fills
 * (tcp_tso_acked). How many fewer are out. A segment that was alone in its buffer, with none of `burst` acknowledged before it, stays as it is.
 */
export function trimAcknowledged(c: ControlBlock, sent: Sent, burst: number): number {
  if (sent.burst !== burst && sent.next?.burst !== sent.burst) return 0;
  const before = c.packetsOut;
  trimHead(c, sent);
  recut(c, sent, c.mss);
  const fewer = before - c.packetsOut;
  if (c.sackOn) c.delivered += fewer;
  return fewer;
}

/** Makes a segment as long as MSS and window let it be; false where the window has no room. */
function fit(c: ControlBlock, sent: Sent): boolean {
  trimHead(c, sent);
  const mss = currentMss(c);
  let space = (windowEnd(c) - sent.seq) | 0;
  if (space <= 0) {
    // The window was taken back: only the first segment goes, as a probe (RFC 9293 section 3.8.6, MUST-34).
    if (sent.seq !== c.sndUna) return false;
    space = mss;
  }
  const most = Math.min(mss, space);
  refill(c, sent, most);
  if (sent.payload.length > most) {
    splitSent(c, sent, most);
    recut(c, sent.next!, mss);
  } else if (sent.payload.length < most) collapse(c, sent, most);
  return true;
}

/** Sends one segment again. False where the peer's window or the route does not let it. `endsBurst`: several go together, and this is the last. */
export function retransmit(
  c: ControlBlock,
  sent: Sent,
  reason: RetransmitReason,
  endsBurst = false,
  probe = false,
): boolean {
  if (sent.flags & TCP_FLAG.syn) return retransmitSyn(c, sent, reason);
  if (c.mtuProbe !== undefined) c.mtuProbe.size = 0; // inconclusive
  if (!fit(c, sent)) return false;
  const id = new PacketId(c.tcp.context.ids.next(), 'retransmission', sent.packet);
  report(c, sent, id.id, reason);
  if (!probe) stampRetransmission(c);
  if (sent.payload.length > 0) noteDataSent(c);
  const flags = endsBurst ? sent.flags | TCP_FLAG.psh : sent.flags;
  const failed = transmit(c, sent.seq, flags, sent.payload, id);
  if (failed !== undefined) return false;
  c.bytesRetransmitted += sent.payload.length;
  sent.burst = ++c.bursts;
  noteRetransmitted(c, sent, probe);
  return true;
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
  sent.transmissions++;
  sent.sentAt = now(c);
  removeTimed(c, sent);
  appendTimed(c, sent);
}

/** Sends again what is marked lost, from the lowest on, as far as the congestion window goes (RFC 6675 section 5, NextSeg rule 1). */
export function retransmitLost(c: ControlBlock): void {
  if (c.packetsOut === 0) return;
  let rearm = false;
  let hole: Sent | undefined;
  for (let sent = c.retransmitHint ?? c.rtxHead; sent !== undefined; sent = sent.next) {
    if (hole === undefined) c.retransmitHint = sent;
    if (c.cwnd - inFlight(c) <= 0) break;
    if (c.retransOut >= c.lostOut) break;
    if (!(sent.marks & SENT.LOST)) {
      if (hole === undefined && !(sent.marks & (SENT.RETRANSMITTED | SENT.SACKED))) hole = sent;
      continue;
    }
    if (sent.marks & (SENT.SACKED | SENT.RETRANSMITTED)) continue;
    const last = retransmitBurst(c, sent);
    if (last === undefined) break;
    if (sent === c.rtxHead && c.pending !== PENDING.REORDER) rearm = true;
    sent = last;
  }
  if (rearm) setPending(c, PENDING.RETRANSMIT, c.rtoNs);
}

/**
 * Lost segments that left together go again together, as many as the window allows (tcp_retransmit_skb takes a count): the last of several carries PSH.
 * The last one that went, undefined where none did.
 */
function retransmitBurst(c: ControlBlock, first: Sent): Sent | undefined {
  const reason = c.caState === CA.LOSS ? 'after-timeout' : 'fast-retransmit';
  const { burst } = first;
  const own = ++c.bursts;
  let most = Math.min(c.cwnd - inFlight(c), burstSegments(c, currentMss(c)));
  let last: Sent | undefined;
  for (let sent: Sent | undefined = first; sent !== undefined; sent = sent.next) {
    if (!(sent.flags & TCP_FLAG.syn) && !fit(c, sent)) break;
    const { next } = sent;
    const more: boolean = --most > 0 && next !== undefined && next.burst === burst && isDue(c, next);
    if (!retransmit(c, sent, reason, !more && last !== undefined)) break;
    if (inReduction(c)) c.prrOut++;
    sent.burst = own;
    last = sent;
    if (!more) break;
  }
  return last;
}

/** Lost, and whole within the peer's window: what the window cuts goes alone. */
function isDue(c: ControlBlock, sent: Sent): boolean {
  const lost = (sent.marks & (SENT.LOST | SENT.SACKED | SENT.RETRANSMITTED)) === SENT.LOST;
  return lost && !seqGt(sent.endSeq, windowEnd(c));
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

/** The retransmission timer ran out. */
export function retransmissionTimeout(c: ControlBlock): void {
  const head = c.rtxHead;
  if (c.packetsOut === 0 || head === undefined) return;
  const handshake = c.state === STATE.SYN_SENT || c.state === STATE.SYN_RECEIVED;
  if (c.sndWnd === 0 && !c.orphan && !handshake) {
    // The peer took its window back: these are probes, and a peer that answers keeps the connection (RFC 9293 MUST-37).
    if (
      now(c) - Math.max(c.lastAckReceivedAt, 0) > c.tcp.config.rtoMaxNs &&
      timedOut(c, c.tcp.config.retries2.number, c.settings.userTimeoutNs)
    ) {
      timeOut(c);
      return;
    }
    enterLoss(c);
    retransmit(c, head, 'window-probe');
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
  if (c.rtxHead !== undefined) retransmit(c, c.rtxHead, 'timeout');
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
