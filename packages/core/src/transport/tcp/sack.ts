/**
 * The sender's scoreboard (RFC 2018 section 5, RFC 6675): which segments the peer reports as received, which reports are D-SACKs (RFC 2883), and
 * what an out-of-order report says about reordering in the network.
 */
import { type Seq, seqDiff, seqGeq, seqGt, seqLeq, seqLt } from '../../base/sequence.ts';
import { NEVER, US } from '../../time/instant.ts';
import { TCP_FLAG } from '../../wire/packet.ts';
import { ACKED } from './ack-flags.ts';
import { ANY_RETRANSMISSION, CA, SENT } from './constants.ts';
import { type ControlBlock, now } from './control-block.ts';
import { advanceRack } from './rack.ts';
import { checkSackReordering, forwardAck } from './reordering.ts';
import { joinedTo, removeTimed, type Sent, separate } from './sent.ts';

/** What Linux calls TCPCB_TAGBITS. */
const TAGS = SENT.SACKED | SENT.RETRANSMITTED | SENT.LOST;

type Block = readonly [left: Seq, right: Seq];

export interface SackResult {
  flags: number;
  /** Round trips of newly SACKed, never retransmitted segments: the first and the last, in microseconds; -1 for none. */
  firstRttUs: number;
  lastRttUs: number;
}

/** RFC 2883 section 4.2.1: the first block reports a duplicate where it lies below the ACK, or inside the second block. */
function isDsack(blocks: readonly Block[], ack: Seq): boolean {
  const [first, second] = blocks;
  if (first === undefined) return false;
  if (seqLt(first[0], ack)) return true;
  return second !== undefined && seqLeq(first[1], second[1]) && seqGeq(first[0], second[0]);
}

/** Blocks that cannot be: beyond what was sent, upside down, or far below the ACK. */
function isPlausible(c: ControlBlock, block: Block, dsack: boolean): boolean {
  const [left, right] = block;
  if (seqGt(right, c.sndNxt) || !seqLt(left, right)) return false;
  if (!seqLt(left, c.sndNxt)) return false;
  if (seqGt(left, c.sndUna)) return true;
  // A block that begins at SND.UNA makes no sense: it would have been acknowledged.
  if (!dsack || !c.undoOn) return false;
  if (seqGt(right, c.sndUna)) return false; // a D-SACK reaches no further than the cumulative ACK
  return !seqLt(left, c.undoMarker) || !(!seqGt(right, c.undoMarker) || (right - left) >>> 0 > c.maxWindow);
}

/** Applies the SACK option of one acknowledgement. `priorUna` is SND.UNA before it. */
export function tagSacked(c: ControlBlock, blocks: readonly Block[], ack: Seq, priorUna: Seq): SackResult {
  const result: SackResult = { flags: 0, firstRttUs: -1, lastRttUs: -1 };
  const tagging: Tagging = { lowReordered: c.sndNxt, sawReordered: false, firstAt: NEVER, lastAt: NEVER, flags: 0 };
  const duplicate = isDsack(blocks, ack) && noteDsack(c, blocks[0]!, priorUna, result);
  // Too old to say anything about what is out (RFC 5961 spirit): an ACK from more than a window ago.
  if (seqLt(ack, (priorUna - c.maxWindow) | 0)) return result;
  // In the order of their numbers, so that what one acknowledgement reports at once is not taken for reordering.
  const inOrder = blocks.length > 1 ? blocks.toSorted((a, b) => seqDiff(a[0], b[0])) : blocks;
  for (const block of inOrder) {
    const dup = duplicate && block === blocks[0];
    if (isPlausible(c, block, dup)) tagBlock(c, block, dup, tagging);
  }
  result.flags |= tagging.flags;
  const at = now(c);
  if (tagging.firstAt >= 0) {
    result.firstRttUs = Math.floor((at - tagging.firstAt) / US);
    result.lastRttUs = Math.floor((at - tagging.lastAt) / US);
  }
  if (tagging.sawReordered && (c.caState !== CA.LOSS || c.undoOn)) checkSackReordering(c, tagging.lowReordered);
  return result;
}

/** A report of a duplicate (tcp_check_dsack): false where it cannot be true, or is about something that was never sent twice. */
function noteDsack(c: ControlBlock, [left, right]: Block, priorUna: Seq, result: SackResult): boolean {
  const length = (right - left) >>> 0;
  if (!seqLt(left, right) || length > c.maxWindow) return false;
  const segments = Math.max(1, Math.ceil(length / c.mss));
  const ofProbe = segments === 1 && c.tlpOn && right === c.tlpHighSeq;
  if (ofProbe) result.flags |= ACKED.DSACK_TLP;
  c.duplicatesReported += segments;
  if (c.duplicatesReported > c.totalRetransmissions) return false;
  // RFC 8985 section 6.2 step 4 is about reordering; a probe was sent by a timer.
  if (c.reorderSeen > 0 && !ofProbe) c.rackDsackSeen = true;
  result.flags |= ACKED.DSACK;
  c.delivered += segments;
  // D-SACK for something already forgotten: it can only be counted.
  if (c.undoOn && c.undoRetrans > 0 && !seqGt(right, priorUna) && seqGt(right, c.undoMarker)) {
    c.undoRetrans = Math.max(0, c.undoRetrans - segments);
  }
  return true;
}

interface Tagging {
  lowReordered: Seq;
  sawReordered: boolean;
  firstAt: number;
  lastAt: number;
  flags: number;
}

/** Marks the segments that a block covers whole. The walk begins where the last one ended, because reports move forward. */
function tagBlock(c: ControlBlock, block: Block, dup: boolean, tagging: Tagging): void {
  const [left, right] = block;
  let sent = c.sackHint ?? c.rtxHead;
  while (sent !== undefined && sent.previous !== undefined && seqGt(sent.seq, left)) sent = sent.previous;
  let grown = false;
  let last: Sent | undefined;
  for (; sent !== undefined && seqLt(sent.seq, right); sent = sent.next) {
    if (seqLt(sent.seq, left) || seqGt(sent.endSeq, right)) continue;
    const { marks } = sent;
    tagOne(c, sent, dup, tagging);
    c.sackHint = sent;
    if (marks & SENT.SACKED || !(sent.marks & SENT.SACKED)) continue;
    if (last !== undefined && sent.previous !== last) endReported(c, last, grown);
    grown = regroup(c, sent, !dup && (marks & TAGS) !== SENT.RETRANSMITTED, grown);
    last = sent;
  }
  if (last !== undefined) endReported(c, last, grown);
}

/**
 * What is reported is kept apart from what is not, and is made one buffer with what was reported before it where both have segments of one size
 * (tcp_match_skb_to_sack, tcp_shift_skb_data). True where `sent` is in another buffer than it left in; `grown` says so of the segment before it.
 */
function regroup(c: ControlBlock, sent: Sent, mayMerge: boolean, grown: boolean): boolean {
  const { previous } = sent;
  if (previous === undefined) return false;
  if (!(sent.marks & SENT.JOINED)) {
    if (!mayMerge || !merge(c, previous, sent)) return false;
  } else if (!(previous.marks & SENT.SACKED)) {
    separate(c, sent);
    return false;
  } else if (!grown) return false;
  unite(previous, sent);
  return true;
}

/** The last segment of a report in a row: what left with it and is not reported stays behind; what follows and was reported before joins a buffer that grew. */
function endReported(c: ControlBlock, last: Sent, grown: boolean): void {
  const { next } = last;
  if (next === undefined) return;
  if (next.marks & SENT.JOINED) {
    if (!(next.marks & SENT.SACKED)) separate(c, next);
  } else if (grown && (next.marks & TAGS) === SENT.SACKED && merge(c, last, next))
    for (let sent: Sent | undefined = next; sent !== undefined; sent = joinedTo(sent)) unite(sent.previous!, sent);
}

function merge(c: ControlBlock, previous: Sent, sent: Sent): boolean {
  if ((previous.marks & TAGS) !== SENT.SACKED || previous.marks & SENT.END_OF_RECORD) return false;
  // Of several segments in a buffer the last may be a short one.
  const { payload } = previous.marks & SENT.JOINED ? previous.previous! : previous;
  if (sent.payload.length === 0 || sent.payload.length !== payload.length) return false;
  if (c.notices?.inPages(previous.seq) === true || c.notices?.inPages(sent.seq) === true) return false; // skb_shift
  sent.marks |= SENT.JOINED;
  c.buffersOut--;
  c.notices?.joined(previous.seq, sent.endSeq);
  return true;
}

/** A push is at the end of a buffer, and what was ever sent again makes all of it so (tcp_shifted_skb). */
function unite(previous: Sent, sent: Sent): void {
  sent.flags |= previous.flags & TCP_FLAG.psh;
  previous.flags &= ~TCP_FLAG.psh;
  if (!((previous.marks ^ sent.marks) & SENT.EVER_RETRANSMITTED)) return;
  sent.marks |= SENT.EVER_RETRANSMITTED;
  for (let one = sent; one.marks & SENT.JOINED && !(one.previous!.marks & SENT.EVER_RETRANSMITTED); ) {
    one = one.previous!;
    one.marks |= SENT.EVER_RETRANSMITTED;
  }
}

function tagOne(c: ControlBlock, sent: Sent, dup: boolean, tagging: Tagging): void {
  const { marks } = sent;
  if (dup && marks & ANY_RETRANSMISSION) {
    if (c.undoOn && c.undoRetrans > 0 && seqGt(sent.endSeq, c.undoMarker)) c.undoRetrans--;
    if (marks & SENT.SACKED) noteReordered(tagging, sent.seq);
  }
  if (!seqGt(sent.endSeq, c.sndUna)) return;
  if (!(marks & SENT.SACKED)) {
    advanceRack(c, sent);
    if (marks & SENT.RETRANSMITTED) {
      // Marked lost again after its retransmission: the mark goes with the segment.
      if (marks & SENT.LOST) {
        sent.marks &= ~(SENT.LOST | SENT.RETRANSMITTED);
        c.lostOut--;
        c.retransOut--;
      }
    } else {
      if (!(marks & ANY_RETRANSMISSION)) {
        if (seqLt(sent.seq, forwardAck(c))) noteReordered(tagging, sent.seq);
        if (!seqGt(sent.endSeq, c.highSeq)) tagging.flags |= ACKED.ORIGINAL_ACKED;
        if (tagging.firstAt < 0) tagging.firstAt = sent.sentAt;
        tagging.lastAt = sent.sentAt;
      }
      if (marks & SENT.LOST) {
        sent.marks &= ~SENT.LOST;
        c.lostOut--;
      }
    }
    if (c.sackedOut === 0 || seqGt(sent.endSeq, c.highestSack)) c.highestSack = sent.endSeq;
    sent.marks |= SENT.SACKED;
    // RACK waits for nothing that was delivered (RFC 8985 section 6.2 step 5).
    removeTimed(c, sent);
    tagging.flags |= ACKED.DATA_SACKED;
    c.sackedOut++;
    c.delivered++;
  }
  if (dup && sent.marks & SENT.RETRANSMITTED) {
    sent.marks &= ~SENT.RETRANSMITTED;
    c.retransOut--;
  }
}

function noteReordered(tagging: Tagging, seq: Seq): void {
  tagging.sawReordered = true;
  if (seqLt(seq, tagging.lowReordered)) tagging.lowReordered = seq;
}
