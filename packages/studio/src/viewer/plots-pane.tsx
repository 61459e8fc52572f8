/** Curves over time, one picture below the other on the same instants; the values under the cursor stand in a table; where a congestion window falls, and why. */
import { eventText } from '@netarium/view/explain/event-text.ts';
import { textIn } from '@netarium/view/language.ts';
import type { Fall } from '@netarium/view/plot/falls.ts';
import { liveliest } from '@netarium/view/plot/liveliest.ts';
import { type Curve, PLOT_KINDS, type PlotKind, rangeOf, valueAt, valueText } from '@netarium/view/plot/plot.ts';
import type { QueueDrop } from '@netarium/view/plot/queue-drops.ts';
import { curveStroke } from '@netarium/view/plot/strokes.ts';
import { thinned, thinnedDots } from '@netarium/view/plot/thinned.ts';
import type { Axis } from '@netarium/view/timeline/axis.ts';
import { memo, useCallback, useMemo, useState } from 'react';
import type { Drawing } from './canvas.ts';
import { useMessages, useShared, useView } from './context.tsx';
import { Explainable } from './details.tsx';
import { BOTTOM, columnEdges, drawScale, HEIGHT, LEFT, RIGHT, stair, stroked, TOP } from './plot-scale.ts';
import { SequencePlot } from './sequence-plot.tsx';
import { Swatch } from './swatch.tsx';
import { secondsText } from './time-text.ts';
import { SpanBar, TimeTrack, useAxis } from './time-track.tsx';

const NO_DROPS: readonly QueueDrop[] = [];
/** More names than these stand in the table only. */
const MOST_NAMES = 4;

export function PlotsPane() {
  const { model } = useShared();
  const m = useMessages();
  const { plots } = model.recording;
  const axis = useAxis();
  const [shown, setShown] = useState<Fall>();
  const kinds = useMemo(() => PLOT_KINDS.filter((kind) => plots[kind].length > 0), [plots]);
  if (kinds.length === 0 && model.sequences.value.length === 0) return <p className="hint">{m.noCurves}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and who has no pointer scrolls with keys
    <section className="plots" aria-label={m.panes.plots} tabIndex={0} data-whole="">
      <SpanBar axis={axis} />
      {kinds.map((kind) => (
        <Plot key={kind} kind={kind} axis={axis} shown={shown} onShow={setShown} />
      ))}
      <SequencePlot axis={axis} />
      <p className="meta">{m.dragHint}</p>
      <Falls shown={shown} onShow={setShown} />
      <Values kinds={kinds} />
    </section>
  );
}

interface PlotProps {
  readonly kind: PlotKind;
  readonly axis: Axis;
  readonly shown: Fall | undefined;
  onShow(fall: Fall | undefined): void;
}

function Plot({ kind, axis, shown, onShow }: PlotProps) {
  const { model, store } = useShared();
  const m = useMessages();
  const { ladder, plots } = model.recording;
  const curves = plots[kind];
  const most = useMemo(() => rangeOf(curves).most, [curves]);
  const places = useMemo(() => liveliest(curves), [curves]);
  const drops = kind === 'queue' ? model.queueDrops() : NO_DROPS;
  const draw = useCallback(
    (drawing: Drawing, x: (atNs: number) => number): void => {
      drawScale(drawing, axis, x, most);
      const edges = columnEdges(axis, drawing);
      for (const i of places) drawCurve(drawing, seenOf(curves[i]!, edges, most), i, x, most);
      drawDrops(drawing, curves, drops, x, most);
    },
    [axis, curves, places, drops, most],
  );
  const heard = useMemo(() => {
    const acks = shown?.duplicateAcks ?? [];
    return acks.length === 0 ? [] : ladder.rows.filter(({ packet }) => acks.includes(packet));
  }, [ladder, shown]);
  const over = useCallback(
    (x: (atNs: number) => number) => {
      const y = (value: number): number => HEIGHT - BOTTOM - (value / most) * (HEIGHT - TOP - BOTTOM);
      const inside = (atNs: number): boolean => axis.part(atNs) >= 0 && axis.part(atNs) <= 1;
      return (
        <>
          {heard.map(({ packet, fromNs }) =>
            inside(fromNs) ? <div key={packet} className="heard" style={{ left: x(fromNs) }} /> : null,
          )}
          {kind === 'cwnd' &&
            model.falls().map((fall) =>
              inside(fall.atNs) ? (
                // biome-ignore lint/a11y/noStaticElementInteractions: the list below has a button for each
                // biome-ignore lint/a11y/useKeyWithClickEvents: the same
                <div
                  key={`${fall.curve} ${fall.atNs}`}
                  className={`fall ${fall === shown ? 'shown' : ''}`}
                  style={{ left: x(fall.atNs), top: y(fall.from) }}
                  onPointerEnter={() => onShow(fall)}
                  onPointerDown={(event) => event.stopPropagation()}
                  onClick={() => {
                    onShow(fall);
                    store.set({ nowNs: fall.atNs, playing: false });
                  }}
                />
              ) : null,
            )}
        </>
      );
    },
    [axis, heard, kind, model, most, onShow, shown, store],
  );
  return (
    <figure>
      <figcaption>
        {m.plotKinds[kind]}
        <span className="names">
          {places.slice(0, MOST_NAMES).map((i) => (
            <span key={i}>
              <Swatch stroke={curveStroke(i)} /> {curves[i]!.name}
            </span>
          ))}
          {curves.length > MOST_NAMES && m.andMore(curves.length - MOST_NAMES)}
          {drops.length > 0 && <span>✕ {m.queueDrops(drops.length)}</span>}
        </span>
      </figcaption>
      <TimeTrack axis={axis} left={LEFT} right={RIGHT} height={HEIGHT} label={m.plotKinds[kind]} draw={draw}>
        {over}
      </TimeTrack>
    </figure>
  );
}

/** What can be seen of a curve. */
function seenOf(curve: Curve, edges: Float64Array, most: number): Curve {
  const { points, bound = [], used = [], samples = [] } = curve;
  return {
    ...curve,
    points: thinned(points, edges),
    bound: thinned(bound, edges),
    used: thinned(used, edges),
    samples: thinnedDots(samples, edges, most / (HEIGHT - TOP - BOTTOM)),
  };
}

function drawCurve(
  drawing: Drawing,
  { points, bound = [], used = [], samples = [] }: Curve,
  i: number,
  x: (atNs: number) => number,
  most: number,
): void {
  const { context, color, width } = drawing;
  const down = HEIGHT - TOP - BOTTOM;
  const y = (value: number): number => TOP + down - (value / most) * down;
  context.save();
  context.beginPath();
  context.rect(LEFT, 0, width - LEFT - RIGHT, HEIGHT);
  context.clip();
  const ground = TOP + down;
  const stroke = curveStroke(i);
  context.fillStyle = color(`--${stroke.ink}`);
  context.globalAlpha = 0.15;
  context.beginPath();
  used.forEach(([atNs, value], j) => {
    context.lineTo(x(atNs), j === 0 ? ground : y(used[j - 1]![1]));
    context.lineTo(x(atNs), y(value));
  });
  if (used.length > 0) context.lineTo(x(used.at(-1)![0]), ground);
  context.fill();
  context.globalAlpha = 1;
  stroked(drawing, stroke, () => stair(drawing, points, x, y));
  context.globalAlpha = 0.8;
  stroked(drawing, { ...stroke, width: stroke.width / 2 }, () => stair(drawing, bound, x, y));
  context.globalAlpha = 1;
  for (const [atNs, value] of samples) context.fillRect(x(atNs) - 1, y(value) - 1, 3, 3);
  context.restore();
}

/** A cross where a frame found the queue full. */
function drawDrops(
  { context, color, width }: Drawing,
  curves: readonly Curve[],
  drops: readonly QueueDrop[],
  x: (atNs: number) => number,
  most: number,
): void {
  context.strokeStyle = color('--error');
  context.lineWidth = 2;
  context.beginPath();
  for (const { curve, atNs } of drops) {
    const left = x(atNs);
    if (left < LEFT || left > width - RIGHT) continue;
    const top = TOP + (HEIGHT - TOP - BOTTOM) * (1 - (valueAt(curves[curve]!, atNs) ?? 0) / most);
    context.moveTo(left - 4, top - 4);
    context.lineTo(left + 4, top + 4);
    context.moveTo(left + 4, top - 4);
    context.lineTo(left - 4, top + 4);
  }
  context.stroke();
}

interface FallsProps {
  readonly shown: Fall | undefined;
  onShow(fall: Fall): void;
}

const MOST_FALLS = 50;

function Falls({ shown, onShow }: FallsProps) {
  const { model, store } = useShared();
  const m = useMessages();
  const language = useView((state) => state.language);
  const falls = model.falls();
  if (falls.length === 0) return null;
  const why = shown === undefined || shown.event < 0 ? undefined : shown.event;
  return (
    <section className="falls">
      <h3>{m.falls}</h3>
      <div className="choices">
        {falls.slice(0, MOST_FALLS).map((fall) => (
          <button
            key={`${fall.curve} ${fall.atNs}`}
            type="button"
            aria-pressed={fall === shown}
            onClick={() => {
              onShow(fall);
              store.set({ nowNs: fall.atNs, playing: false });
            }}
          >
            {secondsText(fall.atNs)} {m.fall(valueText(fall.from), valueText(fall.to))}
          </button>
        ))}
      </div>
      {shown !== undefined && (
        <p role="status">
          {why !== undefined && `${textIn(eventText(model.recording, why), language)} `}
          {shown.duplicateAcks.length === 0 ? m.noDuplicateAcks : m.duplicateAcks(shown.duplicateAcks.length)}{' '}
          {shown.duplicateAcks.map((packet) => (
            <button
              key={packet}
              type="button"
              onClick={() => store.set({ selection: { kind: 'packet', packet }, pane: 'ladder' })}
            >
              {m.packet(packet)}
            </button>
          ))}
        </p>
      )}
    </section>
  );
}

/** What curves are at this instant: as time goes on, only the values change. */
const Values = memo(function Values({ kinds }: { readonly kinds: readonly PlotKind[] }) {
  const { model } = useShared();
  const m = useMessages();
  const { plots } = model.recording;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{m.curve}</th>
          <th scope="col">{m.curveNow}</th>
        </tr>
      </thead>
      {kinds.map((kind) => {
        const curves = plots[kind];
        const places = liveliest(curves);
        return (
          <tbody key={kind}>
            <tr>
              <th scope="rowgroup" colSpan={2}>
                <Explainable id={`curve.${kind}`}>{m.plotKinds[kind]}</Explainable>
              </th>
            </tr>
            {places.map((i) => (
              <tr key={i}>
                <td>
                  <Swatch stroke={curveStroke(i)} /> {curves[i]!.name}
                </td>
                <td>
                  <Value curve={curves[i]!} />
                </td>
              </tr>
            ))}
            {curves.length > places.length && (
              <tr>
                <td colSpan={2}>{m.andMore(curves.length - places.length)}</td>
              </tr>
            )}
          </tbody>
        );
      })}
    </table>
  );
});

function Value({ curve }: { readonly curve: Curve }) {
  const value = useView(({ nowNs }) => valueAt(curve, nowNs));
  return value === undefined ? '–' : valueText(value);
}
