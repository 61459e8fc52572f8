/**
 * The acknowledgement of an arriving segment (RFC 9293 section 3.10.7.4, "fifth, check the ACK field"): what it takes off the list of sent
 * segments, what it says about the peer's window and about round trips, and whether something seems lost.
 */
import { type Seq, seqGt, seqLeq, seqLt } from '../../base/sequence.ts';
import { NEVER, US } from '../../time/instant.ts';
import { TCP_FLAG, type TcpSegment } from '../../wire/packet.ts';
import { ACKED } from './ack-flags.ts';
import { challengeAck } from './challenge.ts';
import { BUSY, stopBusy } from './chronograph.ts';
import { ANY_RETRANSMISSION, CA, SENT } from './constants.ts';
import { type ControlBlock, now } from './control-block.ts';
import { inReduction, restartAfterIdle } from './cwnd.ts';
import { echoesCongestion } from './ecn.ts';
import { noteAcknowledged } from './mtu-probe.ts';
import { syncMss } from './output.ts';
import { answerToProbe } from './persist.ts';
import { advanceRack, updateReorderWindow } from './rack.ts';
import { onDubiousAck, RESEND, reduceWindow, resend, type Verdict } from './recovery.ts';
import { checkSackReordering, forwardAck, removeRenoSacks } from './reordering.ts';
import { trimAcknowledged } from './retransmit.ts';
import { type RttSamples, updateRtt } from './rtt.ts';
import { type SackResult, tagSacked } from './sack.ts';
import { hasUnsent } from './send.ts';
import { removeSent, type Sent } from './sent.ts';
import { armRto } from './timers.ts';
import { replaceTsRecent } from './timestamps.ts';
import { judgeLossProbe, scheduleLossProbe } from './tlp.ts';

export type AckOutcome = 'accepted' | 'old' | 'too-old' | 'ahead';

/** Processes SEG.ACK. `flags` tells how the segment came in (`ACKED.DATA`, `SLOW_PATH`, `UPDATE_TS`, `NO_CHALLENGE`). */
export function processAck(c: ControlBlock, segment: TcpSegment, flags: number): AckOutcome {
  const { ack } = segment;
  const priorUna = c.sndUna;
  if (seqLt(ack, priorUna)) return oldAck(c, segment, flags, priorUna);
  // RFC 9293: an ACK for something not yet sent is answered, and dropped.
  if (seqGt(ack, c.sndNxt)) return 'ahead';
  const priorDelivered = c.delivered;
  const priorLost = c.lost;
  const priorPackets = c.packetsOut;
  const priorFack = forwardAck(c);
  if (ack !== priorUna) {
    flags |= ACKED.UNA_ADVANCED;
    c.retransmits = 0;
  }
  if (flags & ACKED.UPDATE_TS) replaceTsRecent(c, segment);
  let sack: SackResult | undefined;
  if ((flags & (ACKED.SLOW_PATH | ACKED.UNA_ADVANCED)) === ACKED.UNA_ADVANCED) {
    c.sndWl1 = segment.seq;
    c.sndUna = ack;
    flags |= ACKED.WINDOW_UPDATE;
  } else {
    flags |= updateWindow(c, segment);
    const blocks = segment.options?.sack;
    if (c.sackOn && blocks !== undefined && blocks.length > 0) {
      sack = tagSacked(c, blocks, ack, priorUna);
      flags |= sack.flags;
    }
    if (echoesCongestion(c, segment)) flags |= ACKED.ECHO;
  }
  c.softError = undefined;
  c.probesOut = 0;
  c.lastAckReceivedAt = now(c);
  const verdict: Verdict = { flags, resend: RESEND.NONE };
  if (priorPackets === 0) {
    if (flags & ACKED.DSACK) {
      onDubiousAck(c, priorUna, 0, verdict);
      if (flags & ACKED.ECHO) c.deliveredCe += c.delivered - priorDelivered;
    }
    answerToProbe(c);
    if (c.tlpOn) judgeLossProbe(c, ack, flags);
    return 'accepted';
  }
  verdict.flags = flags = takeOff(c, flags, priorUna, priorFack, sack);
  updateReorderWindow(c, priorDelivered);
  if (c.tlpOn) judgeLossProbe(c, ack, flags);
  if (!(flags & ACKED.NOT_DUPLICATE) || flags & ACKED.ALERT || c.caState !== CA.OPEN) {
    // RFC 5681 section 2: a duplicate acknowledges nothing new, carries no data and no window change.
    const duplicates = flags & (ACKED.UNA_ADVANCED | ACKED.NOT_DUPLICATE | ACKED.DSACK) ? 0 : 1;
    onDubiousAck(c, priorUna, duplicates, verdict);
  }
  if (verdict.flags & ACKED.SET_TIMER && !scheduleLossProbe(c, true)) armRto(c);
  if (flags & ACKED.ECHO) c.deliveredCe += c.delivered - priorDelivered;
  controlCongestion(c, ack, c.delivered - priorDelivered, c.lost - priorLost, verdict.flags);
  resend(c, verdict.resend);
  return 'accepted';
}

/** RFC 5961 section 5.2: an ACK from more than a window ago, or of bytes never sent, may be blind injection; other old ones can still carry SACKs. */
function oldAck(c: ControlBlock, segment: TcpSegment, flags: number, priorUna: Seq): AckOutcome {
  if (seqLt(segment.ack, priorUna - Math.min(c.maxWindow, (c.sndUna - c.ackedFrom) >>> 0))) {
    if (!(flags & ACKED.NO_CHALLENGE)) challengeAck(c);
    return 'too-old';
  }
  const blocks = segment.options?.sack;
  if (c.sackOn && blocks !== undefined && blocks.length > 0) {
    const before = c.delivered;
    const sack = tagSacked(c, blocks, segment.ack, priorUna);
    c.delivered = before; // such reports are not counted, nor do they move the window
    const verdict: Verdict = { flags: flags | sack.flags, resend: RESEND.NONE };
    onDubiousAck(c, priorUna, 0, verdict);
    resend(c, verdict.resend);
  }
  return 'old';
}

/** Takes SEG.WND where the segment is not older than the last that set it (RFC 9293, SND.WL1; Linux needs no WL2). */
function updateWindow(c: ControlBlock, segment: TcpSegment): number {
  const { ack, seq } = segment;
  const window = segment.flags & TCP_FLAG.syn ? segment.window : segment.window * (1 << c.sndScale);
  let flags = 0;
  if (seqGt(ack, c.sndUna) || seqGt(seq, c.sndWl1) || (seq === c.sndWl1 && (window > c.sndWnd || window === 0))) {
    flags = ACKED.WINDOW_UPDATE;
    c.sndWl1 = seq;
    if (c.sndWnd !== window) {
      c.sndWnd = window;
      if (hasUnsent(c)) restartAfterIdle(c);
      if (window > c.maxWindow) {
        c.maxWindow = window;
        syncMss(c, c.pathMtu);
      }
    }
  }
  c.sndUna = ack;
  return flags;
}

/** Removes what SND.UNA has passed, and takes the round-trip samples that Karn's rule allows (tcp_clean_rtx_queue). */
function takeOff(c: ControlBlock, flags: number, priorUna: Seq, priorFack: Seq, sack: SackResult | undefined): number {
  const una = c.sndUna;
  const priorSacked = c.sackedOut;
  let firstAt = NEVER;
  let lastAt = NEVER;
  let acked = 0;
  let lowReordered: Seq = priorFack;
  let sent: Sent | undefined = c.rtxHead;
  /** Where the oldest buffer began, as far as this acknowledgement finds it; and whether it takes off a part of that. */
  let oldest = sent === undefined ? una : sent.seq;
  let remnant = false;
  while (sent !== undefined && seqLeq(sent.endSeq, una)) {
    const { marks } = sent;
    if (marks & ANY_RETRANSMISSION) {
      if (marks & SENT.RETRANSMITTED) c.retransOut--;
      flags |= ACKED.RETRANSMITTED;
    } else if (!(marks & SENT.SACKED)) {
      lastAt = sent.sentAt;
      if (firstAt < 0) firstAt = lastAt;
      if (seqLt(sent.seq, lowReordered)) lowReordered = sent.seq;
      if (!seqGt(sent.endSeq, c.highSeq)) flags |= ACKED.ORIGINAL_ACKED;
    }
    if (marks & SENT.SACKED) c.sackedOut--;
    else if (c.sackOn) {
      c.delivered++;
      advanceRack(c, sent);
    }
    if (marks & SENT.LOST) c.lostOut--;
    c.packetsOut--;
    acked++;
    if (sent.flags & TCP_FLAG.syn) {
      flags |= ACKED.SYN_ACKED;
      c.retransStamp = -1;
    } else flags |= ACKED.DATA_ACKED;
    const next: Sent | undefined = sent.next;
    remnant = next !== undefined && (next.marks & SENT.JOINED) !== 0;
    if (!remnant) oldest = next === undefined ? una : next.seq;
    removeSent(c, sent);
    sent = next;
  }
  if (sent === undefined) {
    stopBusy(c, BUSY.SENDING);
    if (c.sackOn) c.retransOut = 0;
  }
  if (seqLt(c.sndUp, una)) c.sndUp = una;
  if (sent !== undefined && seqLt(sent.seq, una)) {
    const fewer = trimAcknowledged(c, sent, remnant);
    if (fewer > 0) {
      acked += fewer;
      flags |= ACKED.DATA_ACKED;
      if (sent.marks & ANY_RETRANSMISSION) flags |= ACKED.RETRANSMITTED;
      else {
        lastAt = sent.sentAt;
        if (firstAt < 0) firstAt = lastAt;
      }
    }
  }
  // A stamp is for a byte, whose segment may be acknowledged up to it and no further (tcp_ack_tstamp).
  if (c.notices !== undefined) c.notices.acknowledged(oldest);
  if (sent !== undefined && sent.marks & SENT.SACKED) flags |= ACKED.RENEGING;
  return afterTakeOff(c, flags, acked, firstAt, lastAt, priorSacked, priorUna, lowReordered, priorFack, sack, sent);
}

function afterTakeOff(
  c: ControlBlock,
  flags: number,
  acked: number,
  firstAt: number,
  lastAt: number,
  priorSacked: number,
  priorUna: Seq,
  lowReordered: Seq,
  priorFack: Seq,
  sack: SackResult | undefined,
  head: Sent | undefined,
): number {
  const at = now(c);
  const samples: RttSamples = { sequence: -1, sack: -1, congestion: -1 };
  if (firstAt >= 0 && !(flags & ACKED.RETRANSMITTED)) {
    samples.sequence = Math.floor((at - firstAt) / US);
    samples.congestion = Math.floor((at - lastAt) / US);
    if (
      acked === 1 &&
      priorSacked === 0 &&
      (c.sndUna - priorUna) >>> 0 < c.mss &&
      !(flags & (ACKED.ALERT | ACKED.SYN_ACKED))
    ) {
      flags |= ACKED.MAYBE_DELAYED;
    }
  }
  if (sack !== undefined && sack.firstRttUs >= 0) {
    samples.sack = sack.firstRttUs;
    samples.congestion = sack.lastRttUs;
  }
  const measured = updateRtt(c, samples, acked > 0, (flags & ACKED.MAYBE_DELAYED) !== 0);
  if (acked > 0) {
    flags |= ACKED.SET_TIMER;
    if (c.mtuProbe !== undefined) noteAcknowledged(c, c.mtuProbe);
    if (!c.sackOn) {
      removeRenoSacks(c, acked);
      // Without SACK nobody knows which copy arrived.
      if (flags & ACKED.RETRANSMITTED) flags &= ~ACKED.ORIGINAL_ACKED;
    } else if (seqLt(lowReordered, priorFack)) checkSackReordering(c, lowReordered);
  } else if (
    head !== undefined &&
    measured &&
    samples.sack >= 0 &&
    samples.sack > Math.floor((at - head.sentAt) / US)
  ) {
    flags |= ACKED.SET_TIMER;
  }
  c.congestion.onSample?.(c, acked, samples.congestion);
  return flags;
}

function controlCongestion(c: ControlBlock, ack: Seq, delivered: number, newlyLost: number, flags: number): void {
  if (inReduction(c)) reduceWindow(c, delivered, newlyLost, flags);
  else {
    // While the path reorders a lot, SACKed data counts as progress too.
    const progress = c.reordering > c.tcp.config.reordering.number ? ACKED.PROGRESS : ACKED.DATA_ACKED;
    if (flags & progress) {
      c.congestion.onAck(c, ack, delivered);
      c.cwndStamp = now(c); // the window was judged: not idle since (RFC 2861 section 3.2)
    }
  }
  c.tcp.report.window(c);
}
