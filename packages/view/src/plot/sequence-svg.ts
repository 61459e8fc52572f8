/** Time-sequence diagrams as SVG: one below the other, each on its own axes, with a legend. All text is escaped. */
import { INKS } from '../draw/inks.ts';
import { coordinate, element, lineFrom, picture, textAt } from '../draw/svg.ts';
import type { Point, Range } from './plot.ts';
import { type Sequence, sequenceRange } from './sequence.ts';
import { gridParts, HEIGHT, LEFT, LEGEND_ROW, type PlotWords, path, WIDTH, xOf, yOf } from './svg.ts';

export interface SequenceWords extends Pick<PlotWords, 'title' | 'unit' | 'timeTitle'> {
  readonly parts: Readonly<Record<keyof typeof STROKES, string>>;
}

/** Told apart by width and dashes too. */
const STROKES = {
  data: { stroke: INKS.tcp, 'stroke-width': 2 },
  again: { stroke: INKS.error, 'stroke-width': 4 },
  lost: { stroke: INKS.error, 'stroke-width': 1.5 },
  acks: { stroke: INKS.application, 'stroke-width': 1.5 },
  window: { stroke: INKS.other, 'stroke-width': 1.5, 'stroke-dasharray': '6 3' },
  sack: { stroke: INKS.icmp, 'stroke-width': 2, 'stroke-dasharray': '2 2' },
} as const;

const TITLE = 34;
const CROSS = 4;

export function sequenceSvg(sequences: readonly Sequence[], words: SequenceWords): string {
  const panels = sequences.map((sequence, i) =>
    element('g', { transform: `translate(0 ${coordinate(TITLE + i * HEIGHT)})` }, panel(sequence, words).join('')),
  );
  const below = TITLE + sequences.length * HEIGHT;
  const legend = Object.entries(STROKES).flatMap(([part, stroke], i) => {
    const y = below + (i + 0.5) * LEGEND_ROW;
    const name = words.parts[part as keyof typeof STROKES];
    return [
      ...(part === 'lost' ? cross(LEFT + 12, y) : [lineFrom(LEFT, y, LEFT + 24, y, stroke)]),
      textAt(LEFT + 32, y + 4, name),
    ];
  });
  const title = textAt(12, 24, words.title, { 'font-size': 15 });
  return picture(WIDTH, below + 7 * LEGEND_ROW, words.title, [title, ...panels, ...legend]);
}

function cross(x: number, y: number): string[] {
  return [
    lineFrom(x - CROSS, y - CROSS, x + CROSS, y + CROSS, STROKES.lost),
    lineFrom(x + CROSS, y - CROSS, x - CROSS, y + CROSS, STROKES.lost),
  ];
}

function panel(sequence: Sequence, words: SequenceWords): string[] {
  const range = sequenceRange(sequence);
  const upright = (atNs: number, from: number, to: number, stroke: Readonly<Record<string, string | number>>): string =>
    lineFrom(xOf(atNs, range), yOf(from, range), xOf(atNs, range), yOf(to, range), stroke);
  return [
    ...gridParts(range, words),
    textAt(WIDTH / 2, 40, sequence.name, { 'text-anchor': 'middle' }),
    element('path', { d: edge(sequence.window, range), fill: 'none', ...STROKES.window }),
    element('path', { d: path(within(sequence.acks, range), range), fill: 'none', ...STROKES.acks }),
    ...sequence.sacks.map(({ atNs, from, to }) => upright(atNs, from, to, STROKES.sack)),
    ...sequence.segments.flatMap(({ atNs, from, to, again, lost }) => [
      upright(atNs, from, to, again ? STROKES.again : STROKES.data),
      ...(again ? [textAt(xOf(atNs, range) + 5, yOf(from, range) + 4, 'R', { fill: INKS.error })] : []),
      ...(lost ? cross(xOf(atNs, range), yOf(to, range)) : []),
    ]),
  ];
}

function within(points: readonly Point[], { fromNs }: Range): Point[] {
  return points.map(([atNs, value]) => [Math.max(fromNs, atNs), value]);
}

/** Only where it lies in the picture. */
function edge(points: readonly Point[], range: Range): string {
  return within(points, range)
    .map(([atNs, value], i, all) => {
      if (value > range.most) return '';
      const endNs = all[i + 1]?.[0] ?? range.toNs;
      return `M${coordinate(xOf(atNs, range))} ${coordinate(yOf(value, range))}H${coordinate(xOf(endNs, range))}`;
    })
    .join('');
}
