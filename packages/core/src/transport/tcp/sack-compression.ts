/**
 * SACK compression: while segments are missing every one that arrives would be answered with a duplicate ACK. After the three that fast retransmit needs
 * (RFC 5681 section 3.2) Linux holds further ones back for a twentieth of the round trip, at most net.ipv4.tcp_comp_sack_delay_ns, so that one SACK
 * tells of many segments; up to tcp_comp_sack_nr of them.
 */
import { US } from '../../time/instant.ts';
import { Timer } from '../../time/timer.ts';
import { DUP_ACK_THRESHOLD } from './constants.ts';
import type { ControlBlock } from './control-block.ts';
import { flushWakes } from './outcome.ts';
import { sendAck } from './output.ts';

/** Blocks that a report has room for beside time stamps and a D-SACK; an arrival that makes more of them is told at once. */
const BLOCKS_EXPECTED = 2;
const RTT_PART = 20;

/** An acknowledgement that reports a hole: true where it is to be held back. */
export function holdBack(c: ControlBlock): boolean {
  const { config } = c.tcp;
  if (!c.sackOn || c.heldAcks >= config.compressSackCount.number) return false;
  if (c.heldSince !== c.rcvNxt) {
    c.heldSince = c.rcvNxt;
    c.duplicatesTold = 0;
  }
  if (c.duplicatesTold < DUP_ACK_THRESHOLD) {
    c.duplicatesTold++;
    return false;
  }
  if (c.heldAcks++ === 0) startTimer(c);
  return true;
}

function startTimer(c: ControlBlock): void {
  const { config, queue } = c.tcp;
  let rttUs8 = c.rcvRttUs;
  if (c.srttUs8 > 0 && c.srttUs8 < rttUs8) rttUs8 = c.srttUs8;
  const part = Math.floor((rttUs8 * (US >> 3)) / RTT_PART);
  const delay = Math.min(config.compressSackDelay.number, part) + config.compressSackSlack.number;
  c.holdTimer ??= new Timer(
    queue,
    () => release(c),
    c.tcp.report.watch(c, 'hold', () => 'sack-compression'),
  );
  c.holdTimer.setAfter(delay);
}

function release(c: ControlBlock): void {
  if (c.heldAcks === 0) return;
  sendAck(c);
  flushWakes(c);
}

/** An acknowledgement leaves: it tells all that was held back. */
export function settleHeld(c: ControlBlock): void {
  c.heldAcks = 0;
  c.holdTimer?.clear();
}

/** A new block beside `others` would push one out that nobody has heard of. */
export function tellBeforeOverflow(c: ControlBlock, others: number): void {
  if (c.heldAcks > 0 && others >= BLOCKS_EXPECTED) sendAck(c);
}
