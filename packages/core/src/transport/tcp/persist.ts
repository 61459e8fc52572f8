/**
 * Zero-window probes (RFC 9293 section 3.8.6.1, MUST-35 and MUST-36): the first after one time-out, then with exponential backoff, for as
 * long as the peer answers. A probe is a segment without data just below SND.UNA, which the peer must acknowledge; where a part of the data
 * fits into the window, that part is sent instead.
 */
import { seqAdd, seqGt, seqLt } from '../../base/sequence.ts';
import { TCP_FLAG } from '../../wire/packet.ts';
import { EMPTY_PAYLOAD } from '../../wire/payload.ts';
import { PENDING, RESOURCE_PROBE_NS, STATE } from './constants.ts';
import { type ControlBlock, now, windowEnd } from './control-block.ts';
import { timeOut } from './outcome.ts';
import { currentMss, ident, transmit } from './output.ts';
import { rtoMinNs } from './route-metrics.ts';
import { accountSent, hasUnsent, noteDataSent } from './send.ts';
import { Sent } from './sent.ts';
import { clearPending, orphanRetries, setPending } from './timers.ts';

const URGENT_MAX = 0xffff;

export function probeBase(c: ControlBlock): number {
  return Math.max(c.rtoNs, rtoMinNs(c));
}

/** Time to the next probe after `backoff` doublings, at most two minutes. */
function probeDelay(c: ControlBlock): number {
  const doublings = Math.min(10, c.backoff); // 200 ms doubled ten times passes RTO_MAX
  return Math.min(probeBase(c) * (1 << doublings), c.tcp.config.rtoMaxNs);
}

export function armProbe(c: ControlBlock): void {
  if (c.packetsOut === 0 && c.pending === PENDING.NONE)
    setPending(c, PENDING.PROBE, Math.min(probeBase(c), c.tcp.config.rtoMaxNs));
}

/** The probe timer ran out. */
export function probeTimeout(c: ControlBlock): void {
  if (c.packetsOut > 0 || !hasUnsent(c)) {
    c.probesOut = 0;
    c.probesSince = -1;
    return;
  }
  const { userTimeoutNs } = c.settings;
  if (c.probesSince < 0) c.probesSince = now(c);
  else if (userTimeoutNs > 0 && now(c) - c.probesSince >= userTimeoutNs) {
    timeOut(c);
    return;
  }
  let most = c.tcp.config.retries2.number;
  if (c.orphan) {
    const alive = probeDelay(c) < c.tcp.config.rtoMaxNs;
    most = orphanRetries(c, alive);
    if (!alive && c.backoff >= most) {
      timeOut(c);
      return;
    }
  }
  if (c.probesOut >= most) timeOut(c);
  else sendProbe(c);
}

function sendProbe(c: ControlBlock): void {
  const sent = wakePeer(c);
  if (c.packetsOut > 0 || !hasUnsent(c)) {
    c.probesOut = 0;
    c.backoff = 0;
    c.probesSince = -1;
    return;
  }
  c.probesOut++;
  let delay = RESOURCE_PROBE_NS;
  if (sent) {
    if (c.backoff < c.tcp.config.retries2.number) c.backoff++;
    delay = probeDelay(c);
  }
  c.tcp.context.recorder.emit('tcp.timer', c.tcp.context.name, {
    socket: c.id,
    timer: 'persist',
    backoff: c.backoff,
    nextNs: delay,
  });
  setPending(c, PENDING.PROBE, clampToUserTimeout(c, delay));
}

function clampToUserTimeout(c: ControlBlock, delay: number): number {
  const { userTimeoutNs } = c.settings;
  if (userTimeoutNs === 0 || c.probesSince < 0) return delay;
  const left = userTimeoutNs - (now(c) - c.probesSince);
  return Math.min(delay, Math.max(left, 2_000_000));
}

/** Sends what makes the peer answer: data where the window lets some through, an old sequence number where not. False when nothing left. */
export function wakePeer(c: ControlBlock): boolean {
  if (c.state === STATE.CLOSED) return false;
  if (hasUnsent(c) && seqLt(c.sndNxt, windowEnd(c))) {
    sendPartial(c);
    return true;
  }
  // Another tells of urgent data that the window keeps back (tcp_write_wakeup).
  if (seqGt(c.sndUp, c.sndUna) && (c.sndUp - c.sndUna) >>> 0 <= URGENT_MAX)
    transmit(c, c.sndUna, 0, EMPTY_PAYLOAD, ident(c));
  const failed = transmit(c, seqAdd(c.sndUna, -1), 0, EMPTY_PAYLOAD, ident(c));
  return failed === undefined;
}

/** As much of the next segment as the window takes (RFC 9293 section 3.8.6.2.1: the override timeout of silly-window avoidance). */
function sendPartial(c: ControlBlock): void {
  const queue = c.sendQueue;
  const space = (windowEnd(c) - c.sndNxt) | 0;
  const waiting = queue === undefined ? 0 : queue.length;
  const size = Math.min(waiting, space, currentMss(c));
  const id = ident(c);
  const payload = queue === undefined ? EMPTY_PAYLOAD : queue.take(size);
  const fin = c.finQueued && size === waiting && size < space;
  const flags = size === 0 ? TCP_FLAG.fin : TCP_FLAG.psh | (fin ? TCP_FLAG.fin : 0);
  const endSeq = seqAdd(c.sndNxt, size + (fin ? 1 : 0));
  if (seqGt(endSeq, c.pushedSeq)) c.pushedSeq = endSeq;
  const sent = new Sent(c.sndNxt, endSeq, flags, payload, now(c), id.id);
  noteDataSent(c);
  transmit(c, sent.seq, flags, payload, id);
  accountSent(c, sent);
}

/** An ACK came with nothing outstanding: stop probing where the window takes the next buffer whole, else start the wait anew (tcp_ack_probe). */
export function answerToProbe(c: ControlBlock): void {
  if (!hasUnsent(c)) return;
  const next = c.sendQueue === undefined ? 0 : c.sendQueue.headGroupLength;
  const endSeq = seqAdd(c.sndNxt, next === 0 ? 1 : next);
  if (!seqGt(endSeq, windowEnd(c))) {
    c.backoff = 0;
    c.probesSince = -1;
    clearPending(c);
  } else setPending(c, PENDING.PROBE, clampToUserTimeout(c, probeDelay(c)));
}
