/** Time-sequence diagrams as SVG: one below the other, each on its own axes, with a legend. All text is escaped. */
import { INKS } from '../draw/inks.ts';
import { coordinate, lineFrom, pathLine, pictureFrame, pictureLines, textAt } from '../draw/svg.ts';
import { type FilePiece, slicesOf } from '../files/file-piece.ts';
import type { Point, Range } from './plot.ts';
import { type Sequence, sequenceRange } from './sequence.ts';
import { SEQUENCE_PARTS, SEQUENCE_STROKES, type SequencePart } from './strokes.ts';
import { gridParts, HEIGHT, LEFT, LEGEND_ROW, type PlotWords, stairs, WIDTH, xOf, yOf } from './svg.ts';

export interface SequenceWords extends Pick<PlotWords, 'title' | 'unit' | 'timeTitle'> {
  readonly parts: Readonly<Record<SequencePart, string>>;
}

type Attributes = Readonly<Record<string, string | number>>;

const STROKES = Object.fromEntries(
  SEQUENCE_PARTS.map((part): [SequencePart, Attributes] => {
    const { ink, width, dash } = SEQUENCE_STROKES[part];
    const dashed = dash.length === 0 ? {} : { 'stroke-dasharray': dash.join(' ') };
    return [part, { stroke: INKS[ink], 'stroke-width': width, ...dashed }];
  }),
) as Readonly<Record<SequencePart, Attributes>>;

const TITLE = 34;
const CROSS = 4;

/** Marks of a piece: about a millisecond's work. */
const SLICE = 250;

export function* sequenceSvg(sequences: readonly Sequence[], words: SequenceWords): Generator<FilePiece, void> {
  const below = TITLE + sequences.length * HEIGHT;
  const [before, after] = pictureFrame(WIDTH, below + 7 * LEGEND_ROW, words.title);
  const title = textAt(12, 24, words.title, { 'font-size': 15 });
  yield { content: `${before}${pictureLines([title, ...legend(below, words)])}`, part: 0 };
  for (const [i, sequence] of sequences.entries()) {
    const part = i / sequences.length;
    yield { content: `<g transform="translate(0 ${coordinate(TITLE + i * HEIGHT)})">\n`, part };
    for (const content of panel(sequence, words)) yield { content, part };
    yield { content: '</g>\n', part };
  }
  yield { content: after, part: 1 };
}

function legend(below: number, { parts }: SequenceWords): string[] {
  return SEQUENCE_PARTS.flatMap((part, i) => {
    const y = below + (i + 0.5) * LEGEND_ROW;
    return [
      ...(part === 'lost' ? cross(LEFT + 12, y) : [lineFrom(LEFT, y, LEFT + 24, y, STROKES[part])]),
      textAt(LEFT + 32, y + 4, parts[part]),
    ];
  });
}

function cross(x: number, y: number): string[] {
  return [
    lineFrom(x - CROSS, y - CROSS, x + CROSS, y + CROSS, STROKES.lost),
    lineFrom(x + CROSS, y - CROSS, x - CROSS, y + CROSS, STROKES.lost),
  ];
}

function* panel(sequence: Sequence, words: SequenceWords): Generator<string> {
  const range = sequenceRange(sequence);
  const upright = (atNs: number, from: number, to: number, stroke: Attributes): string =>
    lineFrom(xOf(atNs, range), yOf(from, range), xOf(atNs, range), yOf(to, range), stroke);
  const name = textAt(WIDTH / 2, 40, sequence.name, { 'text-anchor': 'middle' });
  yield pictureLines([...gridParts(range, words), name]);
  yield* pathLine(edge(sequence.window, range), { fill: 'none', ...STROKES.window });
  yield* pathLine(stairs(within(sequence.acks, range), range), { fill: 'none', ...STROKES.acks });
  for (const [, some] of slicesOf(sequence.sacks, SLICE))
    yield pictureLines(some.map(({ atNs, from, to }) => upright(atNs, from, to, STROKES.sack)));
  for (const [, some] of slicesOf(sequence.segments, SLICE))
    yield pictureLines(
      some.flatMap(({ atNs, from, to, again, lost }) => [
        upright(atNs, from, to, again ? STROKES.again : STROKES.data),
        ...(again ? [textAt(xOf(atNs, range) + 5, yOf(from, range) + 4, 'R', { fill: INKS.error })] : []),
        ...(lost ? cross(xOf(atNs, range), yOf(to, range)) : []),
      ]),
    );
}

function within(points: readonly Point[], { fromNs }: Range): Point[] {
  return points.map(([atNs, value]) => [Math.max(fromNs, atNs), value]);
}

/** A path's data: only where the edge lies in the picture. */
function* edge(points: readonly Point[], range: Range): Generator<string> {
  const all = within(points, range);
  for (const [first, some] of slicesOf(all, SLICE))
    yield some
      .map(([atNs, value], i) => {
        if (value > range.most) return '';
        const endNs = all[first + i + 1]?.[0] ?? range.toNs;
        return `M${coordinate(xOf(atNs, range))} ${coordinate(yOf(value, range))}H${coordinate(xOf(endNs, range))}`;
      })
      .join('');
}
