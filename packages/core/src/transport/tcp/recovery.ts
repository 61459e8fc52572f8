/**
 * The congestion state machine: Open, Disorder (first signs), CWR and Recovery (the window is being reduced), Loss (a time-out went by). Enters
 * and leaves fast recovery (RFC 5681 section 3.2, RFC 6582, RFC 6675), reduces by proportional rate reduction (RFC 6937, slow-start bound), and asks
 * `undo.ts` whether a reduction was needless.
 */
import { seqGeq, seqGt } from '../../base/sequence.ts';
import { MS, US } from '../../time/instant.ts';
import { ACKED } from './ack-flags.ts';
import { CA, type CaState, PENDING, SENT, SSTHRESH_INFINITE } from './constants.ts';
import { type ControlBlock, now, windowEnd } from './control-block.ts';
import { currentSsthresh, inFlight, inReduction } from './cwnd.ts';
import { queueCwr } from './ecn.ts';
import { probeWasLost } from './mtu-probe.ts';
import { currentMss } from './output.ts';
import { identifyLoss, markLost, rackTimeLeft } from './rack.ts';
import { addRenoSack, limitRenoSacked } from './reordering.ts';
import { retransmitLost } from './retransmit.ts';
import { hasUnsent, NAGLE, pushPending } from './send.ts';
import { setPending } from './timers.ts';
import { initUndo, tryToOpen, tryUndoDsack, tryUndoLoss, tryUndoPartial, tryUndoRecovery } from './undo.ts';

/** What to do once the window is known: nothing, send lost segments again, or try new data first (F-RTO). */
export const RESEND = { NONE: 0, LOST: 1, NEW: 2 } as const;
export type Resend = (typeof RESEND)[keyof typeof RESEND];

const CA_NAMES = ['open', 'disorder', 'cwr', 'recovery', 'loss'] as const;

export function setCaState(c: ControlBlock, state: CaState): void {
  if (c.caState === state) return;
  c.caState = state;
  c.congestion.onStateChange?.(c, state);
  c.tcp.report.recovery(c, CA_NAMES[state]);
}

export function beginReduction(c: ControlBlock): void {
  c.highSeq = c.sndNxt;
  c.tlpOn = false;
  c.cwndCount = 0;
  c.priorCwnd = c.cwnd;
  c.prrDelivered = 0;
  c.prrOut = 0;
  c.ssthresh = c.congestion.ssthresh(c);
  queueCwr(c);
}

/** Proportional rate reduction (RFC 6937 section 3): sends in the proportion in which data is delivered, and ends near ssthresh. */
export function reduceWindow(c: ControlBlock, delivered: number, newlyLost: number, flags: number): void {
  if (delivered <= 0 || c.priorCwnd === 0) return;
  const flight = inFlight(c);
  const delta = c.ssthresh - flight;
  c.prrDelivered += delivered;
  let send: number;
  if (delta < 0) send = Math.floor((c.ssthresh * c.prrDelivered + c.priorCwnd - 1) / c.priorCwnd) - c.prrOut;
  else {
    send = Math.max(c.prrDelivered - c.prrOut, delivered);
    if (flags & ACKED.UNA_ADVANCED && newlyLost === 0) send++;
    send = Math.min(delta, send);
  }
  // The first retransmission of a recovery always goes (RFC 5681 section 3.2, step 2).
  c.cwnd = flight + Math.max(send, c.prrOut > 0 ? 0 : 1);
}

export function endReduction(c: ControlBlock): void {
  if (c.ssthresh < SSTHRESH_INFINITE && (c.caState === CA.CWR || c.undoOn)) {
    c.cwnd = c.ssthresh;
    c.cwndStamp = now(c);
  }
}

export function enterRecovery(c: ControlBlock, echo = false): void {
  c.priorSsthresh = 0;
  initUndo(c);
  if (!inReduction(c)) {
    // What a congestion mark reduced is not given back.
    if (!echo) c.priorSsthresh = currentSsthresh(c);
    beginReduction(c);
  }
  setCaState(c, CA.RECOVERY);
}

/** A congestion echo (RFC 3168 section 6.1.2): the window is reduced as for a loss, at most once per window of data. */
export function enterCwr(c: ControlBlock): void {
  c.priorSsthresh = 0;
  if (c.caState >= CA.CWR) return;
  c.undoOn = false;
  beginReduction(c);
  setCaState(c, CA.CWR);
}

/** The retransmission timer ran out (RFC 5681 section 3.1: equation 4, and a window of one segment). */
export function enterLoss(c: ControlBlock): void {
  const fresh = c.caState < CA.RECOVERY;
  markAllLost(c);
  if (c.caState <= CA.DISORDER || !seqGt(c.highSeq, c.sndUna) || (c.caState === CA.LOSS && c.retransmits === 0)) {
    c.priorSsthresh = currentSsthresh(c);
    c.priorCwnd = c.cwnd;
    c.ssthresh = c.congestion.ssthresh(c);
    c.congestion.onStateChange?.(c, CA.LOSS);
    initUndo(c);
  }
  c.cwnd = inFlight(c) + 1;
  c.cwndCount = 0;
  c.cwndStamp = now(c);
  const initial = c.tcp.config.reordering.number;
  if (c.caState <= CA.DISORDER && c.sackedOut >= initial) c.reordering = Math.min(c.reordering, initial);
  setCaState(c, CA.LOSS);
  c.highSeq = c.sndNxt;
  c.tlpOn = false;
  queueCwr(c);
  // RFC 5682 section 2.1 step 1; a probe of the path's MTU that is out may be all that was lost.
  const probing = c.mtuProbe !== undefined && c.mtuProbe.size > 0;
  c.frto = c.tcp.config.frto.number !== 0 && (fresh || c.retransmits > 0) && !probing;
}

/** All outstanding data counts as lost, but what RACK expects still to be under way; a peer that reneged loses its SACKs (RFC 2018 section 8). */
function markAllLost(c: ControlBlock): void {
  const head = c.rtxHead;
  const reneged = head !== undefined && (head.marks & SENT.SACKED) !== 0;
  if (reneged) {
    c.sackedOut = 0;
    c.reneging = true;
  } else if (!c.sackOn) c.sackedOut = 0;
  let inHead = true;
  for (let sent = head; sent !== undefined; sent = sent.next) {
    if (sent !== head && !(sent.marks & SENT.JOINED)) inHead = false;
    if (reneged) sent.marks &= ~SENT.SACKED;
    else if (c.sackOn && !inHead && rackTimeLeft(c, sent, 0) > 0) continue;
    markLost(c, sent);
  }
  c.retransmitHint = undefined;
}

/** What the last call of `onDubiousAck` decided; read once by the caller. */
export interface Verdict {
  flags: number;
  resend: Resend;
}

/** An ACK that is a duplicate, carries SACKs, or comes in any state but Open (tcp_fastretrans_alert). */
export function onDubiousAck(c: ControlBlock, priorUna: number, duplicates: number, verdict: Verdict): void {
  if (c.packetsOut === 0) c.sackedOut = 0;
  if (verdict.flags & ACKED.ECHO) c.priorSsthresh = 0;
  if (verdict.flags & ACKED.RENEGING && verdict.flags & ACKED.UNA_ADVANCED) {
    startReneging(c);
    verdict.flags &= ~ACKED.SET_TIMER;
    return;
  }
  if (c.caState === CA.OPEN) c.retransStamp = -1;
  else if (seqGeq(c.sndUna, c.highSeq) && leave(c)) return;
  if (c.caState === CA.RECOVERY) inRecovery(c, priorUna, duplicates, verdict);
  else if (c.caState === CA.LOSS) inLoss(c, duplicates, verdict);
  else inOpen(c, duplicates, verdict);
}

/** The first segment was SACKed and yet not acknowledged: the peer may have thrown it away. Wait a little, then start over. */
function startReneging(c: ControlBlock): void {
  const delay = Math.max((c.srttUs8 >> 4) * US, 10 * MS);
  setPending(c, PENDING.RETRANSMIT, delay);
}

/** The recovery point is acknowledged; true where nothing more is to be done. */
function leave(c: ControlBlock): boolean {
  if (c.caState === CA.CWR) {
    // Something above the recovery point, so that the mark has reached the peer.
    if (c.sndUna !== c.highSeq) {
      endReduction(c);
      setCaState(c, CA.OPEN);
    }
  } else if (c.caState === CA.RECOVERY) {
    if (!c.sackOn) c.sackedOut = 0;
    if (tryUndoRecovery(c)) return true;
    endReduction(c);
  }
  return false;
}

function inRecovery(c: ControlBlock, priorUna: number, duplicates: number, verdict: Verdict): void {
  if (!(verdict.flags & ACKED.UNA_ADVANCED)) {
    if (!c.sackOn) addRenoSack(c, duplicates);
  } else if (tryUndoPartial(c, priorUna)) return;
  if (tryUndoDsack(c)) tryToOpen(c, verdict.flags);
  verdict.flags = identifyLoss(c, verdict.flags);
  if ((c.caState as CaState) !== CA.RECOVERY) {
    if (!timeToRecover(c)) return;
    enterRecovery(c, (verdict.flags & ACKED.ECHO) !== 0);
  }
  verdict.resend = RESEND.LOST;
}

function inLoss(c: ControlBlock, duplicates: number, verdict: Verdict): void {
  processLoss(c, duplicates, verdict);
  verdict.flags = identifyLoss(c, verdict.flags);
  if ((c.caState as CaState) === CA.OPEN || verdict.flags & ACKED.LOST_RETRANSMISSION)
    inOpen(c, duplicates, verdict, true);
}

function inOpen(c: ControlBlock, duplicates: number, verdict: Verdict, identified = false): void {
  if (!c.sackOn && !identified) {
    if (verdict.flags & ACKED.UNA_ADVANCED) c.sackedOut = 0;
    addRenoSack(c, duplicates);
  }
  if (c.caState <= CA.DISORDER) tryUndoDsack(c);
  if (!identified) verdict.flags = identifyLoss(c, verdict.flags);
  if (!timeToRecover(c)) {
    tryToOpen(c, verdict.flags);
    return;
  }
  if (probeWasLost(c)) {
    resendTooLarge(c);
    return;
  }
  enterRecovery(c, (verdict.flags & ACKED.ECHO) !== 0);
  verdict.resend = RESEND.LOST;
}

function timeToRecover(c: ControlBlock): boolean {
  return c.lostOut > 0;
}

/** After a time-out: was it spurious (F-RTO, RFC 5682 section 3.1), is it over, or does it go on? */
function processLoss(c: ControlBlock, duplicates: number, verdict: Verdict): void {
  const recovered = seqGeq(c.sndUna, c.highSeq);
  const advanced = (verdict.flags & ACKED.UNA_ADVANCED) !== 0;
  if (advanced && tryUndoLoss(c, false)) return;
  if (c.frto) {
    // Step 3.b: data that was never sent again arrived, so the first copy of the rest had not been lost either.
    if (verdict.flags & ACKED.ORIGINAL_ACKED && tryUndoLoss(c, true)) return;
    if (seqGt(c.sndNxt, c.highSeq)) {
      if (verdict.flags & ACKED.DATA_SACKED || duplicates > 0) c.frto = false; // step 3.a
    } else if (advanced && !recovered) {
      c.highSeq = c.sndNxt;
      // Step 2.b: up to two new segments tell.
      if (hasUnsent(c) && seqGt(windowEnd(c), c.sndNxt)) {
        verdict.resend = RESEND.NEW;
        return;
      }
      c.frto = false;
    }
  }
  if (recovered) {
    tryUndoRecovery(c);
    return;
  }
  if (!c.sackOn) {
    if (seqGt(c.sndNxt, c.highSeq) && duplicates > 0) addRenoSack(c, duplicates);
    else if (advanced) c.sackedOut = 0;
  }
  verdict.resend = RESEND.LOST;
}

/** Carries out what the machine decided. */
export function resend(c: ControlBlock, what: Resend): void {
  if (what === RESEND.NONE) return;
  if (what === RESEND.NEW) {
    pushPending(c, NAGLE.OFF);
    if (seqGt(c.sndNxt, c.highSeq)) return;
    c.frto = false;
  }
  retransmitLost(c);
}

/**
 * The path MTU shrank (RFC 1191 section 6.4): what is out and too large now is lost for certain. It is sent again at once, ssthresh is kept, and the episode
 * counts as a loss that is no congestion (tcp_simple_retransmit).
 */
export function resendTooLarge(c: ControlBlock): void {
  const mss = currentMss(c);
  let tooLarge = false;
  for (let sent = c.rtxHead; sent !== undefined; sent = sent.next) {
    // A buffer's first segment is as large as any of it.
    if (!(sent.marks & SENT.JOINED)) tooLarge = sent.payload.length > mss;
    if (tooLarge) markLost(c, sent);
  }
  if (c.lostOut === 0) return;
  if (!c.sackOn) limitRenoSacked(c);
  c.retransmitHint = undefined;
  if (c.caState !== CA.LOSS) {
    c.highSeq = c.sndNxt;
    c.ssthresh = currentSsthresh(c);
    c.priorSsthresh = 0;
    c.undoOn = false;
    setCaState(c, CA.LOSS);
  }
  retransmitLost(c);
}
