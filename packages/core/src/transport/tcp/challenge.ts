/** Challenge ACKs (RFC 5961): a dubious RST, SYN or ACK is answered with what we hold to be true, at most one per half second. */
import { MS } from '../../time/instant.ts';
import type { TcpSegment } from '../../wire/packet.ts';
import { TCP_FLAG } from '../../wire/packet.ts';
import { type ControlBlock, now } from './control-block.ts';
import { sendAck } from './output.ts';

/** True where the last such answer was too recent (net.ipv4.tcp_invalid_ratelimit). */
export function rateLimited(c: ControlBlock): boolean {
  const limit = c.tcp.config.invalidRateLimitMs.number * MS;
  const at = now(c);
  if (c.outOfWindowAckAt >= 0 && at - c.outOfWindowAckAt < limit) return true;
  c.outOfWindowAckAt = at;
  return false;
}

export function challengeAck(c: ControlBlock): void {
  if (!rateLimited(c) && c.tcp.challengeAllowed()) sendAck(c);
}

/** Answers to segments with data are not limited: they end no loop of ACKs. */
export function outOfWindowLimited(c: ControlBlock, segment: TcpSegment): boolean {
  if (segment.seqLength > 0 && !segment.has(TCP_FLAG.syn)) return false;
  return rateLimited(c);
}
