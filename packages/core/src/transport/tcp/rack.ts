/**
 * Loss detection. With SACK: RACK (RFC 8985 section 6), a segment is lost when one sent later was delivered and a reordering window has passed.
 * Without: the third duplicate ACK, and each partial ACK in recovery (RFC 5681 section 3.2, RFC 6582). Only what is marked lost here is
 * retransmitted.
 */
import { seqGt, seqLt } from '../../base/sequence.ts';
import { US } from '../../time/instant.ts';
import { ACKED } from './ack-flags.ts';
import { CA, PENDING, SENT, TIMEOUT_MIN_NS } from './constants.ts';
import { type ControlBlock, now } from './control-block.ts';
import { inFlight } from './cwnd.ts';
import { enterRecovery, reduceWindow } from './recovery.ts';
import { retransmitLost } from './retransmit.ts';
import { joinedTo, removeTimed, type Sent, separate } from './sent.ts';
import { armRto, setPending } from './timers.ts';

const PERSIST_RECOVERIES = 16;

/** RFC 8985 step 2: remembers the segment that was sent last among those delivered. */
export function advanceRack(c: ControlBlock, sent: Sent): void {
  const rtt = now(c) - sent.sentAt;
  // An ACK sooner than any round trip answers the original, not the retransmission.
  if (sent.marks & (SENT.RETRANSMITTED | SENT.EVER_RETRANSMITTED) && rtt < c.minRttUs * US) return;
  c.rackAdvanced = true;
  c.rackRttNs = rtt;
  if (sent.sentAt > c.rackSentAt || (sent.sentAt === c.rackSentAt && seqGt(sent.endSeq, c.rackEndSeq))) {
    c.rackSentAt = sent.sentAt;
    c.rackEndSeq = sent.endSeq;
  }
}

/** RFC 8985 step 4: no tolerance until reordering was seen once duplicates have proven a loss, else a quarter of the minimum round trip. */
function reorderWindow(c: ControlBlock): number {
  if (c.reorderSeen === 0) {
    if (c.caState >= CA.RECOVERY) return 0;
    if (c.sackedOut >= c.reordering && (c.tcp.config.recovery.number & 4) === 0) return 0;
  }
  return Math.min((c.minRttUs >> 2) * c.rackSteps, c.srttUs8 >> 3) * US;
}

/** Time left until `sent` counts as lost; zero or less: now. */
export function rackTimeLeft(c: ControlBlock, sent: Sent, windowNs: number): number {
  return c.rackRttNs + windowNs - (now(c) - sent.sentAt);
}

/** Marks what is overdue (RFC 8985 step 5); the longest wait among the rest, 0 for none. */
function detectLoss(c: ControlBlock): number {
  const windowNs = reorderWindow(c);
  let wait = 0;
  let next: Sent | undefined;
  for (let sent = c.timedHead; sent !== undefined; sent = next) {
    next = sent.later;
    if (sent.marks & SENT.LOST && !(sent.marks & SENT.RETRANSMITTED)) continue;
    const later = c.rackSentAt > sent.sentAt || (c.rackSentAt === sent.sentAt && seqGt(c.rackEndSeq, sent.endSeq));
    if (!later) break;
    const left = rackTimeLeft(c, sent, windowNs);
    if (left <= 0) {
      markLost(c, sent);
      removeTimed(c, sent);
    } else if (left > wait) wait = left;
  }
  return wait;
}

/** After each ACK. True where the timer now waits for reordering to resolve, for a time-out at most (tcp_rack_mark_lost). */
function rackMarkLost(c: ControlBlock): boolean {
  if (!c.rackAdvanced) return false;
  c.rackAdvanced = false;
  const wait = detectLoss(c);
  if (wait === 0) return false;
  setPending(c, PENDING.REORDER, Math.min(wait + TIMEOUT_MIN_NS, c.rtoNs));
  return true;
}

/** The reordering wait is over. */
export function reorderTimeout(c: ControlBlock): void {
  const before = inFlight(c);
  detectLoss(c);
  if (before !== inFlight(c)) {
    if (c.caState !== CA.RECOVERY) {
      enterRecovery(c);
      reduceWindow(c, 1, 0, 0);
    }
    retransmitLost(c);
  }
  if (c.pending !== PENDING.RETRANSMIT) armRto(c);
}

/**
 * Counts a segment out of the network. A retransmission that is lost again is out twice over; one of a segment whose loss was taken back (undo.ts)
 * still counts as under way (tcp_mark_skb_lost).
 */
export function markLost(c: ControlBlock, sent: Sent): void {
  if (sent.marks & SENT.SACKED) return;
  if (c.retransmitHint !== undefined && seqLt(sent.seq, c.retransmitHint.seq)) c.retransmitHint = sent;
  if (sent.marks & SENT.LOST) {
    if (sent.marks & SENT.RETRANSMITTED) {
      sent.marks &= ~SENT.RETRANSMITTED;
      c.retransOut--;
      c.lost++;
    }
    return;
  }
  c.lostOut++;
  c.lost++;
  sent.marks |= SENT.LOST;
}

/** RFC 6582 section 3.2: the first unacknowledged segment is lost, at the third duplicate and at each partial ACK. */
function newRenoMarkLost(c: ControlBlock, unaAdvanced: boolean): void {
  const head = c.rtxHead;
  if (head === undefined || head.marks & SENT.LOST) return;
  if ((c.caState < CA.RECOVERY && c.sackedOut >= c.reordering) || (c.caState === CA.RECOVERY && unaAdvanced)) {
    // It alone, not what left with it.
    const rest = joinedTo(head);
    if (rest !== undefined) separate(c, rest);
    markLost(c, head);
  }
}

/** Finds what this ACK shows to be lost; the flags, less the wish to restart the time-out where RACK set the timer. */
export function identifyLoss(c: ControlBlock, flags: number): number {
  if (c.rtxHead === undefined) return flags;
  if (!c.sackOn) {
    newRenoMarkLost(c, (flags & ACKED.UNA_ADVANCED) !== 0);
    return flags;
  }
  const before = c.retransOut;
  if (rackMarkLost(c)) flags &= ~ACKED.SET_TIMER;
  return before > c.retransOut ? flags | ACKED.LOST_RETRANSMISSION : flags;
}

/** RFC 8985 section 6.2 step 4: D-SACKs widen the reordering window by steps, sixteen recoveries without one bring it back. */
export function updateReorderWindow(c: ControlBlock, priorDelivered: number): void {
  if (c.tcp.config.recovery.number & 2 || priorDelivered === 0) return;
  if (priorDelivered < c.rackLastDelivered) c.rackDsackSeen = false;
  if (c.rackDsackSeen) {
    c.rackSteps = Math.min(255, c.rackSteps + 1);
    c.rackDsackSeen = false;
    c.rackLastDelivered = c.delivered;
    c.rackPersist = PERSIST_RECOVERIES;
  } else if (c.rackPersist === 0) c.rackSteps = 1;
}
