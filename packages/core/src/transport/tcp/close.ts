/**
 * The ends of a connection (RFC 9293 section 3.6 and 3.10.4): shutdown and close by the program, FIN from the peer, abort, and what a
 * connection without an owner may still do.
 */
import { E, type Errno } from '../../base/errno.ts';
import type { TcpConnection } from './connection.ts';
import { STATE, type State, TIME_WAIT_NS } from './constants.ts';
import { type ControlBlock, SHUT, WAKE } from './control-block.ts';
import { armSlowTimer } from './keepalive.ts';
import { closeListener } from './listener.ts';
import { finish, flushWakes, purgeSending, setState, wake } from './outcome.ts';
import { sendAck, sendReset } from './output.ts';
import { queueFin } from './send.ts';
import { enterTimeWait } from './timewait.ts';

/** The peer's FIN was reached in order. */
export function finReceived(c: ControlBlock): void {
  c.ackScheduled = true;
  c.shutdown |= SHUT.READ;
  c.done = true;
  switch (c.state) {
    case STATE.SYN_RECEIVED:
    case STATE.ESTABLISHED:
      setState(c, STATE.CLOSE_WAIT, 'fin-received');
      c.pingpong = 1; // the answer is likely a FIN of our own
      break;
    case STATE.FIN_WAIT_1: // simultaneous close (RFC 9293 figure 13)
      sendAck(c);
      setState(c, STATE.CLOSING, 'fin-received');
      break;
    case STATE.FIN_WAIT_2:
      sendAck(c);
      forgetOutOfOrder(c);
      wake(c, WAKE.READ | WAKE.WRITE);
      enterTimeWait(c, STATE.TIME_WAIT, TIME_WAIT_NS);
      return;
    default:
      forgetOutOfOrder(c);
      return; // a FIN that was counted before
  }
  forgetOutOfOrder(c);
  wake(c, WAKE.READ | WAKE.WRITE);
}

/** Nothing can come behind a FIN. */
function forgetOutOfOrder(c: ControlBlock): void {
  c.reassembly = undefined;
  c.dsackLeft = c.dsackRight = 0;
}

/** CLOSE and half close: moves on, and says whether a FIN is to be sent. */
function closeState(c: ControlBlock): boolean {
  switch (c.state) {
    case STATE.SYN_RECEIVED:
    case STATE.ESTABLISHED:
      setState(c, STATE.FIN_WAIT_1, 'close');
      return true;
    case STATE.CLOSE_WAIT:
      setState(c, STATE.LAST_ACK, 'close');
      return true;
    case STATE.SYN_SENT:
      finish(c, 'close');
      return false;
    default:
      return false;
  }
}

/**
 * shutdown(2) (inet_shutdown). Before there is a connection the answer is ENOTCONN, and yet the direction is shut; a listener that may not read, and an
 * attempt to connect, are given up.
 */
export function shutdown(c: TcpConnection, how: number): Errno | undefined {
  const { state } = c;
  if (state === STATE.SYN_SENT || (state === STATE.LISTEN && how & SHUT.READ)) {
    disconnect(c);
    return undefined;
  }
  if (state === STATE.LISTEN) return undefined;
  c.shutdown |= how;
  if (how & SHUT.WRITE && closeState(c)) queueFin(c);
  wake(c, WAKE.READ | WAKE.WRITE);
  flushWakes(c);
  return state === STATE.CLOSED ? E.ENOTCONN : undefined;
}

/** tcp_disconnect: as good as new, but for the port that the program chose and the error that the end was. */
function disconnect(c: TcpConnection): void {
  abort(c);
  const error = c.pendingError;
  c.tcp.resetForReuse(c);
  c.pendingError = error;
}

/** close(2) of the last descriptor. */
export function close(c: ControlBlock): void {
  if (c.orphan) return;
  c.shutdown = SHUT.BOTH;
  if (c.state === STATE.LISTEN) {
    closeListener(c);
    finish(c, 'close');
    c.orphan = true;
    return;
  }
  const unread = c.receiveQueue !== undefined && c.receiveQueue.length > 0;
  c.receiveQueue = undefined;
  if (c.state === STATE.CLOSED) c.tcp.forget(c);
  else if (unread) {
    // RFC 9293 section 3.6.1 (MUST-13 context), RFC 2525 section 2.17: data is lost, so the peer must not think it was taken.
    const active = c.state !== STATE.SYN_SENT;
    if (active) sendReset(c);
    finish(c, 'close-with-unread-data');
  } else if (c.settings.lingers && c.settings.lingerSeconds === 0) abort(c);
  else if (closeState(c)) queueFin(c);
  c.orphan = true;
  afterOrphaned(c);
  flushWakes(c);
}

function afterOrphaned(c: ControlBlock): void {
  if (c.state === STATE.CLOSED) {
    purgeSending(c);
    return;
  }
  c.countedOrphan = true;
  c.tcp.orphans++;
  if (c.state === STATE.FIN_WAIT_2) {
    if (c.settings.finWait2Ns < 0) {
      sendReset(c);
      finish(c, 'linger2');
    } else orphanInFinWait2(c);
  }
  // A host that is flooded with ownerless connections resets the next one (tcp_check_oom).
  if ((c.state as State) !== STATE.CLOSED && c.tcp.orphans > c.tcp.config.maxOrphans.number) {
    sendReset(c);
    finish(c, 'too-many-orphans');
  }
}

/** FIN-WAIT-2 without an owner does not wait for ever: net.ipv4.tcp_fin_timeout, or TCP_LINGER2. */
export function orphanInFinWait2(c: ControlBlock): void {
  const wait = c.settings.finWait2Ns;
  const time = wait > 0 ? wait : c.tcp.config.finTimeoutNs;
  if (time > TIME_WAIT_NS) armSlowTimer(c, time - TIME_WAIT_NS);
  else enterTimeWait(c, STATE.FIN_WAIT_2, time);
}

/** ABORT (RFC 9293 section 3.10.5): RST where the peer may still expect something. */
export function abort(c: ControlBlock): void {
  const { state } = c;
  if (state === STATE.CLOSED) return;
  if (state === STATE.LISTEN) closeListener(c);
  const open =
    state === STATE.ESTABLISHED ||
    state === STATE.CLOSE_WAIT ||
    state === STATE.FIN_WAIT_1 ||
    state === STATE.FIN_WAIT_2 ||
    state === STATE.SYN_RECEIVED;
  const unsent = c.sndNxt !== c.writeSeq && (state === STATE.CLOSING || state === STATE.LAST_ACK);
  if (open || unsent) sendReset(c);
  if (open || unsent || state === STATE.SYN_SENT) c.pendingError = E.ECONNRESET;
  purgeSending(c);
  finish(c, 'abort');
  flushWakes(c);
}
