/** The time-sequence diagram of one connection and direction: what was sent, how far it was acknowledged, and up to where the window let it go. */
import { liveliest } from '@netarium/view/plot/liveliest.ts';
import { type Point, valueAt } from '@netarium/view/plot/plot.ts';
import { fullest, type Sequence, sentOf, sequenceRange } from '@netarium/view/plot/sequence.ts';
import { SEQUENCE_PARTS, SEQUENCE_STROKES } from '@netarium/view/plot/strokes.ts';
import { thinned } from '@netarium/view/plot/thinned.ts';
import type { Axis } from '@netarium/view/timeline/axis.ts';
import { countWhere } from '@netarium/view/timeline/timeline.ts';
import { useCallback, useMemo, useState } from 'react';
import type { Drawing } from './canvas.ts';
import { useMessages, useShared, useView } from './context.tsx';
import { Explainable } from './details.tsx';
import { BOTTOM, columnEdges, drawScale, HEIGHT, LEFT, RIGHT, stair, stroked, TOP } from './plot-scale.ts';
import { Swatch } from './swatch.tsx';
import { TimeTrack } from './time-track.tsx';

const CROSS = 4;
/** What is smaller could not be seen. */
const LEAST_PIXELS = 3;

export function SequencePlot({ axis }: { readonly axis: Axis }) {
  const { model } = useShared();
  const [chosen, setChosen] = useState<number>();
  const sequences = model.sequences.value;
  const most = useMemo(() => fullest(sequences), [sequences]);
  const sequence = sequences[chosen ?? most];
  if (sequence === undefined) return null;
  return <Diagram key={chosen ?? most} axis={axis} sequence={sequence} index={chosen ?? most} onChoose={setChosen} />;
}

interface DiagramProps {
  readonly axis: Axis;
  readonly sequence: Sequence;
  readonly index: number;
  onChoose(index: number): void;
}

function Diagram({ axis, sequence, index, onChoose }: DiagramProps) {
  const { model } = useShared();
  const m = useMessages();
  const sequences = model.sequences.value;
  const places = useMemo(() => liveliest(sequences.map(({ segments }) => ({ points: segments }))), [sequences]);
  const { most } = useMemo(() => sequenceRange(sequence), [sequence]);
  const draw = useCallback(
    (drawing: Drawing, x: (atNs: number) => number): void => {
      drawScale(drawing, axis, x, most);
      const edges = columnEdges(axis, drawing);
      const { acks, window } = sequence;
      const seen = { ...sequence, acks: thinned(acks, edges), window: thinned(window, edges) };
      drawSequence(drawing, seen, x, most);
    },
    [axis, most, sequence],
  );
  return (
    <figure>
      <figcaption>
        <Explainable id="curve.sequence">{m.sequence.title}</Explainable>
        <span className="names">
          {SEQUENCE_PARTS.map((part) => (
            <span key={part}>
              {part !== 'lost' && <Swatch stroke={SEQUENCE_STROKES[part]} />} {m.sequence.parts[part]}
            </span>
          ))}
        </span>
      </figcaption>
      <label className="select">
        {m.sequence.which}
        <select value={index} onChange={(event) => onChoose(Number(event.target.value))}>
          {places.map((place) => (
            <option key={place} value={place}>
              {sequences[place]!.name}
            </option>
          ))}
        </select>
        {places.length < sequences.length && m.andMore(sequences.length - places.length)}
      </label>
      <TimeTrack axis={axis} left={LEFT} right={RIGHT} height={HEIGHT} label={m.sequence.title} draw={draw} />
      <SequenceNow sequence={sequence} />
    </figure>
  );
}

/** How far it is at this instant. */
function SequenceNow({ sequence }: { readonly sequence: Sequence }) {
  const { store } = useShared();
  const m = useMessages();
  const nowNs = useView((state) => state.nowNs);
  const sent = useMemo(() => sentOf(sequence), [sequence]);
  const { segments, acks, window: edges } = sequence;
  const said = (points: readonly Point[]): string => String(valueAt({ name: '', points }, nowNs) ?? '–');
  const last = segments[countWhere(segments.length, (i) => segments[i]!.atNs <= nowNs) - 1];
  return (
    <p>
      {m.sequence.now(said(sent.points), said(acks), said(edges))}{' '}
      {last !== undefined && (
        <button
          type="button"
          onClick={() => store.set({ selection: { kind: 'packet', packet: last.packet }, pane: 'ladder' })}
        >
          {m.packet(last.packet)}
        </button>
      )}
    </p>
  );
}

interface Bar {
  readonly atNs: number;
  readonly from: number;
  readonly to: number;
}

function drawSequence(drawing: Drawing, sequence: Sequence, x: (atNs: number) => number, most: number): void {
  const { context, width } = drawing;
  const down = HEIGHT - TOP - BOTTOM;
  const y = (value: number): number => TOP + down * (1 - value / most);
  const { segments, sacks, acks, window: edges } = sequence;
  context.save();
  context.beginPath();
  context.rect(LEFT, TOP - CROSS, width - LEFT - RIGHT, down + 2 * CROSS);
  context.clip();
  stroked(drawing, SEQUENCE_STROKES.window, () => stair(drawing, edges, x, y));
  stroked(drawing, SEQUENCE_STROKES.acks, () => stair(drawing, acks, x, y));
  stroked(drawing, SEQUENCE_STROKES.sack, () => bars(drawing, sacks, x, y));
  stroked(drawing, SEQUENCE_STROKES.data, () => bars(drawing, segments, x, y));
  const again = segments.filter((segment) => segment.again);
  stroked(drawing, SEQUENCE_STROKES.again, () => bars(drawing, again, x, y));
  stroked(drawing, SEQUENCE_STROKES.lost, () => crosses(drawing, segments, x, y));
  context.fillStyle = drawing.color(`--${SEQUENCE_STROKES.again.ink}`);
  context.textAlign = 'left';
  let lastPixel = -Infinity;
  for (const { atNs, from } of again) {
    const left = x(atNs);
    if (left < LEFT || left > width || left - lastPixel < 10) continue;
    context.fillText('R', left + 4, y(from) + 4);
    lastPixel = left;
  }
  context.restore();
}

/** Bars of one pixel column that touch are one. */
function bars(
  { context, width }: Drawing,
  all: readonly Bar[],
  x: (atNs: number) => number,
  y: (value: number) => number,
): void {
  let [pixel, low, high] = [-1, 0, 0];
  const flush = (): void => {
    if (pixel < 0) return;
    context.moveTo(pixel + 0.5, y(low));
    context.lineTo(pixel + 0.5, Math.min(y(high), y(low) - LEAST_PIXELS));
  };
  for (const { atNs, from, to } of all) {
    const left = Math.floor(x(atNs));
    if (left < LEFT || left > width - RIGHT) continue;
    if (left === pixel && from <= high && to >= low) {
      low = Math.min(low, from);
      high = Math.max(high, to);
      continue;
    }
    flush();
    [pixel, low, high] = [left, from, to];
  }
  flush();
}

function crosses(
  { context, width }: Drawing,
  segments: Sequence['segments'],
  x: (atNs: number) => number,
  y: (value: number) => number,
): void {
  for (const { atNs, to, lost } of segments) {
    const [left, top] = [x(atNs), y(to)];
    if (!lost || left < LEFT || left > width - RIGHT) continue;
    context.moveTo(left - CROSS, top - CROSS);
    context.lineTo(left + CROSS, top + CROSS);
    context.moveTo(left + CROSS, top - CROSS);
    context.lineTo(left - CROSS, top + CROSS);
  }
}
