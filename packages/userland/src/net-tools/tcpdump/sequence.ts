/**
 * Relative sequence numbers as tcpdump shows them: the first packet with an ACK that it sees of a connection, and every SYN after it, sets the
 * base of both directions and is shown with absolute numbers.
 */
import { ABSOLUTE, ipText, type SequenceBase, u16, u32 } from './context.ts';
import { locateTcp } from './locate.ts';

interface Conversation {
  /** Bases seen from the end whose key sorts first. */
  low: number;
  high: number;
}

const FLAG_SYN = 0x02;
const FLAG_ACK = 0x10;

export class SequenceTracker {
  private readonly conversations = new Map<string, Conversation>();

  /** The base for this frame; notes the conversation that it opens. */
  base(frame: Uint8Array): SequenceBase {
    const tcp = locateTcp(frame);
    if (!tcp) return ABSOLUTE;
    const flags = frame[tcp.start + 13] ?? 0;
    if ((flags & FLAG_ACK) === 0) return ABSOLUTE;
    const from = `${ipText(frame, tcp.ipStart + 12)}:${u16(frame, tcp.start)}`;
    const to = `${ipText(frame, tcp.ipStart + 16)}:${u16(frame, tcp.start + 2)}`;
    const forward = from < to;
    const key = forward ? `${from} ${to}` : `${to} ${from}`;
    const sequence = u32(frame, tcp.start + 4);
    const acknowledged = (u32(frame, tcp.start + 8) - 1) >>> 0;
    const known = this.conversations.get(key);
    if (!known || flags & FLAG_SYN) {
      this.conversations.set(
        key,
        forward ? { low: sequence, high: acknowledged } : { low: acknowledged, high: sequence },
      );
      return ABSOLUTE;
    }
    return forward
      ? { sequence: known.low, acknowledgement: known.high }
      : { sequence: known.high, acknowledgement: known.low };
  }
}
