/** What each thread does over time: a lane per thread, its states by colour, texture and letter; what it waits for stands in the table below. */
import { formatDuration } from '@netarium/core/time/instant.ts';
import { LANE_STATES, type Lane, type LaneState, stretchAt, totalsOf } from '@netarium/view/lanes/lanes.ts';
import { type MouseEvent, useEffect, useMemo, useRef } from 'react';
import { type Drawing, drawingOn } from './canvas.ts';
import { useViewer } from './context.tsx';
import { useSize } from './use-size.ts';

const LANE_HEIGHT = 24;
const NAME_WIDTH = 220;
const LETTER_PIXELS = 14;

const STATE_TOKENS: Readonly<Record<LaneState, string>> = {
  running: '--tcp',
  ready: '--udp',
  interpreter: '--icmp',
  lock: '--error',
  sleep: '--surface',
  io: '--link',
};

export function LanesPane() {
  const { m, model, state, store } = useViewer();
  const { lanes, toNs } = model.recording.lanes;
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const { width } = useSize(frame);
  const endNs = Math.max(1, toNs);
  const across = Math.max(1, width - NAME_WIDTH - 8);
  useEffect(() => {
    if (width === 0) return;
    const drawing = drawingOn(canvas.current!);
    lanes.forEach((lane, i) => {
      drawLane(drawing, lane, i * LANE_HEIGHT, (atNs) => NAME_WIDTH + (atNs / endNs) * across, m.laneLetters);
    });
    const x = NAME_WIDTH + (state.nowNs / endNs) * across;
    drawing.context.strokeStyle = drawing.color('--text');
    drawing.context.beginPath();
    drawing.context.moveTo(x, 0);
    drawing.context.lineTo(x, lanes.length * LANE_HEIGHT);
    drawing.context.stroke();
  });
  const go = (event: MouseEvent): void => {
    const box = canvas.current!.getBoundingClientRect();
    const part = (event.clientX - box.left - NAME_WIDTH) / across;
    store.set({ nowNs: Math.round(Math.min(1, Math.max(0, part)) * endNs), playing: false });
  };
  const totals = useMemo(() => lanes.map(totalsOf), [lanes]);
  if (lanes.length === 0) return <p className="hint">{m.noLanes}</p>;
  return (
    <div className="lanes" ref={frame}>
      <div className="lane-canvas">
        <canvas
          ref={canvas}
          role="img"
          aria-label={m.panes.lanes}
          style={{ height: lanes.length * LANE_HEIGHT }}
          onClick={go}
        />
      </div>
      <table>
        <thead>
          <tr>
            <th scope="col">{m.lane}</th>
            <th scope="col">{m.state}</th>
            <th scope="col">{m.waitsFor}</th>
            {LANE_STATES.map((each) => (
              <th key={each} scope="col">
                {m.laneLetters[each]} {m.laneStates[each]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {totals.map(({ lane, ns }) => {
            const now = stretchAt(lane, state.nowNs);
            const held = now === undefined || now.holders.length === 0 ? '' : ` (${m.heldBy(now.holders.join(', '))})`;
            return (
              <tr key={`${lane.host} ${lane.tid} ${lane.stretches[0]?.fromNs}`}>
                <th scope="row">{lane.name}</th>
                <td>{now === undefined ? '–' : `${m.laneLetters[now.state]} ${m.laneStates[now.state]}`}</td>
                <td>{now === undefined || now.waits === '' ? '' : `${now.waits}${held}`}</td>
                {LANE_STATES.map((each) => (
                  <td key={each}>{ns[each] === 0 ? '' : formatDuration(ns[each])}</td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function drawLane(
  { context, color }: Drawing,
  lane: Lane,
  y: number,
  x: (atNs: number) => number,
  letters: Readonly<Record<LaneState, string>>,
): void {
  context.font = '12px system-ui, sans-serif';
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.fillStyle = color('--text');
  context.fillText(lane.name, 4, y + LANE_HEIGHT / 2, NAME_WIDTH - 12);
  for (const { fromNs, toNs, state } of lane.stretches) {
    const [left, right] = [x(fromNs), x(toNs)];
    const wide = Math.max(0.5, right - left);
    context.fillStyle = color(STATE_TOKENS[state]);
    context.fillRect(left, y + 3, wide, LANE_HEIGHT - 6);
    if (state === 'sleep') {
      context.strokeStyle = color('--line');
      context.strokeRect(left, y + 3, wide, LANE_HEIGHT - 6);
    }
    if (state === 'lock' || state === 'interpreter') hatch(context, left, y + 3, wide, color('--on-class'), state);
    if (wide < LETTER_PIXELS) continue;
    context.fillStyle = color(state === 'sleep' ? '--text' : '--on-class');
    context.fillText(letters[state], left + 3, y + LANE_HEIGHT / 2);
  }
}

/** Diagonals for a lock, both ways for the interpreter's. */
function hatch(
  context: CanvasRenderingContext2D,
  left: number,
  top: number,
  wide: number,
  ink: string,
  state: 'lock' | 'interpreter',
): void {
  const high = LANE_HEIGHT - 6;
  context.save();
  context.beginPath();
  context.rect(left, top, wide, high);
  context.clip();
  context.strokeStyle = ink;
  context.globalAlpha = 0.5;
  context.beginPath();
  for (let x = left - high; x < left + wide; x += 7) {
    context.moveTo(x, top + high);
    context.lineTo(x + high, top);
    if (state === 'lock') continue;
    context.moveTo(x, top);
    context.lineTo(x + high, top + high);
  }
  context.stroke();
  context.restore();
}
