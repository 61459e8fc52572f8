/** RST: one that came, and the one that answers a segment for no connection (RFC 9293 section 3.5.2 and 3.10.7.1). */
import { E } from '../../base/errno.ts';
import { seqAdd } from '../../base/sequence.ts';
import { TCP_FLAG, TcpSegment } from '../../wire/packet.ts';
import { EMPTY_PAYLOAD } from '../../wire/payload.ts';
import { STATE } from './constants.ts';
import type { ControlBlock } from './control-block.ts';
import { fail } from './outcome.ts';

/** The peer reset the connection: refused while opening, a broken pipe where only we would still send, else reset. */
export function resetReceived(c: ControlBlock): void {
  const error = c.state === STATE.SYN_SENT ? E.ECONNREFUSED : c.state === STATE.CLOSE_WAIT ? E.EPIPE : E.ECONNRESET;
  fail(c, error, 'reset-received');
}

/** The answer to a segment that fits no connection: from its ACK where it has one, else acknowledging all of it. `undefined` for a RST. */
export function resetFor(segment: TcpSegment): TcpSegment | undefined {
  if (segment.has(TCP_FLAG.rst)) return undefined;
  const ack = segment.has(TCP_FLAG.ack);
  return new TcpSegment(
    segment.dstPort,
    segment.srcPort,
    ack ? segment.ack : 0,
    ack ? 0 : seqAdd(segment.seq, segment.seqLength),
    ack ? TCP_FLAG.rst : TCP_FLAG.rst | TCP_FLAG.ack,
    0,
    0,
    -1,
    0,
    undefined,
    EMPTY_PAYLOAD,
  );
}
