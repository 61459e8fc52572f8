/**
 * What the network does to the order of segments, with SACK and without: duplicate ACKs counted as segments that arrived (RFC 6582), and how far out
 * of order segments have been seen to come, which is how long a loss has to wait for its proof.
 */
import { type Seq, seqDiff } from '../../base/sequence.ts';
import type { ControlBlock } from './control-block.ts';

/** Without SACK each duplicate ACK stands for a segment that arrived; there cannot be more of them than segments out. */
export function limitRenoSacked(c: ControlBlock): boolean {
  const holes = Math.min(Math.max(c.lostOut, 1), c.packetsOut);
  if (c.sackedOut + holes <= c.packetsOut) return false;
  c.sackedOut = c.packetsOut - holes;
  return true;
}

function checkRenoReordering(c: ControlBlock, extra: number): void {
  if (!limitRenoSacked(c)) return;
  c.reordering = Math.min(c.packetsOut + extra, c.tcp.config.maxReordering.number);
  c.reorderSeen++;
}

export function addRenoSack(c: ControlBlock, duplicates: number): void {
  if (duplicates === 0) return;
  const before = c.sackedOut;
  c.sackedOut += duplicates;
  checkRenoReordering(c, 0);
  if (c.sackedOut > before) c.delivered += c.sackedOut - before;
}

/** A cumulative ACK fills one hole; the rest of what it covers were the duplicates. */
export function removeRenoSacks(c: ControlBlock, acked: number): void {
  if (acked > 0) {
    c.delivered += Math.max(acked - c.sackedOut, 1);
    c.sackedOut = acked - 1 >= c.sackedOut ? 0 : c.sackedOut - (acked - 1);
  }
  checkRenoReordering(c, acked);
}

/** The right edge of the highest data known to have arrived (the forward acknowledgement). */
export function forwardAck(c: ControlBlock): Seq {
  return c.sackOn && c.sackedOut > 0 ? c.highestSack : c.sndUna;
}

/** Something arrived out of order after all: the distance is how much reordering to expect (in segments). */
export function checkSackReordering(c: ControlBlock, lowSeq: number): void {
  const distance = seqDiff(forwardAck(c), lowSeq);
  if (distance <= 0) return;
  if (distance > c.reordering * c.mss) {
    c.reordering = Math.min(Math.ceil(distance / c.mss), c.tcp.config.maxReordering.number);
  }
  c.reorderSeen++;
}
