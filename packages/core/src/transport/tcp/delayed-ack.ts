/**
 * When to acknowledge (RFC 5681 section 4.2, RFC 9293 MUST-58 and MUST-59), as Linux adapts it: at once while a connection is young or after
 * trouble ("quick ACK"), every second full segment, else after 40 to 200 ms; and not at all alone where the program answers in time ("ping-pong").
 */
import { JIFFY_NS, US } from '../../time/instant.ts';
import { Timer } from '../../time/timer.ts';
import { TCP_FLAG, type TcpSegment } from '../../wire/packet.ts';
import { ATO_MIN_NS, DELACK_MAX_NS, DELACK_MIN_NS, MSS_DEFAULT, QUICK_ACKS_MAX, STATE } from './constants.ts';
import { type ControlBlock, now, receiveWindow, SHUT } from './control-block.ts';
import { checkMark } from './ecn.ts';
import { flushWakes } from './outcome.ts';
import { sendAck } from './output.ts';
import { routeSaysQuickAck, rtoMinNs } from './route-metrics.ts';
import { holdBack } from './sack-compression.ts';
import { isPingpong } from './send.ts';
import { timestampBytes } from './timestamps.ts';
import {
  candidateWindow,
  growWindow,
  learnPayloadRatio,
  measureReceiveRtt,
  measureReceiveRttByWindow,
} from './windows.ts';

/** The next `most` segments are acknowledged at once, but no more than half a window of them. */
export function addQuickAcks(c: ControlBlock, most: number): void {
  let count = Math.floor(c.rcvWnd / (2 * c.rcvMss));
  if (count === 0) count = 2;
  count = Math.min(count, most);
  if (count > c.quickAcks) c.quickAcks = count;
}

export function enterQuickAck(c: ControlBlock, most = QUICK_ACKS_MAX): void {
  addQuickAcks(c, most);
  c.pingpong = 0;
  c.atoNs = ATO_MIN_NS;
}

/** The segment size that the peer uses, as far as can be seen. */
export function measureReceiveMss(c: ControlBlock, segment: TcpSegment): void {
  const last = c.lastSegmentLength;
  c.lastSegmentLength = 0;
  const length = segment.payload.length;
  if (length >= c.rcvMss) {
    if (length !== c.rcvMss) learnPayloadRatio(c, length);
    c.rcvMss = Math.min(length, c.advertisedMss);
    // A whole segment with PSH ends a write: more may not come, and the sender may wait for the ACK.
    if (segment.has(TCP_FLAG.psh) && c.ackPushed === 0) c.ackPushed = 1;
    return;
  }
  const whole = length + segment.headerLength;
  const plain = segment.flags & (TCP_FLAG.psh | TCP_FLAG.urg | TCP_FLAG.fin | TCP_FLAG.syn | TCP_FLAG.rst);
  if (whole >= MSS_DEFAULT + 20 || (whole >= 88 + 20 && plain === 0)) {
    const measured = whole - 20 - timestampBytes(c);
    c.lastSegmentLength = measured;
    if (measured === last) {
      c.rcvMss = measured;
      return;
    }
  }
  c.ackPushed = c.ackPushed > 0 ? 2 : 1;
}

/** A segment with new data came in order or not: adapts the delay to the gaps between segments. */
export function noteDataReceived(c: ControlBlock, segment: TcpSegment): void {
  c.ackScheduled = true;
  measureReceiveMss(c, segment);
  measureReceiveRttByWindow(c);
  const at = now(c);
  if (c.atoNs === 0) {
    addQuickAcks(c, QUICK_ACKS_MAX);
    c.atoNs = ATO_MIN_NS;
  } else {
    const gap = at - c.lastReceivedAt;
    if (gap <= ATO_MIN_NS / 2) c.atoNs = (c.atoNs - (c.atoNs % 2)) / 2 + ATO_MIN_NS / 2;
    else if (gap < c.atoNs) c.atoNs = Math.min((c.atoNs - (c.atoNs % 2)) / 2 + gap, c.rtoNs);
    else if (gap > c.rtoNs) addQuickAcks(c, QUICK_ACKS_MAX); // the sender starts anew, slowly
  }
  c.lastReceivedAt = at;
  if (c.ecn !== 0) checkMark(c);
  if (segment.payload.length >= 128) growWindow(c, segment.payload.length);
  if (c.timestampsOn) measureReceiveRtt(c, segment.payload.length);
}

/** After a segment was processed: acknowledge now, later, or not. */
export function checkAck(c: ControlBlock): void {
  if (!c.ackScheduled || c.state === STATE.CLOSED) return;
  const unread = c.receiveQueue === undefined ? 0 : c.receiveQueue.length;
  // First, as in Linux: a window that would be small ends the quick acknowledgements.
  const windowMoves =
    (c.rcvNxt - c.rcvWup) >>> 0 > c.rcvMss && (unread < c.settings.receiveLowat || candidateWindow(c) >= c.rcvWnd);
  // tcp_in_quickack_mode
  const quick = (c.quickAcks > 0 && !isPingpong(c)) || routeSaysQuickAck(c);
  if (windowMoves || quick || c.ackNow) sendAck(c);
  // Something is missing: every segment tells where (RFC 5681 section 4.2).
  else if (c.reassembly !== undefined && !c.reassembly.empty) {
    if (!holdBack(c)) sendAck(c);
  } else delayAck(c);
}

function delayAck(c: ControlBlock): void {
  let delay = c.atoNs;
  if (delay > DELACK_MIN_NS) {
    let most = isPingpong(c) || c.ackPushed > 0 ? DELACK_MAX_NS : 500_000_000;
    if (c.srttUs8 > 0) most = Math.min(most, Math.max((c.srttUs8 >> 3) * US, DELACK_MIN_NS));
    delay = Math.min(delay, most);
  }
  // A timer of Linux runs for one tick at least: time enough for a program to answer a FIN with its own.
  const most = Math.max(rtoMinNs(c), 2 * JIFFY_NS) - JIFFY_NS; // before the peer's time-out, if it is like ours
  armAckTimer(c, Math.max(JIFFY_NS, Math.min(delay, DELACK_MAX_NS, most)));
}

export function armAckTimer(c: ControlBlock, delay: number): void {
  const timer = (c.ackTimer ??= new Timer(
    c.tcp.queue,
    () => ackTimeout(c),
    c.tcp.report.watch(c, 'ack', () => 'delayed-ack'),
  ));
  let at = now(c) + delay;
  if (c.ackTimerOn) {
    if (timer.deadline <= now(c) + Math.floor(delay / 4)) {
      sendAck(c);
      return;
    }
    if (timer.deadline < at) at = timer.deadline;
  }
  c.ackTimerOn = true;
  timer.set(at);
}

function ackTimeout(c: ControlBlock): void {
  if (!c.ackTimerOn || c.state === STATE.CLOSED) return;
  c.ackTimerOn = false;
  if (!c.ackScheduled) return;
  if (!isPingpong(c)) c.atoNs = Math.min(c.atoNs * 2, c.rtoNs);
  else {
    c.pingpong = 0;
    c.atoNs = ATO_MIN_NS;
  }
  sendAck(c);
  flushWakes(c);
}

/** The program read: an ACK is due where it tells the peer of much more room, or was only waiting for the reader (tcp_cleanup_rbuf). */
export function ackAfterRead(c: ControlBlock, copied: number): void {
  let due = false;
  if (c.ackScheduled) {
    const drained = c.receiveQueue === undefined || c.receiveQueue.length === 0;
    if ((c.rcvNxt - c.rcvWup) >>> 0 > c.rcvMss) due = true;
    else if (copied > 0 && drained && (c.ackPushed === 2 || (c.ackPushed === 1 && !isPingpong(c)))) due = true;
  }
  if (copied > 0 && !due && !(c.shutdown & SHUT.READ)) {
    const present = receiveWindow(c);
    if (2 * present <= c.windowClamp) {
      const next = candidateWindow(c);
      if (next > 0 && next >= 2 * present) due = true;
    }
  }
  if (due) sendAck(c);
}
