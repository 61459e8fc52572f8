/**
 * A segment for a connection, state by state (RFC 9293 section 3.10.7.4). In ESTABLISHED the usual cases, the next data and an ACK of what is out,
 * skip the checks that they pass by construction (header prediction); everything after is the same code.
 */
import { seqAdd, seqDiff, seqGt, seqLeq, seqLt } from '../../base/sequence.ts';
import { TCP_FLAG, type TcpSegment } from '../../wire/packet.ts';
import { processAck } from './ack.ts';
import { ACKED } from './ack-flags.ts';
import { challengeAck } from './challenge.ts';
import { orphanInFinWait2 } from './close.ts';
import { CA, STATE, TIME_WAIT_NS } from './constants.ts';
import { type ControlBlock, now, receiveWindow, SHUT, WAKE } from './control-block.ts';
import { checkAck } from './delayed-ack.ts';
import { acknowledgeSyn, becomeEstablished, receiveInSynSent } from './handshake.ts';
import { armSlowTimer } from './keepalive.ts';
import { finish, flushWakes, purgeSending, setState, wake } from './outcome.ts';
import { receiveData, receivePredicted } from './receive.ts';
import { resetReceived } from './reset.ts';
import { hasUnsent, pushAfterAck } from './send.ts';
import { asksForMemory, checkSpace } from './send-buffer.ts';
import { removeSent } from './sent.ts';
import { clearPending } from './timers.ts';
import { readTimestamp, storeTsRecent } from './timestamps.ts';
import { enterTimeWait } from './timewait.ts';
import { receiveUrgentPointer } from './urgent.ts';
import { isAcceptable } from './validate.ts';

/** True where the caller is to answer with RST. */
export function receiveSegment(c: ControlBlock, segment: TcpSegment, packet: number): boolean {
  c.lastPacket = packet;
  c.segmentsIn++;
  if (segment.payload.length > 0) c.dataSegmentsIn++;
  let reset = false;
  if (c.state === STATE.ESTABLISHED) established(c, segment);
  else if (c.state === STATE.SYN_SENT) reset = receiveInSynSent(c, segment);
  else if (c.state !== STATE.CLOSED) reset = otherStates(c, segment);
  flushWakes(c);
  return reset;
}

/** The next segment in order, without anything special: surely acceptable. */
function isPredicted(c: ControlBlock, segment: TcpSegment): boolean {
  return (
    (segment.flags & ~TCP_FLAG.psh) === TCP_FLAG.ack &&
    segment.seq === c.rcvNxt &&
    segment.payload.length <= receiveWindow(c) &&
    (!c.timestampsOn || (segment.tsVal >= 0 && seqDiff(segment.tsVal, c.tsRecent) >= 0))
  );
}

function established(c: ControlBlock, segment: TcpSegment): void {
  if (c.timestampsOn) readTimestamp(c, segment);
  const predicted = isPredicted(c, segment);
  if (!predicted && lacksAck(c, segment)) return;
  if (!predicted && !isAcceptable(c, segment)) return;
  const plain = predicted && isPlainData(c, segment);
  const keeps = predicted && keepsReport(c, segment);
  if (plain) {
    if (c.timestampsOn && seqLeq(segment.seq, c.rcvWup)) storeTsRecent(c);
    if (!leavesFastPath(c, segment)) {
      receivePredicted(c, segment);
      checkAck(c);
      return;
    }
    c.lastAckReceivedAt = now(c);
  } else if (!takeAck(c, segment, predicted)) return;
  if (segment.flags & TCP_FLAG.urg || c.urgentState === 1) receiveUrgentPointer(c, segment);
  if (segment.payload.length > 0 || segment.flags & TCP_FLAG.fin) receiveData(c, segment, keeps);
  if (plain) checkAck(c);
  else afterSegment(c);
}

/**
 * Data and nothing else: only the time stamp moves, and what waits to be sent or is lost goes on waiting, as on Linux's fast path. Where nothing waits, the way
 * beside it comes to the same, but for the time that TCP_INFO tells.
 */
function isPlainData(c: ControlBlock, segment: TcpSegment): boolean {
  return (
    segment.ack === c.sndUna &&
    segment.payload.length > 0 &&
    isOrdinary(c, segment) &&
    keepsWindow(c, segment) &&
    !((c.caState !== CA.OPEN || hasUnsent(c)) && leavesFastPath(c, segment))
  );
}

/** Linux's fast path takes the time stamp and the data of the next segment in order whatever its ACK says (tcp_rcv_established). */
function isOnFastPath(c: ControlBlock, segment: TcpSegment): boolean {
  return isOrdinary(c, segment) && !leavesFastPath(c, segment);
}

/** No options but the time stamp, nothing urgent, and nothing that waits ahead of its turn. */
function isOrdinary(c: ControlBlock, segment: TcpSegment): boolean {
  return segment.options === undefined && c.urgentState === 0 && (c.reassembly === undefined || c.reassembly.empty);
}

/** It offers the window that we know of. */
function keepsWindow(c: ControlBlock, segment: TcpSegment): boolean {
  return segment.window * (1 << c.sndScale) === c.sndWnd;
}

/** A duplicate that is still to be reported outlasts data that comes on the fast path (`receiveData`). */
function keepsReport(c: ControlBlock, segment: TcpSegment): boolean {
  return c.dsackLeft !== c.dsackRight && keepsWindow(c, segment) && isOnFastPath(c, segment);
}

/**
 * Linux's fast path is left where it is off, where memory for data has to be asked for, and not yet entered at the peer's first data where our SYN was
 * answered with a scaled window (tcp_finish_connect).
 */
function leavesFastPath(c: ControlBlock, segment: TcpSegment): boolean {
  return c.slowPath || (c.scalingOn && c.sndWl1 === c.irs) || (segment.payload.length > 0 && asksForMemory(c, segment));
}

/** Every segment of a synchronised connection carries ACK, but RST and SYN; others are dropped unseen (RFC 9293 section 3.10.7.4, fifth; Linux first). */
function lacksAck(c: ControlBlock, segment: TcpSegment): boolean {
  if (segment.flags & (TCP_FLAG.ack | TCP_FLAG.rst | TCP_FLAG.syn)) return false;
  c.tcp.report.drop(c, segment.seq, 'tcp-flags-invalid');
  return true;
}

/** False where the segment is to be dropped. */
function takeAck(c: ControlBlock, segment: TcpSegment, predicted: boolean): boolean {
  const hasData = segment.payload.length > 0;
  let flags: number = hasData ? ACKED.DATA : 0;
  const sameWindow = keepsWindow(c, segment);
  if (predicted && sameWindow && segment.options === undefined) {
    if (!seqGt(segment.ack, c.sndUna)) flags |= ACKED.SLOW_PATH;
  } else flags |= ACKED.SLOW_PATH;
  const lenient = predicted && sameWindow && seqLt(segment.ack, c.sndUna) && isOnFastPath(c, segment);
  if (lenient && c.timestampsOn && seqLeq(segment.seq, c.rcvWup)) storeTsRecent(c);
  if (lenient && hasData) flags |= ACKED.NO_CHALLENGE;
  const outcome = processAck(c, segment, flags | ACKED.UPDATE_TS);
  if (outcome === 'accepted' || outcome === 'old') return true;
  if (outcome === 'too-old' && lenient && hasData) {
    receiveData(c, segment);
    challengeAck(c);
    afterSegment(c);
    return false;
  }
  c.tcp.report.drop(c, segment.seq, 'tcp-invalid-ack');
  if (outcome === 'ahead') challengeAck(c); // RFC 9293 section 3.10.7.4: send an ACK, drop
  return false;
}

/** Send what the ACK opened the way for, tell a waiting writer, acknowledge. */
function afterSegment(c: ControlBlock): void {
  if (c.state === STATE.CLOSED) return;
  pushAfterAck(c);
  if (c.noSpace) checkSpace(c);
  checkAck(c);
}

/** All synchronised states but ESTABLISHED, and SYN-RECEIVED. True where RST is the answer. */
function otherStates(c: ControlBlock, segment: TcpSegment): boolean {
  if (c.timestampsOn) readTimestamp(c, segment);
  if (lacksAck(c, segment) || !isAcceptable(c, segment)) return false;
  if (c.state === STATE.SYN_RECEIVED) {
    if (!completeOpen(c, segment)) return true;
  } else {
    const outcome = processAck(
      c,
      segment,
      ACKED.SLOW_PATH | ACKED.UPDATE_TS | ACKED.NO_CHALLENGE | (segment.payload.length > 0 ? ACKED.DATA : 0),
    );
    if (outcome === 'ahead' || outcome === 'too-old') {
      c.tcp.report.drop(c, segment.seq, 'tcp-invalid-ack');
      challengeAck(c);
      return false;
    }
  }
  const reset = finAcknowledged(c, segment);
  if (reset !== undefined) return reset;
  receiveUrgentPointer(c, segment);
  if (resetsData(c, segment)) return true;
  if (segment.seqLength > 0 && !isBeyondFin(c, segment)) receiveData(c, segment);
  afterSegment(c);
  return false;
}

/** SYN-RECEIVED: our SYN is acknowledged. */
function completeOpen(c: ControlBlock, segment: TcpSegment): boolean {
  if (!acknowledgeSyn(c, segment)) return false;
  // The SYN of a simultaneous open leaves the list of sent segments here.
  const head = c.rtxHead;
  if (head !== undefined && c.sndUna !== c.iss) {
    removeSent(c, head);
    purgeScoreboard(c);
    clearPending(c);
  }
  if (c.timestampsOn) storeTsRecent(c);
  becomeEstablished(c, 'ack-received');
  c.tcp.completed(c);
  return true;
}

function purgeScoreboard(c: ControlBlock): void {
  c.packetsOut = c.sackedOut = c.lostOut = c.retransOut = 0;
  c.retransStamp = -1;
}

/** Our FIN is acknowledged: the next state (RFC 9293 section 3.10.7.4, fifth). `undefined` where the segment is to be processed further. */
function finAcknowledged(c: ControlBlock, segment: TcpSegment): boolean | undefined {
  if (c.sndUna !== c.writeSeq || !c.finQueued) return undefined;
  if (c.state === STATE.FIN_WAIT_1) {
    setState(c, STATE.FIN_WAIT_2, 'fin-acknowledged');
    if (!c.orphan) {
      wake(c, WAKE.WRITE);
      return undefined;
    }
    return orphanReachedFinWait2(c, segment);
  }
  if (c.state === STATE.CLOSING) {
    enterTimeWait(c, STATE.TIME_WAIT, TIME_WAIT_NS);
    return false;
  }
  if (c.state === STATE.LAST_ACK) {
    finish(c, 'fin-acknowledged');
    purgeSending(c);
    return false;
  }
  return undefined;
}

function orphanReachedFinWait2(c: ControlBlock, segment: TcpSegment): boolean | undefined {
  if (c.settings.finWait2Ns < 0) return reset(c, 'linger2');
  const endSeq = seqAdd(segment.seq, segment.payload.length);
  // Data, or a FIN out of order, which stands for data that is missing.
  if (segment.seqLength > 0 && seqGt(endSeq, c.rcvNxt)) return reset(c, 'data-after-close');
  if (segment.has(TCP_FLAG.fin)) {
    armSlowTimer(c, c.tcp.config.finTimeoutNs);
    return undefined;
  }
  orphanInFinWait2(c);
  return false;
}

/** RFC 9293 section 3.6.1: data for a program that has closed cannot be delivered, so RST is the answer; so it is where TCP_LINGER2 waits for nobody. */
function reset(c: ControlBlock, reason: 'data-after-close' | 'linger2'): boolean {
  finish(c, reason);
  purgeSending(c);
  return true;
}

/** After the peer's FIN nothing new can come; what lies below it is acknowledged again. */
function isBeyondFin(c: ControlBlock, segment: TcpSegment): boolean {
  const closed = c.state === STATE.CLOSE_WAIT || c.state === STATE.CLOSING || c.state === STATE.LAST_ACK;
  return closed && !seqLt(segment.seq, c.rcvNxt);
}

/** Data for a program that does not read any more, or a FIN that tells of some: the connection is reset, as if the peer had done it (Linux). */
function resetsData(c: ControlBlock, segment: TcpSegment): boolean {
  if (c.state === STATE.ESTABLISHED || !(c.shutdown & SHUT.READ) || segment.seqLength === 0) return false;
  if (isBeyondFin(c, segment) || !seqGt(seqAdd(segment.seq, segment.payload.length), c.rcvNxt)) return false;
  resetReceived(c);
  return true;
}
