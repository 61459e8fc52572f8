/**
 * How far two curves of one upload lie apart. Time is cut into slots; within a slot the mean window and the bytes that were newly acknowledged
 * are one number each, and the error of a curve is the mean distance of these numbers, in parts of the kernel's mean. The first moments count too: slow start is part of the shape.
 */
import type { Sample } from './points.ts';

const SLOT_NS = 1_000_000_000;

export interface Shape {
  /** Mean congestion window of each slot, in segments. */
  readonly cwnd: readonly number[];
  /** Bytes acknowledged in each slot. */
  readonly acked: readonly number[];
}

export interface Distance {
  readonly cwnd: number;
  readonly goodput: number;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

export function shapeOf(samples: readonly Sample[], seconds: number): Shape {
  const slots = Array.from({ length: Math.floor((seconds * 1e9) / SLOT_NS) }, (_, i) =>
    samples.filter(([at]) => at >= i * SLOT_NS && at < (i + 1) * SLOT_NS),
  );
  const last = (slot: readonly Sample[]): number => slot.at(-1)![2];
  return {
    cwnd: slots.map((slot) => mean(slot.map(([, cwnd]) => cwnd))),
    acked: slots.map((slot, i) => last(slot) - (i === 0 ? 0 : last(slots[i - 1]!))),
  };
}

function apart(ours: readonly number[], theirs: readonly number[]): number {
  return mean(ours.map((value, i) => Math.abs(value - theirs[i]!))) / mean(theirs);
}

export function distance(ours: Shape, theirs: Shape): Distance {
  return { cwnd: apart(ours.cwnd, theirs.cwnd), goodput: apart(ours.acked, theirs.acked) };
}
