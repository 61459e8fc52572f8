/** Curves as SVG: all in one chart, with a grid, a legend and, dashed, what bounds them. All text is escaped. */
import { INKS } from '../draw/inks.ts';
import { coordinate, element, lineFrom, pathLine, pictureFrame, pictureLines, textAt } from '../draw/svg.ts';
import { type FilePiece, slicesOf } from '../files/file-piece.ts';
import { type Curve, type Point, type Range, rangeOf, valueText } from './plot.ts';
import { curveStroke } from './strokes.ts';

export interface PlotWords {
  readonly title: string;
  readonly unit: string;
  readonly timeTitle: string;
  /** What bounds the values. */
  readonly threshold: string;
  /** What single measurements are called; of curves that have some. */
  readonly samples?: string;
}

export const WIDTH = 900;
export const HEIGHT = 420;
export const LEFT = 70;
const TOP = 50;
const RIGHT = 24;
const BOTTOM = 50;
export const LEGEND_ROW = 18;
const TICKS = 5;

/** Points of a piece: about a millisecond's work. */
const SLICE = 1000;

export function* plotSvg(curves: readonly Curve[], words: PlotWords): Generator<FilePiece, void> {
  const range = rangeOf(curves);
  const [before, after] = pictureFrame(WIDTH, HEIGHT + curves.length * LEGEND_ROW + 8, words.title);
  const head = [textAt(12, 24, words.title, { 'font-size': 15 }), ...gridParts(range, words)];
  yield { content: `${before}${pictureLines(head)}`, part: 0 };
  for (const [i, curve] of curves.entries())
    for (const content of curveLines(curve, i, range, words)) yield { content, part: i / curves.length };
  yield { content: after, part: 1 };
}

function* curveLines(
  { name, points, bound, samples }: Curve,
  place: number,
  range: Range,
  words: PlotWords,
): Generator<string> {
  const { ink, dash } = curveStroke(place);
  const stroke = INKS[ink];
  const dashes = dash.length === 0 ? {} : { 'stroke-dasharray': dash.join(' ') };
  if (bound !== undefined) yield* pathLine(stairs(bound, range), { fill: 'none', stroke, 'stroke-dasharray': '1 3' });
  yield* pathLine(stairs(points, range), { fill: 'none', stroke, 'stroke-width': 1.5, ...dashes });
  for (const [, some] of slicesOf(samples ?? [], SLICE))
    yield pictureLines(
      some.map(([atNs, value]) =>
        element('circle', { cx: xOf(atNs, range), cy: yOf(value, range), r: 1.5, fill: stroke }),
      ),
    );
  const beside = [
    ...(bound === undefined ? [] : [`┈ ${words.threshold}`]),
    ...(samples === undefined || words.samples === undefined ? [] : [`• ${words.samples}`]),
  ];
  const y = HEIGHT + place * LEGEND_ROW;
  const said = beside.length === 0 ? name : `${name} (${beside.join(', ')})`;
  yield pictureLines([
    lineFrom(LEFT, y, LEFT + 24, y, { stroke, 'stroke-width': 3, ...dashes }),
    textAt(LEFT + 32, y + 4, said),
  ]);
}

export const xOf = (atNs: number, { fromNs, toNs }: Range): number =>
  LEFT + ((atNs - fromNs) / (toNs - fromNs)) * (WIDTH - LEFT - RIGHT);

export const yOf = (value: number, { most }: Range): number =>
  HEIGHT - BOTTOM - (value / most) * (HEIGHT - TOP - BOTTOM);

/** Scales, and lines at round parts of them. */
export function gridParts(range: Range, { unit, timeTitle }: Pick<PlotWords, 'unit' | 'timeTitle'>): string[] {
  const parts = [
    textAt(LEFT, TOP - 10, unit),
    textAt((LEFT + WIDTH) / 2, HEIGHT - 14, timeTitle, { 'text-anchor': 'middle' }),
  ];
  for (let i = 0; i <= TICKS; i++) {
    const value = (range.most * i) / TICKS;
    const atNs = range.fromNs + ((range.toNs - range.fromNs) * i) / TICKS;
    const [x, y] = [xOf(atNs, range), yOf(value, range)];
    const stroke = i === 0 ? INKS.text : INKS.line;
    parts.push(lineFrom(LEFT, y, WIDTH - RIGHT, y, { stroke }), lineFrom(x, TOP, x, HEIGHT - BOTTOM, { stroke }));
    parts.push(textAt(LEFT - 8, y + 4, valueText(value), { 'text-anchor': 'end' }));
    parts.push(textAt(x, HEIGHT - BOTTOM + 16, valueText(atNs / 1_000_000_000), { 'text-anchor': 'middle' }));
  }
  return parts;
}

/** A path's data, bit by bit: each value holds until the next point, the last one to the edge. */
export function* stairs(points: readonly Point[], range: Range): Generator<string> {
  const corner = ([atNs, value]: Point, i: number): string => {
    const [x, y] = [coordinate(xOf(atNs, range)), coordinate(yOf(value, range))];
    return i === 0 ? `M${x} ${y}` : `H${x}V${y}`;
  };
  for (const [first, some] of slicesOf(points, SLICE)) yield some.map((point, i) => corner(point, first + i)).join('');
  if (points.length > 0) yield `H${coordinate(xOf(range.toNs, range))}`;
}
