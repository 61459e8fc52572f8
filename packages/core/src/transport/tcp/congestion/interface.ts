/**
 * The seam between TCP and its congestion control, in packets, as Linux's: when to grow the window, where to cut it to. Everything else
 * (what is lost, how fast to retransmit: proportional rate reduction) is the recovery's business and the same for all algorithms.
 */
import type { ControlBlock } from '../control-block.ts';

export interface CongestionControl {
  readonly name: string;
  /** Private state of one connection; `undefined` for algorithms without one. */
  init(c: ControlBlock): unknown;
  /** Grows `c.cwnd` for `acked` newly delivered packets, outside of any reduction. */
  onAck(c: ControlBlock, ack: number, acked: number): void;
  /** The slow-start threshold after a loss or a congestion mark (RFC 5681 equation 4). */
  ssthresh(c: ControlBlock): number;
  /** The window to go back to when a reduction proves needless. */
  undo(c: ControlBlock): number;
  /** A round-trip sample in microseconds (-1: none) with the packets it covers. */
  onSample?(c: ControlBlock, acked: number, rttUs: number): void;
  onStateChange?(c: ControlBlock, state: number): void;
  /** First data after idle time: what was known about the path may be stale. */
  onStart?(c: ControlBlock): void;
}
