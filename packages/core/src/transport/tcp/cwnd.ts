/**
 * Use of the congestion window (RFC 2861 and RFC 7661 as Linux does them): a window that the sender does not fill may not grow, and decays
 * after idle time.
 */
import { seqGeq } from '../../base/sequence.ts';
import { BUSY, startBusy } from './chronograph.ts';
import { CA } from './constants.ts';
import type { ControlBlock } from './control-block.ts';
import { initialCwnd } from './route-metrics.ts';

/** Packets in the network by what is known: sent, less those that left it (SACKed or lost), plus retransmissions (RFC 6675 "pipe"). */
export function inFlight(c: ControlBlock): number {
  return c.packetsOut - c.sackedOut - c.lostOut + c.retransOut;
}

export function inSlowStart(c: ControlBlock): boolean {
  return c.cwnd < c.ssthresh;
}

/** True in the two states that reduce the window along the way (CWR and Recovery). */
export function inReduction(c: ControlBlock): boolean {
  return c.caState === CA.CWR || c.caState === CA.RECOVERY;
}

export function currentSsthresh(c: ControlBlock): number {
  return inReduction(c) ? c.ssthresh : Math.max(c.ssthresh, (c.cwnd >> 1) + (c.cwnd >> 2));
}

/** May the window grow? In slow start up to twice what was really used, above only when it was the limit. */
export function isCwndLimited(c: ControlBlock): boolean {
  if (c.cwndLimited) return true;
  return inSlowStart(c) && c.cwnd < 2 * c.maxPacketsOut;
}

/** Called after each round of sending. */
export function validateCwnd(c: ControlBlock, limited: boolean): void {
  if (seqGeq(c.sndUna, c.cwndUsageSeq) || limited || (!c.cwndLimited && c.packetsOut > c.maxPacketsOut)) {
    c.cwndLimited = limited;
    c.maxPacketsOut = c.packetsOut;
    c.cwndUsageSeq = c.sndNxt;
  }
  const now = c.tcp.queue.now;
  if (isCwndLimited(c)) {
    c.cwndUsed = 0;
    c.cwndStamp = now;
    return;
  }
  if (c.packetsOut > c.cwndUsed) c.cwndUsed = c.packetsOut;
  if (c.tcp.config.slowStartAfterIdle.number !== 0 && now - c.cwndStamp >= c.rtoNs) limitToUse(c, now);
  // All is sent, the window has room, and the program waits for the buffer.
  if (c.noSpace && c.sndNxt === c.writeSeq) startBusy(c, BUSY.SEND_BUFFER);
}

/** RFC 2861 section 3: an application that does not fill its window for a timeout loses half of the unused part. */
function limitToUse(c: ControlBlock, now: number): void {
  if (c.caState === CA.OPEN && !c.noSpace) {
    const used = Math.max(c.cwndUsed, initialCwnd(c));
    if (used < c.cwnd) {
      c.ssthresh = currentSsthresh(c);
      c.cwnd = (c.cwnd + used) >> 1;
    }
    c.cwndUsed = 0;
  }
  c.cwndStamp = now;
}

/** RFC 5681 section 4.1: after an idle time longer than the timeout, the window is halved per timeout, down to the initial one. */
export function restartAfterIdle(c: ControlBlock): void {
  if (c.tcp.config.slowStartAfterIdle.number === 0 || c.packetsOut > 0) return;
  const now = c.tcp.queue.now;
  let idle = now - c.lastSentAt;
  if (idle <= c.rtoNs) return;
  c.ssthresh = currentSsthresh(c);
  const restart = Math.min(initialCwnd(c), c.cwnd);
  let cwnd = c.cwnd;
  while ((idle -= c.rtoNs) > 0 && cwnd > restart) cwnd >>= 1;
  c.cwnd = Math.max(cwnd, restart);
  c.cwndStamp = now;
  c.cwndUsed = 0;
}
