/**
 * The transmission timer: one per connection, running for a retransmission, a zero-window probe, a loss probe (TLP) or a reordering wait (RACK),
 * never two of them at once, as in Linux. Set again with each ACK; the event queue is touched only when it runs out (`time/timer.ts`).
 */
import type { TcpTimer } from '../../record/catalogue.ts';
import type { DurationNs } from '../../time/instant.ts';
import { Timer } from '../../time/timer.ts';
import { PENDING, type Pending, STATE } from './constants.ts';
import { type ControlBlock, now } from './control-block.ts';
import { flushWakes } from './outcome.ts';
import { probeTimeout } from './persist.ts';
import { reorderTimeout } from './rack.ts';
import { retransmissionTimeout } from './retransmit.ts';
import { sendLossProbe } from './tlp.ts';

const PURPOSE: Readonly<Record<Pending, TcpTimer>> = {
  [PENDING.NONE]: 'retransmission',
  [PENDING.RETRANSMIT]: 'retransmission',
  [PENDING.PROBE]: 'persist',
  [PENDING.LOSS_PROBE]: 'loss-probe',
  [PENDING.REORDER]: 'reordering',
};

export function setPending(c: ControlBlock, pending: Pending, delay: DurationNs): void {
  c.pending = pending;
  c.sendTimer ??= new Timer(
    c.tcp.queue,
    () => expired(c),
    c.tcp.report.watch(c, 'send', () => PURPOSE[c.pending]),
  );
  c.sendTimer.setAfter(Math.min(delay, c.tcp.config.rtoMaxNs));
}

export function clearPending(c: ControlBlock): void {
  c.pending = PENDING.NONE;
  c.sendTimer?.clear();
}

function expired(c: ControlBlock): void {
  const { pending } = c;
  if (c.state === STATE.CLOSED || c.state === STATE.LISTEN) return;
  // The other two still say what the timer was for where the time-out is armed anew (tcp_write_timer_handler, tcp_rearm_rto).
  if (pending === PENDING.RETRANSMIT || pending === PENDING.PROBE) c.pending = PENDING.NONE;
  if (pending === PENDING.RETRANSMIT) retransmissionTimeout(c);
  else if (pending === PENDING.PROBE) probeTimeout(c);
  else if (pending === PENDING.LOSS_PROBE) sendLossProbe(c);
  else if (pending === PENDING.REORDER) reorderTimeout(c);
  flushWakes(c);
}

/** How long until the time-out of the oldest segment, counted from its last transmission; may be past. */
export function rtoLeft(c: ControlBlock): DurationNs {
  const head = c.rtxHead;
  return (head === undefined ? now(c) : head.sentAt) + c.rtoNs - now(c);
}

/** RFC 6298 section 5.1 to 5.3: run while anything is outstanding, begin anew when new data is acknowledged. */
export function armRto(c: ControlBlock): void {
  if (c.packetsOut === 0) {
    clearPending(c);
    return;
  }
  let delay = c.rtoNs;
  // After a probe or a reordering wait, the time since the oldest segment was sent still counts.
  if (c.pending === PENDING.REORDER || c.pending === PENDING.LOSS_PROBE) delay = Math.max(rtoLeft(c), 1000);
  setPending(c, PENDING.RETRANSMIT, delay);
}

/** net.ipv4.tcp_orphan_retries: 0 means 8 while the peer seems alive, none after a fatal ICMP error. */
export function orphanRetries(c: ControlBlock, alive: boolean): number {
  let retries = c.tcp.config.orphanRetries.number;
  if (c.softError !== undefined && !alive) retries = 0;
  return retries === 0 && alive ? 8 : retries;
}

export function disposeTimers(c: ControlBlock): void {
  c.pending = PENDING.NONE;
  c.sendTimer?.dispose();
  c.ackTimer?.dispose();
  c.slowTimer?.dispose();
  c.holdTimer?.dispose();
  c.sendTimer = c.ackTimer = c.slowTimer = c.holdTimer = undefined;
}
