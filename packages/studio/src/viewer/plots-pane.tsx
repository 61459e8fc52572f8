/** Curves over time with the cursor at this instant; the values under the cursor stand in a table below. */
import { formatInstant } from '@netarium/core/time/instant.ts';
import { type Curve, PLOT_KINDS, rangeOf, valueAt, valueText } from '@netarium/view/plot/plot.ts';
import { type MouseEvent, useEffect, useRef } from 'react';
import { drawingOn } from './canvas.ts';
import { useViewer } from './context.tsx';
import { useSize } from './use-size.ts';

const LEFT = 60;
const BOTTOM = 26;
const TOP = 10;
const RIGHT = 14;
const CURVE_TOKENS = ['--tcp', '--error', '--application', '--icmp', '--udp', '--link'] as const;
/** A second way to tell curves apart. */
const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [8, 3, 2, 3]];

export function PlotsPane() {
  const { m, model, state, store } = useViewer();
  const curves = model.recording.plots[state.plot];
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(frame);
  const range = rangeOf(curves);
  useEffect(() => {
    if (width === 0 || curves.length === 0) return;
    const { context, color } = drawingOn(canvas.current!);
    const across = width - LEFT - RIGHT;
    const down = height - TOP - BOTTOM;
    const x = (atNs: number): number => LEFT + ((atNs - range.fromNs) / (range.toNs - range.fromNs)) * across;
    const y = (value: number): number => TOP + down - (value / range.most) * down;
    context.font = '11px system-ui, sans-serif';
    context.strokeStyle = color('--line');
    context.fillStyle = color('--muted-text');
    for (const part of [0, 0.5, 1]) {
      context.beginPath();
      context.moveTo(LEFT, y(range.most * part));
      context.lineTo(width - RIGHT, y(range.most * part));
      context.stroke();
      context.textAlign = 'right';
      context.fillText(valueText(range.most * part), LEFT - 6, y(range.most * part) + 4);
      context.textAlign = part === 0 ? 'left' : part === 1 ? 'right' : 'center';
      const at = range.fromNs + (range.toNs - range.fromNs) * part;
      context.fillText(`${formatInstant(Math.round(at))} s`, x(at), height - 8);
    }
    curves.forEach(({ points, bound = [] }, i) => {
      context.strokeStyle = color(CURVE_TOKENS[i % CURVE_TOKENS.length]!);
      for (const [line, alpha] of [
        [points, 1],
        [bound, 0.4],
      ] as const) {
        context.globalAlpha = alpha;
        context.lineWidth = alpha === 1 ? 2 : 1;
        context.setLineDash([...DASHES[i % DASHES.length]!]);
        context.beginPath();
        line.forEach(([atNs, value], j) => {
          if (j === 0) context.moveTo(x(atNs), y(value));
          else {
            // A value holds until the next one.
            context.lineTo(x(atNs), y(line[j - 1]![1]));
            context.lineTo(x(atNs), y(value));
          }
        });
        context.stroke();
      }
    });
    context.setLineDash([]);
    context.globalAlpha = 1;
    context.strokeStyle = color('--text');
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x(state.nowNs), TOP);
    context.lineTo(x(state.nowNs), height - BOTTOM);
    context.stroke();
  });
  const go = (event: MouseEvent): void => {
    const box = canvas.current!.getBoundingClientRect();
    const part = (event.clientX - box.left - LEFT) / Math.max(1, width - LEFT - RIGHT);
    const atNs = Math.round(range.fromNs + Math.min(1, Math.max(0, part)) * (range.toNs - range.fromNs));
    store.set({ nowNs: atNs, playing: false });
  };
  return (
    <div className="plots">
      <fieldset className="choices">
        <legend className="hidden">{m.panes.plots}</legend>
        {PLOT_KINDS.map((kind) => (
          <label key={kind}>
            <input type="radio" name="plot" checked={state.plot === kind} onChange={() => store.set({ plot: kind })} />
            {m.plotKinds[kind]}
          </label>
        ))}
      </fieldset>
      {curves.length === 0 && <p className="hint">{m.noCurves}</p>}
      <div className="plot" ref={frame}>
        <canvas ref={canvas} role="img" aria-label={m.plotKinds[state.plot]} onClick={go} />
      </div>
      {curves.length > 0 && <Values curves={curves} />}
    </div>
  );
}

function Values({ curves }: { readonly curves: readonly Curve[] }) {
  const { m, state } = useViewer();
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{m.curve}</th>
          <th scope="col">{m.curveNow}</th>
        </tr>
      </thead>
      <tbody>
        {curves.map((curve, i) => {
          const value = valueAt(curve, state.nowNs);
          return (
            <tr key={curve.name}>
              <td>
                <span className={`swatch curve-${i % CURVE_TOKENS.length}`} aria-hidden="true" /> {curve.name}
              </td>
              <td>{value === undefined ? '–' : valueText(value)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
