/**
 * How a connection ends or changes state, and who is told. Owners are woken when the packet, timer or call at hand is done with, so that they
 * find a consistent connection and may call in again.
 */
import { E, type Errno } from '../../base/errno.ts';
import type { TcpStateReason } from '../../record/catalogue.ts';
import type { TcpStateName } from './api.ts';
import { BUSY, stopBusy } from './chronograph.ts';
import { STATE, type State } from './constants.ts';
import { type ControlBlock, SHUT, WAKE } from './control-block.ts';
import { disposeTimers } from './timers.ts';

const NAMES: readonly TcpStateName[] = [
  'CLOSED',
  'ESTABLISHED',
  'SYN-SENT',
  'SYN-RECEIVED',
  'FIN-WAIT-1',
  'FIN-WAIT-2',
  'TIME-WAIT',
  'CLOSED',
  'CLOSE-WAIT',
  'LAST-ACK',
  'LISTEN',
  'CLOSING',
];

export function stateName(state: State): TcpStateName {
  return NAMES[state]!;
}

export function setState(c: ControlBlock, state: State, reason: TcpStateReason): void {
  const from = c.state;
  if (from === state) return;
  c.state = state;
  c.tcp.report.state(c, from, state, reason);
  c.wakes |= WAKE.STATE;
}

export function wake(c: ControlBlock, bits: number): void {
  c.wakes |= bits;
}

/** Tells the owner what piled up. */
export function flushWakes(c: ControlBlock): void {
  const bits = c.wakes;
  if (bits === 0) return;
  c.wakes = 0;
  const { owner } = c;
  if (owner === undefined) return;
  if (bits & WAKE.STATE) {
    const told = c.toldState;
    c.toldState = c.state;
    if (told !== c.state) owner.stateChanged(NAMES[told]!, NAMES[c.state]!);
  }
  if (bits & WAKE.ERROR && (c.pendingError !== undefined || c.notices !== undefined)) owner.error(c.pendingError);
  if (bits & WAKE.URGENT) owner.urgent();
  if (bits & WAKE.READ) owner.readable();
  if (bits & WAKE.WRITE) owner.writable();
}

/** Empties what waits to be sent or acknowledged; nobody will. */
export function purgeSending(c: ControlBlock): void {
  c.sendQueue = undefined;
  c.rtxHead = c.rtxTail = c.timedHead = c.timedTail = c.retransmitHint = c.sackHint = undefined;
  c.buffersOut = 0;
  c.packetsOut = c.sackedOut = c.lostOut = c.retransOut = 0;
  c.notices?.forget();
  c.finQueued = false;
  stopBusy(c, BUSY.SENDING);
}

/** The connection is over (RFC 9293, "delete TCB"); bytes already received stay readable. */
export function finish(c: ControlBlock, reason: TcpStateReason): void {
  disposeTimers(c);
  if (c.countedOrphan) {
    c.countedOrphan = false;
    c.tcp.orphans--;
  }
  setState(c, STATE.CLOSED, reason);
  c.shutdown = SHUT.BOTH;
  c.reassembly = undefined;
  c.tcp.forget(c);
  wake(c, WAKE.READ | WAKE.WRITE);
  if (c.orphan) {
    purgeSending(c);
    c.receiveQueue = undefined;
  }
}

/** Ends with an error for the program. */
export function fail(c: ControlBlock, error: Errno, reason: TcpStateReason): void {
  c.pendingError = error;
  purgeSending(c);
  wake(c, WAKE.ERROR);
  finish(c, reason);
}

/** Too many retransmissions or probes: the last ICMP error, if one came, says why (RFC 9293 MUST-20, section 3.8.3). */
export function timeOut(c: ControlBlock): void {
  fail(c, c.softError ?? E.ETIMEDOUT, 'timeout');
}
