import { describe, expect, test } from 'vitest';
import type { Size } from '../draw/geometry.ts';
import { apart } from './apart.ts';
import { layout } from './layout.ts';

const NAMES = ['laptop', 'home', 'gw', 'isp', 'centre', 'web'];
const machines = NAMES.map((name) => ({ name, kind: 'host' as const, cards: [] }));
const chain = NAMES.slice(1).map((name, i) => ({ name, a: `${NAMES[i]}.eth0`, b: `${name}.eth1` }));
const places = layout(machines, chain);
const sizes = new Map(NAMES.map((name): [string, Size] => [name, { width: 84, height: 30 }]));

function overlaps(picture: Size): number {
  const points = [...apart(places, sizes, picture).values()];
  return points.flatMap((a, i) =>
    points.slice(i + 1).filter((b) => Math.abs(a.x - b.x) < 84 && Math.abs(a.y - b.y) < 30),
  ).length;
}

describe('machines on a picture', () => {
  test('stand in one line where there is room for it', () => {
    const points = [...apart(places, sizes, { width: 900, height: 400 }).values()];
    expect(new Set(points.map(({ y }) => y))).toEqual(new Set([200]));
    expect([points[0]!.x, points.at(-1)!.x]).toEqual([50, 850]);
  });

  test('stand one below the other where a picture is narrow and high', () => {
    const points = [...apart(places, sizes, { width: 390, height: 500 }).values()];
    expect(new Set(points.map(({ x }) => x))).toEqual(new Set([195]));
    expect([points[0]!.y, points.at(-1)!.y]).toEqual([43, 457]);
  });

  test('make way for each other where it is small, and are nowhere over each other', () => {
    expect(overlaps({ width: 390, height: 160 })).toBe(0);
    expect(overlaps({ width: 250, height: 260 })).toBe(0);
    const points = [...apart(places, sizes, { width: 390, height: 160 }).values()];
    for (const { x, y } of points) {
      expect(x).toBeGreaterThanOrEqual(42);
      expect(x).toBeLessThanOrEqual(348);
      expect(y).toBeGreaterThanOrEqual(15);
      expect(y).toBeLessThanOrEqual(145);
    }
  });

  test('stay where the layout has them where there is no room at all', () => {
    const points = [...apart(places, sizes, { width: 60, height: 20 }).values()];
    expect(points).toHaveLength(6);
    for (const { x, y } of points) expect([x, y].every(Number.isFinite)).toBe(true);
  });
});
