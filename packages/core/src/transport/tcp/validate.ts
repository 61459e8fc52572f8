/**
 * May this segment be processed at all (RFC 9293 section 3.10.7.4, first to fourth check; RFC 7323 section 5 for PAWS; RFC 5961 for RST and SYN)?
 */
import { seqAdd, seqGt, seqLt } from '../../base/sequence.ts';
import { TCP_FLAG, type TcpSegment } from '../../wire/packet.ts';
import { challengeAck, outOfWindowLimited } from './challenge.ts';
import { STATE } from './constants.ts';
import { type ControlBlock, receiveWindow } from './control-block.ts';
import { enterQuickAck } from './delayed-ack.ts';
import { sendAck } from './output.ts';
import { setDsack } from './receive.ts';
import { resetReceived } from './reset.ts';
import { pawsCheck } from './timestamps.ts';

/** Is any of the segment in the window (RFC 9293 section 3.4, table 6)? Linux counts from RCV.WUP, so that nothing offered is taken back. */
function inWindow(c: ControlBlock, segment: TcpSegment): boolean {
  const endSeq = seqAdd(segment.seq, segment.seqLength);
  if (seqLt(endSeq, c.rcvWup)) return false;
  const limit = seqAdd(c.rcvNxt, receiveWindow(c));
  if (!seqGt(endSeq, limit)) return true;
  if (seqGt(segment.seq, limit)) return false;
  // Linux 6.17: a segment that reaches beyond the window is taken only while nothing waits to be read; a FIN alone may stick out.
  const dataEnd = segment.has(TCP_FLAG.fin) ? seqAdd(endSeq, -1) : endSeq;
  return !seqGt(dataEnd, limit) || c.receiveQueue === undefined || c.receiveQueue.length === 0;
}

/** A RST one below RCV.NXT is good too after the peer's FIN: some hosts do not count their FIN then. */
function isLateReset(c: ControlBlock, segment: TcpSegment): boolean {
  const afterFin = c.state === STATE.CLOSE_WAIT || c.state === STATE.LAST_ACK || c.state === STATE.CLOSING;
  return afterFin && segment.seq === seqAdd(c.rcvNxt, -1);
}

/** True where processing goes on; everything else was answered here. */
export function isAcceptable(c: ControlBlock, segment: TcpSegment): boolean {
  const paws = pawsCheck(c, segment);
  if (paws !== 'passes' && !segment.has(TCP_FLAG.rst)) {
    if (segment.has(TCP_FLAG.syn)) challenge(c, segment);
    else if (paws === 'old-ack') c.tcp.report.drop(c, segment.seq, 'tcp-paws');
    else {
      c.tcp.report.drop(c, segment.seq, 'tcp-paws');
      if (!outOfWindowLimited(c, segment)) sendDuplicateAck(c, segment);
    }
    return false;
  }
  if (!inWindow(c, segment)) {
    outsideWindow(c, segment);
    return false;
  }
  if (segment.has(TCP_FLAG.rst)) {
    if (isExactReset(c, segment)) resetReceived(c);
    else {
      c.tcp.report.drop(c, segment.seq, 'tcp-rst-ignored');
      challengeAck(c); // RFC 5961 section 3.2
    }
    return false;
  }
  if (segment.has(TCP_FLAG.syn)) {
    if (isCrossingSynAck(c, segment)) return true;
    challenge(c, segment); // RFC 5961 section 4.2
    return false;
  }
  return true;
}

/** RFC 5961 section 3.2: exactly RCV.NXT; Linux also takes the end of the highest block that it SACKed. */
function isExactReset(c: ControlBlock, segment: TcpSegment): boolean {
  if (segment.seq === c.rcvNxt || isLateReset(c, segment)) return true;
  return c.sackOn && c.reassembly !== undefined && c.reassembly.highest === segment.seq;
}

/** The SYN-ACK of a simultaneous open repeats the peer's SYN below our window; its ACK counts (RFC 9293 figure 8). */
function isCrossingSynAck(c: ControlBlock, segment: TcpSegment): boolean {
  return (
    c.state === STATE.SYN_RECEIVED &&
    segment.has(TCP_FLAG.ack) &&
    segment.seqLength === 1 &&
    seqAdd(segment.seq, 1) === c.rcvNxt &&
    segment.ack === c.sndNxt
  );
}

function outsideWindow(c: ControlBlock, segment: TcpSegment): void {
  if (segment.has(TCP_FLAG.rst)) {
    if (isLateReset(c, segment)) resetReceived(c);
    else c.tcp.report.drop(c, segment.seq, 'tcp-rst-ignored');
    return;
  }
  if (segment.has(TCP_FLAG.syn)) {
    if (isCrossingSynAck(c, segment)) return;
    challenge(c, segment);
    return;
  }
  c.tcp.report.drop(c, segment.seq, 'tcp-not-acceptable');
  if (!outOfWindowLimited(c, segment)) sendDuplicateAck(c, segment);
}

function challenge(c: ControlBlock, segment: TcpSegment): void {
  c.tcp.report.drop(c, segment.seq, 'tcp-flags-invalid');
  challengeAck(c);
}

/** An unacceptable segment is answered with an ACK (RFC 9293 MUST-59 context); old data also with a D-SACK. */
function sendDuplicateAck(c: ControlBlock, segment: TcpSegment): void {
  const endSeq = seqAdd(segment.seq, segment.seqLength);
  if (segment.seqLength > 0 && seqLt(segment.seq, c.rcvNxt)) {
    enterQuickAck(c);
    setDsack(c, segment.seq, seqGt(endSeq, c.rcvNxt) ? c.rcvNxt : endSeq);
  }
  sendAck(c);
}
