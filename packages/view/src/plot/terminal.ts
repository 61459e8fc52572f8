/**
 * Curves in a terminal: one panel each below the other with the same axes, drawn with Braille dots (two by four in a character), so that they
 * can be told apart without colours. A value holds until the next point; a bound is a dotted line.
 */
import { formatInstant } from '@netarium/core/time/instant.ts';
import { displayWidth, padded, paddedLeft, truncated } from '../draw/width.ts';
import { type Curve, type Point, type Range, rangeOf, valueText } from './plot.ts';

export interface PlotLayout {
  /** Columns for everything. */
  readonly width: number;
  /** Lines of each panel's drawing. */
  readonly height: number;
  readonly unit: string;
  readonly timeTitle: string;
  summary(least: string, most: string, last: string): string;
}

/** The bit of each dot of a Braille pattern (Unicode block 2800), by row and column. */
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;
const DOTTED = 4;

class Canvas {
  private readonly cells: Uint8Array;

  constructor(
    readonly columns: number,
    readonly lines: number,
  ) {
    this.cells = new Uint8Array(columns * lines);
  }

  get width(): number {
    return this.columns * 2;
  }

  get height(): number {
    return this.lines * 4;
  }

  /** From the left, from below. */
  set(x: number, y: number): void {
    const row = this.height - 1 - y;
    const at = (row >> 2) * this.columns + (x >> 1);
    this.cells[at] = this.cells[at]! | DOTS[row & 3]![x & 1]!;
  }

  texts(): string[] {
    return Array.from({ length: this.lines }, (_, line) =>
      Array.from(this.cells.subarray(line * this.columns, (line + 1) * this.columns), (bits) =>
        bits === 0 ? ' ' : String.fromCharCode(0x2800 + bits),
      ).join(''),
    );
  }
}

export function plotLines(curves: readonly Curve[], layout: PlotLayout): string[] {
  const range = rangeOf(curves);
  const top = valueText(range.most);
  const margin = Math.max(displayWidth(top), 6);
  const columns = Math.max(20, layout.width - margin - 2);
  const lines: string[] = [];
  for (const curve of curves) {
    const canvas = new Canvas(columns, layout.height);
    if (curve.bound !== undefined) trace(canvas, curve.bound, range, true);
    trace(canvas, curve.points, range, false);
    lines.push(truncated(`${curve.name}  ${summaryOf(curve, layout)}`, layout.width));
    canvas.texts().forEach((text, i, all) => {
      const label = i === 0 ? top : i === all.length - 1 ? '0' : '';
      lines.push(`${paddedLeft(label, margin)} ${label === '' ? '│' : '┤'}${text}`.trimEnd());
    });
  }
  return [`${layout.unit}`, ...lines, ...axis(range, margin, columns, layout.timeTitle)];
}

function summaryOf({ points }: Curve, { summary }: PlotLayout): string {
  const values = points.map(([, value]) => value);
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = values.reduce((a, b) => Math.max(a, b), 0);
  return summary(valueText(least), valueText(most), valueText(values.at(-1) ?? 0));
}

function axis({ fromNs, toNs }: Range, margin: number, columns: number, title: string): string[] {
  const [from, to] = [formatInstant(fromNs).slice(0, -6), formatInstant(toNs).slice(0, -6)];
  const room = columns - displayWidth(from) - displayWidth(to);
  const gap = Math.max(1, Math.floor((room - displayWidth(title)) / 2));
  const words = padded(`${from}${' '.repeat(gap)}${title}`, columns - displayWidth(to));
  return [`${' '.repeat(margin)} └${'─'.repeat(columns)}`, `${' '.repeat(margin + 2)}${words}${to}`];
}

function trace(canvas: Canvas, points: readonly Point[], range: Range, dotted: boolean): void {
  const { fromNs, toNs, most } = range;
  const x = (atNs: number): number => Math.floor(((atNs - fromNs) / (toNs - fromNs)) * (canvas.width - 1));
  const y = (value: number): number => Math.round((Math.max(0, value) / most) * (canvas.height - 1));
  points.forEach(([atNs, value], i) => {
    const next = points[i + 1];
    const [here, level] = [x(atNs), y(value)];
    // The last value is still so at the end of the picture.
    const end = next === undefined ? canvas.width - 1 : x(next[0]);
    for (let column = here; column <= end; column++) if (!dotted || column % DOTTED === 0) canvas.set(column, level);
    if (next === undefined || dotted) return;
    const [low, high] = [Math.min(level, y(next[1])), Math.max(level, y(next[1]))];
    for (let row = low; row <= high; row++) canvas.set(end, row);
  });
}
