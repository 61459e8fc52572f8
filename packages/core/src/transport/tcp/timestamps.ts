/** Time stamps and PAWS (RFC 7323 sections 4 and 5). */
import { seqDiff, seqGt, seqLeq } from '../../base/sequence.ts';
import { TCP_FLAG, type TcpSegment } from '../../wire/packet.ts';
import { PAWS_STALE_NS, PAWS_WINDOW } from './constants.ts';
import { type ControlBlock, now } from './control-block.ts';

/** Notes the option of an arriving segment. */
export function readTimestamp(c: ControlBlock, segment: TcpSegment): void {
  c.sawTimestamp = segment.tsVal >= 0;
  if (c.sawTimestamp) {
    c.lastTsVal = segment.tsVal;
    c.lastTsEcr = segment.has(TCP_FLAG.ack) ? segment.tsEcr : 0;
  }
}

export function storeTsRecent(c: ControlBlock): void {
  c.tsRecent = c.lastTsVal;
  c.tsRecentAt = now(c);
}

/** RFC 7323 section 4.3: TS.Recent follows segments that span Last.ACK.sent, and never goes back. */
export function replaceTsRecent(c: ControlBlock, segment: TcpSegment): void {
  if (!c.sawTimestamp || seqGt(segment.seq, c.rcvWup)) return;
  if (pawsPasses(c, 0)) storeTsRecent(c);
}

/** RFC 7323 section 5.3 R1, and section 5.5: after 24 idle days TS.Recent says nothing. */
function pawsPasses(c: ControlBlock, window: number): boolean {
  if (seqDiff(c.tsRecent, c.lastTsVal) <= window) return true;
  if (c.tsRecentAt >= 0 && now(c) - c.tsRecentAt >= PAWS_STALE_NS) return true;
  return c.tsRecent === 0;
}

/** True where PAWS rejects the segment. A pure ACK that is merely out of order among its kind passes. */
export function pawsRejects(c: ControlBlock, segment: TcpSegment): boolean {
  if (!c.sawTimestamp || !c.timestampsOn || pawsPasses(c, PAWS_WINDOW)) return false;
  return !isDisorderedAck(c, segment);
}

/** Linux accepts an older time stamp on a duplicate ACK that changes nothing, sent within about one round trip. */
function isDisorderedAck(c: ControlBlock, segment: TcpSegment): boolean {
  const pureAck = segment.has(TCP_FLAG.ack) && segment.seq === c.rcvNxt && segment.seqLength === 0;
  if (!pureAck || segment.ack !== c.sndUna) return false;
  if (segment.window * (1 << c.sndScale) > c.sndWnd && seqLeq(c.sndWl1, segment.seq)) return false;
  return seqDiff(c.tsRecent, c.lastTsVal) <= Math.floor(c.rtoNs / 1_000_000);
}
