/**
 * Explicit congestion notification (RFC 3168) as Linux does it: data that was never sent before leaves with ECT(0); a mark is echoed with ECE until
 * CWR comes; an echo halves the sender's window once per window of data, as a loss would, and nothing is retransmitted. Asked for with
 * net.ipv4.tcp_ecn = 1, granted to whoever asks with 1 or 2 (Linux's default). A SYN that is sent again does not ask any more (RFC 3168 section
 * 6.1.1.1, net.ipv4.tcp_ecn_fallback). Left out: ECN on SYN-ACK (RFC 5562), Accurate ECN.
 */
import { seqLt } from '../../base/sequence.ts';
import { TCP_FLAG, type TcpSegment } from '../../wire/packet.ts';
import type { ControlBlock } from './control-block.ts';
import { enterQuickAck } from './delayed-ack.ts';

/** Bits of `ControlBlock.ecn`; 0 is a connection without ECN. */
export const ECN = { OK: 1, QUEUE_CWR: 2, DEMAND_CWR: 4, SEEN: 8 } as const;

/** The two low bits of the former type-of-service byte (RFC 3168 section 5). */
export const ECT_0 = 2;
const CONGESTION_EXPERIENCED = 3;
const NOT_ECT = 0;
/** Segments that are acknowledged at once after news about congestion: the sender's window may be very low. */
const QUICK_ACKS = 2;

const SETUP = TCP_FLAG.ece | TCP_FLAG.cwr;

/** RFC 3168 section 6.1.1: a SYN with ECE and CWR asks; one that is itself marked ECT comes from something that got it wrong. */
export function asksForEcn(segment: TcpSegment, ecnField: number): boolean {
  return (segment.flags & SETUP) === SETUP && ecnField === NOT_ECT;
}

/** A SYN-ACK grants with ECE alone; both bits mirror a broken peer's reserved bits. */
export function grantsEcn(segment: TcpSegment): boolean {
  return (segment.flags & SETUP) === TCP_FLAG.ece;
}

/** Whether this segment leaves with ECT(0): only new data may (RFC 3168 section 6.1.4 and 6.1.5). */
export function carriesEct(c: ControlBlock, seq: number, length: number): boolean {
  return length > 0 && !seqLt(seq, c.sndNxt);
}

/** The ECN flags of a segment of an ECN connection; CWR goes once, with new data (section 6.1.2). */
export function ecnFlags(c: ControlBlock, ect: boolean): number {
  let flags = 0;
  if (ect && c.ecn & ECN.QUEUE_CWR) {
    c.ecn &= ~ECN.QUEUE_CWR;
    flags |= TCP_FLAG.cwr;
  }
  if (c.ecn & ECN.DEMAND_CWR) flags |= TCP_FLAG.ece;
  return flags;
}

/** The window was reduced, for whatever reason: the next new data says so. */
export function queueCwr(c: ControlBlock): void {
  if (c.ecn & ECN.OK) c.ecn |= ECN.QUEUE_CWR;
}

/** The reduction proved needless before the peer was told of it. */
export function withdrawCwr(c: ControlBlock): void {
  c.ecn &= ~ECN.QUEUE_CWR;
}

/** Does this acknowledgement echo a mark? */
export function echoesCongestion(c: ControlBlock, segment: TcpSegment): boolean {
  return c.ecn !== 0 && (segment.flags & (TCP_FLAG.ece | TCP_FLAG.syn)) === TCP_FLAG.ece;
}

/** CWR ends the echo (section 6.1.3), and is acknowledged at once. */
export function acceptCwr(c: ControlBlock, segment: TcpSegment): void {
  if (!segment.has(TCP_FLAG.cwr)) return;
  c.ecn &= ~ECN.DEMAND_CWR;
  if (segment.seqLength > 0) c.ackNow = true;
}

/** The mark of an arriving data segment. */
export function checkMark(c: ControlBlock): void {
  switch (c.tcp.arrivedEcn) {
    case NOT_ECT:
      // After marked ones an unmarked segment is probably a retransmission.
      if (c.ecn & ECN.SEEN) enterQuickAck(c, QUICK_ACKS);
      return;
    case CONGESTION_EXPERIENCED:
      if (!(c.ecn & ECN.DEMAND_CWR)) {
        enterQuickAck(c, QUICK_ACKS);
        c.ecn |= ECN.DEMAND_CWR;
      }
      break;
  }
  c.ecn |= ECN.SEEN;
}
