/**
 * How far play goes in a moment of the person's. In linear time as the speed says. In event order a stretch in which nothing happens takes a second at most:
 * a run waits for timers a thousand times longer than its packets travel, and who plays it wants to see those.
 */
import type { Scale, Timeline } from './timeline.ts';

const LONGEST_S = 1;

export interface Pace {
  readonly nsPerSecond: number;
  readonly scale: Scale;
  /** Packets are seen on their way: that is not nothing. */
  readonly moving: boolean;
}

export function onward(
  timeline: Timeline,
  nowNs: number,
  elapsedMs: number,
  { nsPerSecond, scale, moving }: Pace,
): number {
  // The instant of a browser's frame may lie before the key that began to play: time never goes back.
  const seconds = Math.max(0, elapsedMs) / 1000;
  const plain = nowNs + seconds * nsPerSecond;
  if (scale === 'time' || moving) return plain;
  const next = timeline.next(nowNs);
  const hurried = (next - timeline.previous(next)) / LONGEST_S;
  return hurried > nsPerSecond ? Math.min(next, nowNs + seconds * hurried) : plain;
}
