/** Time stamps and PAWS (RFC 7323 sections 4 and 5). */
import { seqDiff, seqGt, seqLeq, seqLt } from '../../base/sequence.ts';
import { TCP_FLAG, type TcpSegment } from '../../wire/packet.ts';
import { PAWS_STALE_NS, PAWS_WINDOW, TIMESTAMP_OPTION_BYTES } from './constants.ts';
import { type ControlBlock, now } from './control-block.ts';

/** What the option takes of each segment. */
export function timestampBytes(c: ControlBlock): number {
  return c.timestampsOn ? TIMESTAMP_OPTION_BYTES : 0;
}

/** Notes the option of an arriving segment. */
export function readTimestamp(c: ControlBlock, segment: TcpSegment): void {
  c.sawTimestamp = segment.tsVal >= 0;
  if (c.sawTimestamp) {
    c.lastTsVal = segment.tsVal | 0;
    c.lastTsEcr = segment.has(TCP_FLAG.ack) ? segment.tsEcr | 0 : 0;
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

export type PawsVerdict = 'passes' | 'old-ack' | 'rejected';

/** A segment with an older time stamp is rejected; a pure ACK that is merely late among its kind passes, or is dropped without an answer. */
export function pawsCheck(c: ControlBlock, segment: TcpSegment): PawsVerdict {
  if (!c.sawTimestamp || !c.timestampsOn || pawsPasses(c, PAWS_WINDOW)) return 'passes';
  if (!segment.has(TCP_FLAG.ack) || segment.seqLength > 0) return 'rejected';
  if (segment.seq !== c.rcvNxt) return seqLt(segment.seq, c.rcvNxt) ? 'old-ack' : 'rejected';
  if (segment.ack !== c.sndUna) return 'rejected';
  if (segment.window * (1 << c.sndScale) > c.sndWnd && seqLeq(c.sndWl1, segment.seq)) return 'rejected';
  // Sent within about one time-out: reordering, not a wrapped sequence number.
  return seqDiff(c.tsRecent, c.lastTsVal) <= Math.floor(c.rtoNs / 1_000_000) ? 'passes' : 'rejected';
}
