/**
 * Tail loss probes (RFC 8985 section 7): after about two round trips without an ACK, one segment is sent, new data if the window has room, else
 * the last one again, so that a lost tail is repaired by SACK and not by a time-out.
 */
import { seqAdd, seqDiff, seqGeq, seqGt } from '../../base/sequence.ts';
import { US } from '../../time/instant.ts';
import { ACKED } from './ack-flags.ts';
import { CA, PENDING, RTO_INITIAL_NS, SENT, TIMEOUT_MIN_NS } from './constants.ts';
import { type ControlBlock, windowEnd } from './control-block.ts';
import { currentMss } from './output.ts';
import { beginReduction, endReduction, setCaState } from './recovery.ts';
import { cutBuffer, retransmit } from './retransmit.ts';
import { rtoMinNs } from './route-metrics.ts';
import { hasUnsent, NAGLE, sendWhatFits } from './send.ts';
import { unsentBytes } from './send-buffer.ts';
import type { Sent } from './sent.ts';
import { armRto, rtoLeft, setPending } from './timers.ts';
import { tryKeepOpen } from './undo.ts';

/** Sets the timer for a probe instead of the time-out. False where none applies: no SACK, in recovery, nothing out. */
export function scheduleLossProbe(c: ControlBlock, advancing: boolean): boolean {
  const mode = c.tcp.config.earlyRetransmit.number;
  if ((mode !== 3 && mode !== 4) || c.packetsOut === 0 || !c.sackOn) return false;
  if (c.caState !== CA.OPEN && c.caState !== CA.CWR) return false;
  let delay = RTO_INITIAL_NS;
  if (c.srttUs8 > 0) {
    delay = (c.srttUs8 >> 2) * US;
    // With one segment out the peer may sit on its ACK for a delayed-ACK time.
    delay += c.packetsOut === 1 ? rtoMinNs(c) : TIMEOUT_MIN_NS;
  }
  const left = advancing ? c.rtoNs : rtoLeft(c);
  if (left > 0) delay = Math.min(delay, left);
  setPending(c, PENDING.LOSS_PROBE, delay);
  return true;
}

/** The probe timer ran out. One probe per episode. */
export function sendLossProbe(c: ControlBlock): void {
  if (!c.tlpOn && probe(c)) {
    c.tlpOn = true;
    c.tlpHighSeq = c.sndNxt;
    c.pending = PENDING.NONE;
  }
  armRto(c);
}

function probe(c: ControlBlock): boolean {
  c.tlpRetransmitted = false;
  const mss = currentMss(c);
  if (hasUnsent(c) && !seqGt(nextEnd(c, mss), windowEnd(c))) {
    const before = c.packetsOut;
    sendWhatFits(c, mss, NAGLE.OFF, 1, true);
    return c.packetsOut > before;
  }
  const tail = c.rtxTail;
  if (tail === undefined || retransmit(c, lastSegment(c, tail, mss), 1, 'tail-loss-probe', true) === undefined)
    return false;
  c.tlpRetransmitted = true;
  return true;
}

/** Of the last buffer, what is behind all but one of its segments, each counted with today's size (tcp_send_loss_probe). */
function lastSegment(c: ControlBlock, tail: Sent, mss: number): Sent {
  let first = tail;
  let before = 0;
  for (; first.marks & SENT.JOINED; before += mss) first = first.previous!;
  const length = seqDiff(tail.seq, first.seq) + tail.payload.length;
  return before > 0 && length > before ? cutBuffer(c, first, before, mss) : first;
}

/** Where the next new segment ends, with the FIN where it carries that. */
function nextEnd(c: ControlBlock, mss: number): number {
  const unsent = unsentBytes(c);
  return seqAdd(c.sndNxt, unsent > mss ? mss : unsent + (c.finQueued ? 1 : 0));
}

/** What an ACK says about the probe (RFC 8985 section 7.4): was it needed, and if so the window is to be reduced as for any loss. */
export function judgeLossProbe(c: ControlBlock, ack: number, flags: number): void {
  if (!seqGeq(ack, c.tlpHighSeq)) return;
  if (!c.tlpRetransmitted || flags & ACKED.DSACK_TLP) c.tlpOn = false;
  else if (seqGt(ack, c.tlpHighSeq)) {
    beginReduction(c);
    setCaState(c, CA.CWR);
    endReduction(c);
    tryKeepOpen(c);
  } else if (!(flags & (ACKED.UNA_ADVANCED | ACKED.NOT_DUPLICATE | ACKED.DATA_SACKED))) c.tlpOn = false;
}
