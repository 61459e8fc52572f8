/**
 * Time-sequence diagrams in a terminal: one panel per direction, each on its own axes. Segments are upright, the acknowledgements a stair, the window's edge dotted;
 * letters mark what was sent again, lost or acknowledged selectively.
 */
import { Canvas } from '../draw/braille.ts';
import { displayWidth, truncated } from '../draw/width.ts';
import { valueText } from './plot.ts';
import { type Sequence, sequenceRange } from './sequence.ts';
import { axis, dotOf, type PlotLayout, panel, trace } from './terminal.ts';

export const SEQUENCE_MARKS = { again: 'R', lost: 'x', sack: 's' } as const;

export interface SequenceLayout extends Pick<PlotLayout, 'width' | 'height' | 'unit' | 'timeTitle'> {
  summary(bytes: string, segments: number, again: number): string;
}

export function sequenceLines(sequences: readonly Sequence[], layout: SequenceLayout): string[] {
  return [layout.unit, ...sequences.flatMap((sequence) => panelOf(sequence, layout))];
}

function panelOf(sequence: Sequence, { width, height, timeTitle, summary }: SequenceLayout): string[] {
  const range = sequenceRange(sequence);
  const top = valueText(range.most);
  const margin = Math.max(displayWidth(top), 6);
  const canvas = new Canvas(Math.max(20, width - margin - 2), height);
  draw(canvas, sequence);
  const { name, segments } = sequence;
  const bytes = segments.reduce((most, { to }) => Math.max(most, to), 0) - segments[0]!.from;
  const again = segments.filter((segment) => segment.again).length;
  const head = truncated(`${name}  ${summary(String(bytes), segments.length, again)}`, width);
  return [head, ...panel(canvas, top, margin), ...axis(range, margin, canvas.columns, timeTitle)];
}

function draw(canvas: Canvas, sequence: Sequence): void {
  const range = sequenceRange(sequence);
  const { fromNs } = range;
  const x = (atNs: number): number => dotOf(canvas, atNs, 0, range)[0];
  const y = (value: number): number => dotOf(canvas, fromNs, value, range)[1];
  // What came before the first segment still holds.
  const inside = (points: Sequence['acks']) => points.map(([atNs, value]) => [Math.max(fromNs, atNs), value] as const);
  trace(canvas, inside(sequence.window), range, true);
  trace(canvas, inside(sequence.acks), range, false);
  for (const { atNs, from, to } of sequence.segments) canvas.upright(x(atNs), y(from), y(to));
  for (const { atNs, to } of sequence.sacks) canvas.mark(x(atNs), y(to), SEQUENCE_MARKS.sack);
  for (const { atNs, to, again, lost } of sequence.segments)
    if (again || lost) canvas.mark(x(atNs), y(to), lost ? SEQUENCE_MARKS.lost : SEQUENCE_MARKS.again);
}
