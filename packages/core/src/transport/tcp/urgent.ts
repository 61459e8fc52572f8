/**
 * Urgent data (RFC 9293 section 3.8.5, RFC 6093), as Linux reads the pointer: it names the byte after the urgent one, unless
 * net.ipv4.tcp_stdurg asks for the other reading. One byte is kept aside; the mark stops a read.
 */
import { E, type Errno } from '../../base/errno.ts';
import { seqAdd, seqDiff, seqGeq, seqGt, seqLt } from '../../base/sequence.ts';
import { TCP_FLAG, type TcpSegment } from '../../wire/packet.ts';
import { STATE } from './constants.ts';
import { type ControlBlock, SHUT, WAKE } from './control-block.ts';
import { wake } from './outcome.ts';

export const URGENT = { NONE: 0, ANNOUNCED: 1, HERE: 2, READ: 3 } as const;

export function receiveUrgentPointer(c: ControlBlock, segment: TcpSegment): void {
  if (segment.has(TCP_FLAG.urg)) notePointer(c, segment);
  if (c.urgentState !== URGENT.ANNOUNCED) return;
  const at = seqDiff(c.urgentSeq, segment.seq);
  if (at < 0 || at >= segment.payload.length) return;
  const { payload } = segment;
  c.urgentByte = payload.chunk.bytes[payload.start + at]!;
  c.urgentState = URGENT.HERE;
  wake(c, WAKE.URGENT | WAKE.READ);
}

function notePointer(c: ControlBlock, segment: TcpSegment): void {
  let pointer = segment.urgentPointer;
  if (pointer > 0 && c.tcp.config.stdUrg.number === 0) pointer--;
  const at = seqAdd(segment.seq, pointer);
  if (seqGt(c.copiedSeq, at)) return; // read past it already
  if (seqLt(at, c.rcvNxt)) return; // an old segment
  if (c.urgentState !== URGENT.NONE && !seqGt(at, c.urgentSeq)) return;
  forgetUnread(c);
  c.urgentSeq = at;
  c.urgentState = URGENT.ANNOUNCED;
  wake(c, WAKE.URGENT);
}

/** A mark takes the place of one that the reader stands before: that one's byte is lost (tcp_check_urg). */
function forgetUnread(c: ControlBlock): void {
  if (!readPasses(c) || c.receiveQueue === undefined || c.receiveQueue.length === 0) return;
  c.receiveQueue.skip();
  c.copiedSeq = seqAdd(c.copiedSeq, 1);
}

/** recv with MSG_OOB. `undefined`: announced but not here. */
export function readUrgent(c: ControlBlock, peek: boolean): number | Errno | undefined {
  if (c.settings.outOfBandInline || c.urgentState === URGENT.NONE || c.urgentState === URGENT.READ) return E.EINVAL;
  if (c.state === STATE.CLOSED && !c.done) return E.ENOTCONN;
  if (c.urgentState === URGENT.HERE) {
    if (!peek) c.urgentState = URGENT.READ;
    return c.urgentByte;
  }
  return c.state === STATE.CLOSED || c.shutdown & SHUT.READ ? E.EINVAL : undefined;
}

export function atMark(c: ControlBlock): boolean {
  return c.urgentState !== URGENT.NONE && c.urgentSeq === c.copiedSeq;
}

/** The next byte is the urgent one, and a read passes over it. */
export function readPasses(c: ControlBlock): boolean {
  return atMark(c) && !c.settings.outOfBandInline;
}

/** Bytes in order and unread, up to the mark where one stops the read (tcp_inq). */
export function readableLength(c: ControlBlock): number {
  const ahead = c.urgentState === URGENT.NONE ? -1 : seqDiff(c.urgentSeq, c.copiedSeq);
  const stops = ahead >= 0 && !c.settings.outOfBandInline && seqLt(c.urgentSeq, c.rcvNxt);
  return stops ? ahead : (c.receiveQueue?.length ?? 0);
}

/** The mark was passed: the next announcement is a new one. */
export function forgetPassedMark(c: ControlBlock): void {
  if (c.urgentState !== URGENT.NONE && seqGeq(c.copiedSeq, seqAdd(c.urgentSeq, 1))) c.urgentState = URGENT.NONE;
}
