import { describe, expect, test } from 'vitest';
import { textOf } from '../files/file-piece.ts';
import { liveliest } from './liveliest.ts';
import { type Curve, type Point, rangeOf, rateOf, roundUp, valueText } from './plot.ts';
import { plotSvg } from './svg.ts';
import { type PlotLayout, plotLines } from './terminal.ts';

const S = 1_000_000_000;
const saw: Curve = {
  name: 'a → b',
  points: [
    [0, 1],
    [1 * S, 8],
    [2 * S, 4],
  ],
  bound: [[1 * S, 4]],
};
const LAYOUT: PlotLayout = {
  width: 40,
  height: 4,
  unit: 'segments',
  timeTitle: '时间',
  summary: (least, most, last) => `${least}..${most}, ${last}`,
};

test('an axis ends at the next round number', () => {
  expect([0, 1, 1.2, 8, 10, 11, 0.03, Number.NaN].map(roundUp).map(valueText)).toEqual([
    '1',
    '1',
    '2',
    '10',
    '10',
    '20',
    '0.05',
    '1',
  ]);
});

test('a range holds all points, also of a single one and of none', () => {
  expect(rangeOf([saw])).toEqual({ fromNs: 0, toNs: 2 * S, most: 10 });
  expect(rangeOf([{ name: 'x', points: [[5, 0]] }])).toEqual({ fromNs: 5, toNs: 6, most: 1 });
  expect(rangeOf([])).toEqual({ fromNs: 0, toNs: 1, most: 1 });
});

test('a rate keeps every byte', () => {
  const bytes: Point[] = [
    [0, 1000],
    [S / 2, 500],
    [2 * S, 2500],
  ];
  const points = rateOf(bytes, 0, 2 * S, 4);
  const total = points.reduce((sum, [atNs, rate], i) => sum + rate * ((points[i + 1]?.[0] ?? atNs) - atNs), 0);
  expect(Math.round(total / 8000)).toBe(4000);
  expect(points.at(-1)![1]).toBe(0);
});

describe('in the terminal', () => {
  const lines = plotLines([saw], LAYOUT);

  test('steps, from zero to a round number, in the width', () => {
    expect(lines[0]).toBe('segments');
    expect(lines[1]).toBe('a → b  1..8, 4');
    expect(lines[2]).toMatch(/^ {4}10 ┤/);
    expect(lines[5]).toMatch(/^ {5}0 ┤[\u2801-\u28ff]/);
    expect(lines.at(-1)).toMatch(/^ +0\.000 +时间 +2\.000$/);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
  });

  test('every instant has its value: no column of a curve is empty', () => {
    const flat = plotLines([{ name: 'flat', points: [[0, 5]] }, saw], LAYOUT);
    const drawing = flat.slice(2, 6).map((line) => line.slice(8).padEnd(32));
    for (let x = 0; x < 32; x++) expect(drawing.some((line) => line[x] !== ' ')).toBe(true);
  });
});

test('the SVG has a path per curve, a dotted one per bound, dashes that its legend shows, and escaped names', () => {
  const words = { title: 'a < b', unit: 'x', timeTitle: 't', threshold: 'bound' };
  const svg = textOf(plotSvg([saw, { name: '<&>', points: [[0, 0]] }], words));
  expect(svg.match(/<path/g)).toHaveLength(3);
  expect([svg.match(/dasharray="1 3"/g)?.length, svg.match(/dasharray="6 3"/g)?.length]).toEqual([1, 2]);
  expect(svg).toContain('&lt;&amp;&gt;');
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  expect(textOf(plotSvg([], words))).not.toMatch(/NaN|Infinity/);
});

test('of many curves the liveliest are shown, in their order', () => {
  const curve = (name: number, points: number): Curve => ({
    name: String(name),
    points: Array.from({ length: points }, (_, i) => [i, i] as const),
  });
  const many = Array.from({ length: 100 }, (_, i) => curve(i, i % 4 === 1 ? 5 : 1));
  const shown = liveliest(many);
  expect(shown.length).toBeLessThan(100);
  expect(shown).toEqual([...shown].sort((a, b) => a - b));
  for (const place of shown) expect(many[place]!.points.length).toBe(5);
  expect(liveliest(many.slice(0, 9))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
});
