/** Machines, cables, and the packets where they are at this instant. Machines are buttons over the canvas; what the canvas shows is told as a list too. */
import { CLASS_LETTERS, packetClass } from '@netarium/view/packets/packet-class.ts';
import { frameBytes } from '@netarium/view/recording/recording.ts';
import { machineOf } from '@netarium/view/topology/layout.ts';
import type { Lost, Moving } from '@netarium/view/topology/motion.ts';
import { type MouseEvent, useEffect, useMemo, useRef } from 'react';
import { CLASS_TOKENS, type Drawing, drawingOn } from './canvas.ts';
import { useViewer, type Viewing } from './context.tsx';
import { useSize } from './use-size.ts';

const MARGIN_X = 70;
const MARGIN_Y = 44;
const PACKET_RADIUS = 9;
/** Half of a machine's button, about. */
const MACHINE_RADIUS = 56;
/** More packets than this are dots without letters. */
const LETTERED = 200;
const TOLD = 6;

interface Point {
  readonly x: number;
  readonly y: number;
}

export function TopologyPane() {
  const viewing = useViewer();
  const { m, model, state, store } = viewing;
  const { recording } = model;
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(frame);
  const points = useMemo(() => {
    const places = model.places();
    const across = Math.max(0, width - 2 * MARGIN_X);
    const down = Math.max(0, height - 2 * MARGIN_Y);
    return new Map([...places].map(([name, { x, y }]) => [name, { x: MARGIN_X + x * across, y: MARGIN_Y + y * down }]));
  }, [model, width, height]);
  const moving = model.motion().at(state.nowNs);
  const lost = model.motion().lostBefore(state.nowNs, state.nsPerSecond / 2);
  const followed = useMemo(
    () =>
      state.selection.kind === 'packet'
        ? new Set(
            model
              .chains()
              .of(state.selection.packet)
              .map(({ packet }) => packet),
          )
        : undefined,
    [model, state.selection],
  );
  useEffect(() => {
    if (width > 0) draw(drawingOn(canvas.current!), viewing, points, moving, lost, followed);
  });
  const placeOf = (each: Moving): Point | undefined => pointOn(viewing, points, each);
  const choose = (event: MouseEvent): void => {
    const box = canvas.current!.getBoundingClientRect();
    const at = { x: event.clientX - box.left, y: event.clientY - box.top };
    const hit = [...lost, ...moving].find((each) => {
      const place = placeOf(each);
      return place !== undefined && Math.hypot(place.x - at.x, place.y - at.y) <= PACKET_RADIUS + 3;
    });
    if (hit !== undefined && hit.packet !== 0) store.set({ selection: { kind: 'packet', packet: hit.packet } });
  };
  return (
    <div className="topology" ref={frame}>
      <canvas ref={canvas} role="img" aria-label={m.topologyPicture} onClick={choose} />
      {recording.machines.map(({ name, kind }) => {
        const point = points.get(name);
        if (point === undefined) return null;
        const chosen = state.selection.kind === 'machine' && state.selection.name === name;
        return (
          <button
            key={name}
            type="button"
            className={`machine ${kind}`}
            aria-pressed={chosen}
            style={{ left: point.x, top: point.y }}
            onClick={() => store.set({ selection: { kind: 'machine', name } })}
          >
            <span aria-hidden="true">{MACHINE_SIGNS[kind]}</span> {name}
          </button>
        );
      })}
      <ul className="told" aria-label={m.onTheWay}>
        {moving.slice(0, TOLD).map((each) => (
          <li key={each.hop}>
            <button type="button" onClick={() => store.set({ selection: { kind: 'packet', packet: each.packet } })}>
              {m.moving(...endsOf(viewing, each), each.packet)}
            </button>
          </li>
        ))}
        {lost.slice(0, TOLD).map((each) => (
          <li key={`lost ${each.hop}`}>{m.lostHere(each.reason, each.packet)}</li>
        ))}
      </ul>
    </div>
  );
}

const MACHINE_SIGNS = { host: '▣', router: '◈', switch: '⇄', hub: '✳' } as const;

function endsOf({ model }: Viewing, { cable, back }: Moving): [from: string, to: string] {
  const { a, b } = model.recording.cables[cable]!;
  return back ? [machineOf(b), machineOf(a)] : [machineOf(a), machineOf(b)];
}

function pointOn({ model }: Viewing, points: ReadonlyMap<string, Point>, each: Moving): Point | undefined {
  const { a, b } = model.recording.cables[each.cable]!;
  const [from, to] = [points.get(machineOf(a)), points.get(machineOf(b))];
  if (from === undefined || to === undefined) return undefined;
  // Beside the machines, not beneath them.
  const apart = Math.hypot(to.x - from.x, to.y - from.y);
  const inset = Math.min(0.35, MACHINE_RADIUS / Math.max(1, apart));
  const place = inset + each.place * (1 - 2 * inset);
  return { x: from.x + (to.x - from.x) * place, y: from.y + (to.y - from.y) * place };
}

function draw(
  { context, color }: Drawing,
  viewing: Viewing,
  points: ReadonlyMap<string, Point>,
  moving: readonly Moving[],
  lost: readonly Lost[],
  followed: ReadonlySet<number> | undefined,
): void {
  const { recording } = viewing.model;
  context.lineWidth = 1.5;
  context.strokeStyle = color('--line');
  for (const { a, b } of recording.cables) {
    const [from, to] = [points.get(machineOf(a)), points.get(machineOf(b))];
    if (from === undefined || to === undefined) continue;
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
    context.stroke();
  }
  const lettered = moving.length <= LETTERED;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.font = 'bold 11px system-ui, sans-serif';
  for (const each of moving) {
    const place = pointOn(viewing, points, each);
    if (place === undefined) continue;
    const kind = packetClass(frameBytes(recording, each.frame));
    context.globalAlpha = followed === undefined || followed.has(each.packet) ? 1 : 0.25;
    context.fillStyle = color(CLASS_TOKENS[kind]);
    context.beginPath();
    context.arc(place.x, place.y, lettered ? PACKET_RADIUS : 3, 0, 2 * Math.PI);
    context.fill();
    if (!lettered) continue;
    context.fillStyle = color('--on-class');
    context.fillText(CLASS_LETTERS[kind], place.x, place.y + 0.5);
  }
  context.globalAlpha = 1;
  context.strokeStyle = color('--error');
  context.lineWidth = 3;
  for (const each of lost) {
    const place = pointOn(viewing, points, each);
    if (place === undefined) continue;
    context.beginPath();
    context.moveTo(place.x - 7, place.y - 7);
    context.lineTo(place.x + 7, place.y + 7);
    context.moveTo(place.x + 7, place.y - 7);
    context.lineTo(place.x - 7, place.y + 7);
    context.stroke();
    context.fillStyle = color('--error-text');
    context.fillText(each.reason, place.x, place.y - 16);
  }
}
