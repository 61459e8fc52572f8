/** Reno (RFC 5681 section 3.1, with byte counting of RFC 3465 in packets): doubling per round trip below ssthresh, one packet per round trip above. */
import type { ControlBlock } from '../control-block.ts';
import { isCwndLimited } from '../cwnd.ts';
import type { CongestionControl } from './interface.ts';

export const CWND_MAX = 0x7fff_ffff;

/** RFC 5681 section 3.1, slow start, up to ssthresh: answers the acknowledgements that are left for congestion avoidance. */
export function slowStart(c: ControlBlock, acked: number): number {
  const cwnd = Math.min(c.cwnd + acked, c.ssthresh);
  const left = acked - (cwnd - c.cwnd);
  c.cwnd = Math.min(cwnd, CWND_MAX);
  return left;
}

/** RFC 5681 equation 3 in whole packets: one more per `window` acknowledged. */
export function additiveIncrease(c: ControlBlock, window: number, acked: number): void {
  if (c.cwndCount >= window) {
    c.cwndCount = 0;
    c.cwnd++;
  }
  c.cwndCount += acked;
  if (c.cwndCount >= window) {
    const delta = Math.floor(c.cwndCount / window);
    c.cwndCount -= delta * window;
    c.cwnd += delta;
  }
  c.cwnd = Math.min(c.cwnd, CWND_MAX);
}

export const reno: CongestionControl = {
  name: 'reno',
  init() {
    return undefined;
  },
  onAck(c, _ack, acked) {
    if (!isCwndLimited(c)) return;
    if (c.cwnd < c.ssthresh) {
      acked = slowStart(c, acked);
      if (acked === 0) return;
    }
    additiveIncrease(c, c.cwnd, acked);
  },
  ssthresh(c) {
    return Math.max(c.cwnd >> 1, 2);
  },
  undo(c) {
    return Math.max(c.cwnd, c.priorCwnd);
  },
};
