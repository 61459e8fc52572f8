/**
 * Taking a reduction of the window back when it proves needless: the time stamp of an ACK is older than the first retransmission (RFC 3522), every
 * retransmission was reported as a duplicate (RFC 3708), or a time-out was spurious (RFC 5682).
 */
import { seqLt } from '../../base/sequence.ts';
import { ACKED } from './ack-flags.ts';
import { CA, SENT } from './constants.ts';
import { type ControlBlock, now } from './control-block.ts';
import { withdrawCwr } from './ecn.ts';
import { enterCwr, setCaState } from './recovery.ts';
import { checkSackReordering } from './reordering.ts';

/** What a reduction needs to be undone: where it began, and how many retransmissions, a loss probe among them, have to prove needless. */
export function initUndo(c: ControlBlock): void {
  c.undoOn = true;
  c.undoMarker = c.sndUna;
  const out = c.retransOut + (c.tlpOn && c.tlpRetransmitted ? 1 : 0);
  c.undoRetrans = out > 0 ? out : -1;
}

/** Was the original, not its retransmission, answered? Its time stamp is older than the first retransmission (RFC 3522). */
function packetWasDelayed(c: ControlBlock): boolean {
  return (
    c.retransStamp >= 0 && c.timestampsOn && c.sawTimestamp && c.lastTsEcr !== 0 && seqLt(c.lastTsEcr, c.retransTs)
  );
}

function mayUndo(c: ControlBlock): boolean {
  return c.undoOn && (c.undoRetrans === 0 || packetWasDelayed(c));
}

function undoReduction(c: ControlBlock, unmark: boolean): void {
  if (unmark) {
    for (let sent = c.rtxHead; sent !== undefined; sent = sent.next) sent.marks &= ~SENT.LOST;
    c.lostOut = 0;
    c.retransmitHint = undefined;
  }
  if (c.priorSsthresh > 0) {
    c.cwnd = c.congestion.undo(c);
    if (c.priorSsthresh > c.ssthresh) {
      c.ssthresh = c.priorSsthresh;
      withdrawCwr(c);
    }
  }
  c.cwndStamp = now(c);
  c.undoOn = false;
  c.rackAdvanced = true;
}

export function anyRetransmissionOut(c: ControlBlock): boolean {
  return c.retransOut > 0 || (c.rtxHead !== undefined && (c.rtxHead.marks & SENT.EVER_RETRANSMITTED) !== 0);
}

/** Without SACK the state is kept until something above the recovery point is acknowledged (RFC 6582; tcp_is_non_sack_preventing_reopen). */
function keepsState(c: ControlBlock): boolean {
  if (c.sndUna !== c.highSeq || c.sackOn) return false;
  if (!anyRetransmissionOut(c)) c.retransStamp = -1;
  return true;
}

/** At the end of a recovery; true where the state is kept. */
export function tryUndoRecovery(c: ControlBlock): boolean {
  if (mayUndo(c)) undoReduction(c, false);
  else if (c.rackPersist > 0) c.rackPersist--;
  if (keepsState(c)) return true;
  setCaState(c, CA.OPEN);
  c.reneging = false;
  return false;
}

export function tryUndoLoss(c: ControlBlock, spurious: boolean): boolean {
  if (!spurious && !mayUndo(c)) return false;
  undoReduction(c, true);
  c.retransmits = 0;
  if (!keepsState(c) && (spurious || c.sackOn)) {
    setCaState(c, CA.OPEN);
    c.reneging = false;
  }
  return true;
}

export function tryUndoDsack(c: ControlBlock): boolean {
  if (!c.undoOn || c.undoRetrans !== 0) return false;
  c.rackPersist = Math.min(16, c.rackPersist + 1);
  undoReduction(c, false);
  return true;
}

/** A hole was filled by a late original while retransmissions are out: mark no more, or undo when none are. */
export function tryUndoPartial(c: ControlBlock, priorUna: number): boolean {
  if (!c.undoOn || !packetWasDelayed(c)) return false;
  checkSackReordering(c, priorUna);
  if (c.retransOut > 0) return true;
  if (!anyRetransmissionOut(c)) c.retransStamp = -1;
  undoReduction(c, true);
  tryKeepOpen(c);
  return true;
}

export function tryKeepOpen(c: ControlBlock): void {
  const state = c.sackedOut + c.lostOut > 0 || anyRetransmissionOut(c) ? CA.DISORDER : CA.OPEN;
  if (c.caState === state) return;
  setCaState(c, state);
  c.highSeq = c.sndNxt;
}

export function tryToOpen(c: ControlBlock, flags: number): void {
  if (!anyRetransmissionOut(c)) c.retransStamp = -1;
  if (flags & ACKED.ECHO) enterCwr(c);
  if (c.caState !== CA.CWR) tryKeepOpen(c);
}
