/**
 * Curves in a terminal: one panel each below the other with the same axes, drawn with Braille dots (two by four in a character), so that they
 * can be told apart without colours. A value holds until the next point; a bound is a dotted line.
 */
import { formatInstant } from '@netarium/core/time/instant.ts';
import { Canvas } from '../draw/braille.ts';
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

const DOTTED = 4;
/** A single measurement. */
export const SAMPLE = '+';

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
    for (const [atNs, value] of curve.samples ?? []) canvas.mark(...dotOf(canvas, atNs, value, range), SAMPLE);
    lines.push(truncated(`${curve.name}  ${summaryOf(curve, layout)}`, layout.width));
    lines.push(...panel(canvas, top, margin));
  }
  return [`${layout.unit}`, ...lines, ...axis(range, margin, columns, layout.timeTitle)];
}

/** A drawing with its scale beside it. */
export function panel(canvas: Canvas, top: string, margin: number): string[] {
  return canvas.texts().map((text, i, all) => {
    const label = i === 0 ? top : i === all.length - 1 ? '0' : '';
    return `${paddedLeft(label, margin)} ${label === '' ? '│' : '┤'}${text}`.trimEnd();
  });
}

function summaryOf({ points }: Curve, { summary }: PlotLayout): string {
  const values = points.map(([, value]) => value);
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = values.reduce((a, b) => Math.max(a, b), 0);
  return summary(valueText(least), valueText(most), valueText(values.at(-1) ?? 0));
}

export function axis({ fromNs, toNs }: Range, margin: number, columns: number, title: string): string[] {
  const [from, to] = [formatInstant(fromNs).slice(0, -6), formatInstant(toNs).slice(0, -6)];
  const room = columns - displayWidth(from) - displayWidth(to);
  const gap = Math.max(1, Math.floor((room - displayWidth(title)) / 2));
  const words = padded(`${from}${' '.repeat(gap)}${title}`, columns - displayWidth(to));
  return [`${' '.repeat(margin)} └${'─'.repeat(columns)}`, `${' '.repeat(margin + 2)}${words}${to}`];
}

/** The dot of a value. */
export function dotOf(
  { width, height }: Canvas,
  atNs: number,
  value: number,
  { fromNs, toNs, most }: Range,
): [x: number, y: number] {
  const x = Math.max(0, Math.floor(((atNs - fromNs) / (toNs - fromNs)) * (width - 1)));
  return [x, Math.round((Math.max(0, value) / most) * (height - 1))];
}

/** A line of values on a canvas that is as wide and high as a range. */
export function trace(canvas: Canvas, points: readonly Point[], range: Range, dotted: boolean): void {
  const x = (atNs: number): number => dotOf(canvas, atNs, 0, range)[0];
  const y = (value: number): number => dotOf(canvas, range.fromNs, value, range)[1];
  points.forEach(([atNs, value], i) => {
    const next = points[i + 1];
    const [here, level] = [x(atNs), y(value)];
    // The last value is still so at the end of the picture.
    const end = next === undefined ? canvas.width - 1 : x(next[0]);
    for (let column = here; column <= end; column++) if (!dotted || column % DOTTED === 0) canvas.set(column, level);
    if (next === undefined || dotted) return;
    canvas.upright(end, level, y(next[1]));
  });
}
