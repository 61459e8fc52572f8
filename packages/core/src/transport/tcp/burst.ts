/**
 * How many segments leave together, as Linux's segmentation off-load hands them to a card: about a millisecond's worth at the connection's rate,
 * at least two, more where the round trip is short. Seen on the wire in two ways: the last segment of such a burst carries PSH, and a sender that
 * could send only a piece of one waits up to a millisecond for the ACK that completes it (tcp_tso_should_defer).
 */
import { MS } from '../../time/instant.ts';
import { CA } from './constants.ts';
import { type ControlBlock, now } from './control-block.ts';
import { inFlight } from './cwnd.ts';

const GSO_BYTES = 65_536;
/** tcp_max_tso_deferred_mss */
const DEFER_SEGMENTS = 3;
const PACING_SHIFT = 1024; // about one millisecond of data

/** Bytes per second that the window and the round trip come to, with head room: twice in slow start, a fifth above it. */
function rateBytes(c: ControlBlock): number {
  if (c.srttUs8 === 0) return Number.POSITIVE_INFINITY;
  const { pacingSsRatio, pacingCaRatio } = c.tcp.config;
  const percent = (c.cwnd < c.ssthresh / 2 ? pacingSsRatio : pacingCaRatio).number;
  return Math.floor((c.mss * percent * 80_000 * Math.max(c.cwnd, c.packetsOut)) / c.srttUs8);
}

/** The same for TCP_INFO, 0 while no round trip is known. */
export function pacingRate(c: ControlBlock): number {
  return c.srttUs8 === 0 ? 0 : rateBytes(c);
}

/** Segments in the next burst at most. */
export function burstSegments(c: ControlBlock, mss: number): number {
  let bytes = Math.min(rateBytes(c) / PACING_SHIFT, GSO_BYTES);
  const { tsoRttLog, minTsoSegments } = c.tcp.config;
  if (tsoRttLog.number > 0) {
    const halvings = tsoRttLog.number > 31 ? 0 : c.minRttUs >> tsoRttLog.number;
    if (halvings < 32) bytes += GSO_BYTES >>> halvings;
  }
  return Math.max(Math.floor(Math.min(bytes, GSO_BYTES) / mss), minTsoSegments.number);
}

/** Would it be better to wait for the next ACK than to send a small part of a burst now? `space` is what the peer's window leaves. */
export function shouldDefer(c: ControlBlock, mss: number, most: number, space: number): boolean {
  if (c.caState >= CA.RECOVERY) return false;
  const at = now(c);
  if (at - c.transmittedAt > MS) return false;
  const congestion = (c.cwnd - inFlight(c)) * mss;
  const limit = Math.min(space, congestion);
  if (limit >= most * mss) return false;
  const divisor = c.tcp.config.tsoWinDivisor.number;
  // Without a share of the window to wait for, a few segments are enough to go.
  const enough = divisor === 0 ? DEFER_SEGMENTS * mss : Math.floor(Math.min(c.sndWnd, c.cwnd * mss) / divisor);
  if (divisor === 0 ? limit > enough : limit >= enough) return false;
  const head = c.rtxHead;
  if (head === undefined) return false;
  const srttNs = (c.srttUs8 >> 3) * 1000;
  // Only where that ACK is about to come.
  if (head.sentAt + srttNs - at > Math.min(srttNs / 2, MS)) return false;
  const { sendQueue } = c;
  if (sendQueue === undefined) return false;
  const { length, recordLength, headGroupLength } = sendQueue;
  // The first buffer, filled up from those behind it as far as the congestion window goes (tcp_grow_skb).
  const quota = Math.min(Math.max(c.cwnd >> 1, 1), c.cwnd - inFlight(c), most);
  const size = Math.max(headGroupLength, Math.min(recordLength, quota * mss));
  if (size <= mss || (size < length && limit >= size)) return false;
  // What cannot grow any more need not wait, unless the window is too small for it.
  const ends = size === recordLength && (recordLength < length || c.finQueued);
  return !ends || limit <= size;
}
