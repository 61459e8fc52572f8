import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Point } from './plot.ts';
import { thinned, thinnedDots } from './thinned.ts';

const edges = Float64Array.from({ length: 11 }, (_, i) => i * 100);
const column = ([atNs]: Point): number => Math.floor(atNs / 100);

/** A walk with several points in each column. */
const walks = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 50 })), { minLength: 200, maxLength: 400 })
  .map((steps): Point[] => {
    let atNs = 0;
    return steps.map(([by, value]): Point => [(atNs += by), value]);
  });

/** What a line through points covers in a column: from the least to the greatest value, and where it comes in and goes out. */
function covered(points: readonly Point[], of: number): readonly number[] | undefined {
  const values = points.filter((point) => column(point) === of).map(([, value]) => value);
  return values.length === 0 ? undefined : [Math.min(...values), Math.max(...values), values[0]!, values.at(-1)!];
}

describe('of more points than columns', () => {
  test('a line covers the same in every column', () => {
    fc.assert(
      fc.property(walks, (points) => {
        const kept = thinned(points, edges);
        for (let i = 0; i < 10; i++) expect(covered(kept, i)).toEqual(covered(points, i));
        const columns = new Set(points.map(column)).size;
        expect(kept.length).toBeLessThanOrEqual(Math.max(4 * edges.length, 4 * columns));
      }),
    );
  });

  test('few points stay as they are, with one before and one behind the picture', () => {
    const points = [10, 150, 250, 2000, 3000].map((atNs): Point => [atNs, atNs]);
    expect(thinned(points, Float64Array.of(250, 300, 400))).toEqual([150, 250, 2000].map((at) => [at, at]));
    expect(thinned([], edges)).toEqual([]);
  });

  test('dots stay where no other is as high in their column', () => {
    const points: Point[] = [
      [0, 1],
      [10, 9],
      [20, 1.2],
      [30, 4],
      [110, 1],
      [5000, 1],
    ];
    expect(thinnedDots(points, edges, 2)).toEqual([points[0], points[1], points[3], points[4]]);
  });
});
