/**
 * Opening: the active side, simultaneous open, and what becomes of a completed half-open connection (RFC 9293 section 3.5, 3.10.1 and 3.10.7.3).
 */
import { Errno } from '../../base/errno.ts';
import { seqAdd, seqBetween, seqGt, seqLt } from '../../base/sequence.ts';
import type { TcpStateReason } from '../../record/catalogue.ts';
import { JIFFY_NS, US } from '../../time/instant.ts';
import { TCP_FLAG, type TcpSegment } from '../../wire/packet.ts';
import { EMPTY_PAYLOAD } from '../../wire/payload.ts';
import { processAck } from './ack.ts';
import { ACKED } from './ack-flags.ts';
import {
  CA,
  DELACK_MAX_NS,
  MSS_DEFAULT,
  PENDING,
  RTO_INITIAL_NS,
  SENT,
  STATE,
  TIMESTAMP_OPTION_BYTES,
  WINDOW_SCALE_MAX,
} from './constants.ts';
import { type ControlBlock, now, timestampNow, WAKE } from './control-block.ts';
import { armAckTimer, enterQuickAck } from './delayed-ack.ts';
import { ECN, grantsEcn } from './ecn.ts';
import { startKeepalive } from './keepalive.ts';
import { startMtuProbing } from './mtu-probe.ts';
import { setState, wake } from './outcome.ts';
import { ident, sendAck, syncMss, transmitSyn } from './output.ts';
import { resetReceived } from './reset.ts';
import { initialCwnd, offeredMss } from './route-metrics.ts';
import { firstRtt, noFirstRtt, updateRtt } from './rtt.ts';
import { hasUnsent, isPingpong, pushAfterAck } from './send.ts';
import { appendSent, Sent } from './sent.ts';
import type { HalfOpen } from './syn-queue.ts';
import { setPending } from './timers.ts';
import { readTimestamp, storeTsRecent } from './timestamps.ts';
import { initBuffers, initialWindow, initReceiveMss } from './windows.ts';

/** OPEN, active: the SYN goes out (RFC 9293 section 3.10.1). */
export function startConnect(c: ControlBlock): void {
  const { tcp } = c;
  c.peerMss = c.settings.userMss > 0 ? c.settings.userMss : 65_535;
  c.advertisedMss = offeredMss(c.path, c.settings.userMss);
  c.tsOffset = tcp.sequences.timestampOffset(c.localAddress, c.remoteAddress);
  // A connection that was in TIME-WAIT says where this one begins.
  if (c.iss === 0) c.iss = tcp.sequences.initial(c.localAddress, c.localPort, c.remoteAddress, c.remotePort, now(c));
  syncMss(c, c.path!.mtu);
  const stamped = c.tsRecentAt >= 0 ? TIMESTAMP_OPTION_BYTES : 0;
  const initial = initialWindow(c, c.advertisedMss - stamped, c.path!.metrics?.initrwnd);
  c.rcvWnd = initial.window;
  c.windowClamp = initial.clamp;
  c.rcvScale = initial.scale;
  c.rcvSsthresh = initial.window;
  c.sndUna = c.sndUp = c.ackedFrom = c.iss;
  c.sndNxt = c.writeSeq = c.pushedSeq = c.sndSmall = seqAdd(c.iss, 1);
  c.rtoNs = RTO_INITIAL_NS;
  initReceiveMss(c);
  setState(c, STATE.SYN_SENT, 'connect');
  const id = ident(c);
  appendSent(c, new Sent(c.iss, c.sndNxt, TCP_FLAG.syn, EMPTY_PAYLOAD, now(c), id.id));
  c.packetsOut = 1;
  // The time to give up counts from the first SYN (tcp_connect).
  c.retransStamp = now(c);
  c.retransTs = timestampNow(c) | 0;
  const ecn = tcp.config.ecn.number === 1 || c.path!.metrics?.ecn === true ? TCP_FLAG.ece | TCP_FLAG.cwr : 0;
  c.ecn = ecn === 0 ? 0 : ECN.OK;
  c.rtxHead!.flags |= ecn;
  const failed = transmitSyn(c, TCP_FLAG.syn | ecn, id);
  // No buffer or no link now is a lost SYN; the timer repeats it.
  if (failed instanceof Errno) c.softError = failed;
  setPending(c, PENDING.RETRANSMIT, c.rtoNs);
}

/** SYN-SENT (RFC 9293 section 3.10.7.3). True where RST is the answer. */
export function receiveInSynSent(c: ControlBlock, segment: TcpSegment): boolean {
  const stamps = c.tcp.config.timestamps.number !== 0;
  if (segment.has(TCP_FLAG.ack)) {
    if (!seqGt(segment.ack, c.sndUna) || seqGt(segment.ack, c.sndNxt)) {
      // An answer to an old SYN: reset it, and repeat ours at once so that the peer need not wait.
      if (c.retransmits === 0) setPending(c, PENDING.RETRANSMIT, 2 * JIFFY_NS);
      return true;
    }
    if (stamps && segment.tsVal >= 0 && segment.tsEcr !== 0 && !echoIsOurs(c, segment.tsEcr)) return true;
    if (segment.has(TCP_FLAG.rst)) {
      resetReceived(c);
      return false;
    }
    if (!segment.has(TCP_FLAG.syn)) return false;
    finishConnect(c, segment);
    return false;
  }
  if (segment.has(TCP_FLAG.rst)) c.tcp.report.drop(c, segment.seq, 'tcp-rst-ignored');
  else if (segment.has(TCP_FLAG.syn)) simultaneousOpen(c, segment);
  return false;
}

/** RFC 7323 section 5: an echo of something that this connection never sent is another connection's. */
function echoIsOurs(c: ControlBlock, echo: number): boolean {
  return seqBetween(c.retransTs >>> 0, echo, seqAdd(timestampNow(c), 1));
}

/** What the peer's SYN offers, where we offered the same (RFC 7323 section 2.2 and 3.2, RFC 2018 section 2). */
function takeOptions(c: ControlBlock, segment: TcpSegment): void {
  const { config } = c.tcp;
  const { options } = segment;
  readTimestamp(c, segment);
  c.timestampsOn = config.timestamps.number !== 0 && segment.tsVal >= 0;
  c.sackOn = config.sack.number !== 0 && options?.sackPermitted === true;
  c.scalingOn = config.windowScaling.number !== 0 && options?.windowScale !== undefined;
  if (c.scalingOn) c.sndScale = Math.min(options!.windowScale!, WINDOW_SCALE_MAX);
  else {
    c.sndScale = c.rcvScale = 0;
    c.windowClamp = Math.min(c.windowClamp, 65_535);
  }
  if (c.timestampsOn) {
    storeTsRecent(c);
    c.advertisedMss -= TIMESTAMP_OPTION_BYTES;
  }
  const offered = options?.mss === undefined || options.mss === 0 ? MSS_DEFAULT : options.mss;
  c.peerMss = Math.min(c.settings.userMss > 0 ? c.settings.userMss : 65_535, offered);
}

function takeSyn(c: ControlBlock, segment: TcpSegment): void {
  c.irs = segment.seq;
  c.rcvNxt = c.rcvWup = c.copiedSeq = c.urgentSeq = seqAdd(segment.seq, 1);
  c.sndWl1 = segment.seq;
  c.sndWnd = segment.window; // a SYN's window is never scaled
  c.maxWindow = c.sndWnd;
}

function finishConnect(c: ControlBlock, segment: TcpSegment): void {
  if (!grantsEcn(segment)) c.ecn = 0;
  takeOptions(c, segment);
  takeSyn(c, segment);
  processAck(c, segment, ACKED.SLOW_PATH);
  startMtuProbing(c);
  syncMss(c, c.path!.mtu);
  initReceiveMss(c);
  c.lastAckReceivedAt = now(c);
  becomeEstablished(c, 'syn-ack-received');
  if (hasUnsent(c) || c.writerWaits || isPingpong(c)) {
    // Data or a FIN is about to carry the ACK (RFC 9293 allows data on the third segment).
    c.ackScheduled = true;
    enterQuickAck(c);
    armAckTimer(c, DELACK_MAX_NS);
    pushAfterAck(c);
  } else sendAck(c);
}

/** Both sides sent a SYN (RFC 9293 figure 7): answer with SYN-ACK, wait for the other's. */
function simultaneousOpen(c: ControlBlock, segment: TcpSegment): void {
  const scale = c.rcvScale;
  takeOptions(c, segment);
  c.rcvScale = scale; // Linux forgets to take its scale back here: the windows that follow are too small, never too large
  takeSyn(c, segment);
  syncMss(c, c.path!.mtu);
  initReceiveMss(c);
  setState(c, STATE.SYN_RECEIVED, 'syn-received');
  const setup = TCP_FLAG.ece | TCP_FLAG.cwr;
  if ((segment.flags & setup) !== setup) c.ecn = 0;
  const flags = TCP_FLAG.syn | TCP_FLAG.ack | (c.ecn === 0 ? 0 : TCP_FLAG.ece);
  if (c.rtxHead !== undefined) {
    c.rtxHead.flags = flags;
    c.rtxHead.sentAt = now(c);
  }
  transmitSyn(c, flags, ident(c, 'reply', c.lastPacket));
}

/** Initial window (RFC 6928), one segment after a repeated SYN (RFC 5681 section 3.1), buffers, keep-alive; the program hears of it. */
export function becomeEstablished(c: ControlBlock, reason: TcpStateReason): void {
  c.cwnd = c.totalTimeouts > 1 || (c.totalTimeouts > 0 && c.totalRetransmissions > 1) ? 1 : initialCwnd(c);
  c.cwndStamp = c.lastSentAt = c.lastReceivedAt = now(c);
  c.totalTimeouts = 0;
  c.backoff = 0;
  if (c.srttUs8 === 0) noFirstRtt(c);
  c.ssthresh = 0x7fff_ffff;
  initBuffers(c);
  startMtuProbing(c);
  c.congestionState = c.congestion.init(c);
  setState(c, STATE.ESTABLISHED, reason);
  startKeepalive(c);
  wake(c, WAKE.WRITE);
}

/** A connection from a half-open one; the segment that completed it is processed next, in SYN-RECEIVED. */
export function initChild(c: ControlBlock, request: HalfOpen, window: number, pathMtu: number): void {
  const { offer } = request;
  c.iss = request.iss;
  // Linux counts the SYN-ACK as acknowledged from here on: its ACK was checked before (tcp_create_openreq_child).
  c.sndUna = c.sndUp = c.ackedFrom = seqAdd(c.iss, 1);
  c.sndNxt = c.writeSeq = c.pushedSeq = c.sndSmall = c.sndUna;
  c.irs = request.irs;
  c.rcvNxt = c.rcvWup = c.copiedSeq = c.urgentSeq = seqAdd(c.irs, 1);
  c.sndWl1 = request.irs;
  c.peerMss = offer.peerMss;
  c.advertisedMss = request.mss - (request.timestamps ? TIMESTAMP_OPTION_BYTES : 0);
  c.timestampsOn = request.timestamps;
  c.sackOn = offer.sack;
  c.scalingOn = offer.windowScale !== undefined;
  c.sndScale = offer.windowScale ?? 0;
  // The SYN's own was never used (tcp_create_openreq_child).
  c.sndWnd = c.maxWindow = window * (1 << c.sndScale);
  c.rcvScale = c.scalingOn ? request.windowScale : 0;
  c.rcvWnd = c.rcvSsthresh = request.window;
  c.windowClamp = c.scalingOn ? request.windowClamp : Math.min(request.windowClamp, 65_535);
  if (offer.ecn) c.ecn = ECN.OK;
  c.tsOffset = request.tsOffset;
  c.tsRecent = request.tsRecent;
  c.tsRecentAt = now(c);
  c.segmentsIn = 1; // the SYN
  c.lastReceivedAt = 0;
  c.state = STATE.SYN_RECEIVED;
  syncMss(c, pathMtu);
  initReceiveMss(c);
  c.totalRetransmissions = request.retransmissions;
  c.totalTimeouts = request.timeouts;
  // Karn: a repeated SYN-ACK gives no sample.
  if (request.retransmissions === 0 && request.sentAt >= 0) firstRtt(c, now(c) - request.sentAt);
}

/** The SYN-ACK of a simultaneous open is on the list of what is out; the echo of a stamp is left where the SYN-ACK gives no sample (tcp_synack_rtt_meas). */
function sampleSyn(c: ControlBlock): void {
  const head = c.rtxHead;
  const acked = head !== undefined && c.sndUna !== c.iss;
  if (acked) {
    c.delivered++;
    c.caState = CA.OPEN;
    c.retransmits = 0;
  }
  if (c.srttUs8 > 0) return;
  const once = acked && !(head.marks & SENT.EVER_RETRANSMITTED);
  const sequence = once ? Math.floor((now(c) - head.sentAt) / US) : -1;
  updateRtt(c, { sequence, sack: -1, congestion: sequence }, true, false);
}

/**
 * SYN-RECEIVED, the ACK of our SYN (RFC 9293 section 3.10.7.4, fifth). Where both sides sent one, Linux also goes on with an ACK that acknowledges
 * nothing new: our SYN stays on the list of what is out.
 */
export function acknowledgeSyn(c: ControlBlock, segment: TcpSegment): boolean {
  if (seqLt(segment.ack, c.sndUna) || seqGt(segment.ack, c.sndNxt)) return false;
  c.sndUna = segment.ack;
  c.delivered++; // the SYN-ACK
  sampleSyn(c);
  // Idle time counts from here (keepalive_time_elapsed).
  c.lastAckReceivedAt = now(c);
  c.sndWnd = segment.window * (1 << (segment.has(TCP_FLAG.syn) ? 0 : c.sndScale));
  c.sndWl1 = segment.seq;
  if (c.sndWnd > c.maxWindow) c.maxWindow = c.sndWnd;
  syncMss(c, c.pathMtu);
  return true;
}
