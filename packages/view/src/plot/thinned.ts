/**
 * Of curves with more points than a picture has columns of pixels, what can be seen of them. `edges` are the instants at which its columns begin, and the last one
 * ends (`Axis.edges`).
 */
import { countWhere } from '../timeline/timeline.ts';
import type { Point } from './plot.ts';

/**
 * Of each column the first, the least, the greatest and the last point: a line through them covers the pixels that one through all does. What holds when the picture
 * begins, and what follows when it ends, is kept too.
 */
export function thinned(points: readonly Point[], edges: Float64Array): readonly Point[] {
  const begin = Math.max(0, before(points, edges[0]!) - 1);
  const end = Math.min(points.length, upTo(points, edges.at(-1)!) + 1);
  if (end - begin <= 4 * edges.length) return points.slice(begin, end);
  const kept: Point[] = [];
  for (const [from, to] of columnsOf(points, edges, begin, end)) {
    let [least, most] = [from, from];
    for (let i = from + 1; i < to; i++) {
      if (points[i]![1] < points[least]![1]) least = i;
      if (points[i]![1] > points[most]![1]) most = i;
    }
    const places = new Set([from, Math.min(least, most), Math.max(least, most), to - 1]);
    for (const place of places) kept.push(points[place]!);
  }
  return kept;
}

/** Of each column one point for each height: `tall` is what a pixel is worth. */
export function thinnedDots(points: readonly Point[], edges: Float64Array, tall: number): readonly Point[] {
  const kept: Point[] = [];
  for (const [from, to] of columnsOf(points, edges, before(points, edges[0]!), upTo(points, edges.at(-1)!))) {
    const heights = new Set<number>();
    for (let i = from; i < to; i++) {
      const height = Math.round(points[i]![1] / tall);
      if (heights.has(height)) continue;
      heights.add(height);
      kept.push(points[i]!);
    }
  }
  return kept;
}

/** How many there are up to an instant. */
function upTo(points: readonly Point[], atNs: number): number {
  return countWhere(points.length, (i) => points[i]![0] <= atNs);
}

/** How many there are before one. */
function before(points: readonly Point[], atNs: number): number {
  return countWhere(points.length, (i) => points[i]![0] < atNs);
}

/** Places of the points of each column that has some, from the first to behind the last. */
function* columnsOf(
  points: readonly Point[],
  edges: Float64Array,
  begin: number,
  end: number,
): Generator<readonly [from: number, to: number]> {
  let column = 0;
  for (let from = begin; from < end; ) {
    while (column < edges.length && edges[column]! <= points[from]![0]) column++;
    const untilNs = edges[column] ?? Number.POSITIVE_INFINITY;
    let to = from + 1;
    while (to < end && points[to]![0] < untilNs) to++;
    yield [from, to];
    from = to;
  }
}
