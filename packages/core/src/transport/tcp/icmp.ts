/**
 * ICMP errors for a connection (RFC 9293 section 3.9.2.2; RFC 5927 for why none of them may end an established one). While the handshake lasts an
 * error ends it, as on Linux; afterwards it is kept as the reason for a later time-out, or told at once where the program asked (IP_RECVERR). "Fragmentation needed" shrinks the MSS (RFC 1191).
 */
import type { Errno } from '../../base/errno.ts';
import { seqGeq, seqGt } from '../../base/sequence.ts';
import { ICMP, ICMP_UNREACHABLE, type IcmpMessage } from '../../wire/packet.ts';
import { icmpErrno } from '../icmp-errno.ts';
import { STATE } from './constants.ts';
import { type ControlBlock, now, WAKE } from './control-block.ts';
import { fail, flushWakes, wake } from './outcome.ts';
import { currentMss } from './output.ts';
import { resendTooLarge } from './recovery.ts';
import { revertBackoff } from './retransmit.ts';
import { heedsPathMtu } from './settings.ts';
import type { HalfOpen } from './syn-queue.ts';

/** `seq` is the quoted sequence number: an error about something not outstanding is stale or forged. */
export function icmpForConnection(c: ControlBlock, icmp: IcmpMessage, seq: number): void {
  const mapped = icmpErrno(icmp);
  if (mapped === undefined || c.state === STATE.CLOSED || c.state === STATE.LISTEN) return;
  if (!seqGeq(seq, c.sndUna) || seqGt(seq, c.sndNxt)) return;
  if (icmp.type === 3 && icmp.code === 4) shrink(c);
  else {
    // RFC 6069: a route that was lost says nothing about congestion.
    if (icmp.type === 3 && icmp.code <= 1) revertBackoff(c, seq);
    if (c.state === STATE.SYN_SENT || c.state === STATE.SYN_RECEIVED) fail(c, mapped.errno, 'icmp-error');
    else if (c.settings.receiveErrors) report(c, mapped.errno);
    else c.softError = mapped.errno;
  }
  flushWakes(c);
}

/** Who offers a connection and cannot be reached is forgotten, where the message quotes our SYN-ACK (tcp_req_err). */
export function icmpForHalfOpen(request: HalfOpen, { type, code }: IcmpMessage, seq: number): void {
  const unreachable = type === ICMP.unreachable && (code === ICMP_UNREACHABLE.net || code === ICMP_UNREACHABLE.host);
  const lost = unreachable || type === ICMP.timeExceeded || type === ICMP.parameterProblem;
  if (lost && seq === request.iss) request.listener.listener!.drop(request, 'icmp-error');
}

/** IP_RECVERR: the program hears of it at its next call, and the connection goes on (tcp_v4_err). */
function report(c: ControlBlock, error: Errno): void {
  c.pendingError = error;
  wake(c, WAKE.ERROR);
}

/**
 * The path has learnt its new MTU already; what is out and too large goes again, cut smaller. Linux reads no clock here (tcp_v4_mtu_reduced): what goes again
 * has the time at which the connection last sent or received, as its time stamp too.
 */
function shrink(c: ControlBlock): void {
  const before = c.mss;
  const mss = currentMss(c);
  if (mss >= before || c.state === STATE.SYN_SENT || !heedsPathMtu(c.tcp, c.settings)) return;
  c.clockBehindNs = now(c) - Math.max(c.transmittedAt, c.lastReceivedAt, c.lastAckReceivedAt);
  resendTooLarge(c);
  c.clockBehindNs = 0;
}
