/** Curves as SVG: all in one chart, with a grid, a legend and, dashed, what bounds them. All text is escaped. */
import { INKS } from '../draw/inks.ts';
import { coordinate, element, lineFrom, picture, textAt } from '../draw/svg.ts';
import { type Curve, type Point, type Range, rangeOf, valueText } from './plot.ts';

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
/** In the order of the page's curves. */
const PALETTE = [INKS.tcp, INKS.error, INKS.application, INKS.icmp, INKS.udp, INKS.link];

export function plotSvg(curves: readonly Curve[], words: PlotWords): string {
  const range = rangeOf(curves);
  const parts = [textAt(12, 24, words.title, { 'font-size': 15 }), ...gridParts(range, words)];
  curves.forEach((curve, i) => {
    const stroke = PALETTE[i % PALETTE.length]!;
    if (curve.bound !== undefined)
      parts.push(element('path', { d: path(curve.bound, range), fill: 'none', stroke, 'stroke-dasharray': '3 4' }));
    parts.push(element('path', { d: path(curve.points, range), fill: 'none', stroke, 'stroke-width': 1.5 }));
    const y = HEIGHT + i * LEGEND_ROW;
    for (const [atNs, value] of curve.samples ?? [])
      parts.push(element('circle', { cx: xOf(atNs, range), cy: yOf(value, range), r: 1.5, fill: stroke }));
    const beside = [
      ...(curve.bound === undefined ? [] : [`┈ ${words.threshold}`]),
      ...(curve.samples === undefined || words.samples === undefined ? [] : [`• ${words.samples}`]),
    ];
    const name = beside.length === 0 ? curve.name : `${curve.name} (${beside.join(', ')})`;
    parts.push(lineFrom(LEFT, y, LEFT + 24, y, { stroke, 'stroke-width': 3 }), textAt(LEFT + 32, y + 4, name));
  });
  return picture(WIDTH, HEIGHT + curves.length * LEGEND_ROW + 8, words.title, parts);
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

/** Each value holds until the next point, the last one to the edge. */
export function path(points: readonly Point[], range: Range): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  const steps = rest.map(([atNs, value]) => `H${coordinate(xOf(atNs, range))}V${coordinate(yOf(value, range))}`);
  const start = `M${coordinate(xOf(first[0], range))} ${coordinate(yOf(first[1], range))}`;
  return `${start}${steps.join('')}H${coordinate(xOf(range.toNs, range))}`;
}
