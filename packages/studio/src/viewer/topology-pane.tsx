/** Machines, cables, and the packets where they are at this instant. Machines are buttons over the canvas; what the canvas shows is told as a list too. */
import type { Point, Size } from '@netarium/view/draw/geometry.ts';
import { CLASS_LETTERS, type PacketClass } from '@netarium/view/packets/packet-class.ts';
import { apart } from '@netarium/view/topology/apart.ts';
import { machineOf } from '@netarium/view/topology/layout.ts';
import type { Lost, Moving } from '@netarium/view/topology/motion.ts';
import { type MouseEvent, memo, useEffect, useMemo, useRef } from 'react';
import { CLASS_TOKENS, type Colors, type Drawing, drawingOn, textWidth } from './canvas.ts';
import { useShared, useView, useViewer } from './context.tsx';
import { useMenuOn } from './menu.tsx';
import type { Model } from './model.ts';
import { usePalette } from './time-track.tsx';
import { Happened, lostBefore, MACHINE_HEIGHT, MachinesTable, Told } from './topology-words.tsx';
import { usePassing } from './use-filtered.ts';
import { useSize } from './use-size.ts';

const PACKET_RADIUS = 9;
const DOT = 5;
/** Half of a machine's button, about. */
const MACHINE_RADIUS = 56;
/** More packets than this are dots without letters. */
const LETTERED = 200;
/** More machines than this are told by small buttons. */
const CROWDED = 60;
/** Of a machine's button: its border and padding and what stands before the name. */
const BESIDE_NAME = 40;
/** No button is wider, whatever the machine's name. */
const MACHINE_WIDTH_MOST = 220;

/** A cable on the picture, from beside one machine to beside the other; undefined where a machine is not on it. */
type Way = { readonly from: Point; readonly to: Point; readonly inset: number } | undefined;

export function TopologyPane() {
  const { m, model, state, store } = useViewer();
  const { recording } = model;
  const menuOn = useMenuOn();
  const passing = usePassing();
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const size = useSize(frame);
  const { width, height } = size;
  const sizes = useMemo(() => new Map(recording.machines.map(({ name }) => [name, sizeOf(name)])), [recording]);
  const points = useMemo(() => apart(model.places(), sizes, { width, height }), [model, sizes, width, height]);
  const ways = useMemo(() => recording.cables.map((cable) => wayOf(cable, points)), [recording, points]);
  const palette = usePalette();
  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn anew for other colours
  const look = useMemo<Look>(() => ({ colors: new Map(), signs: new Map() }), [palette]);
  const moving = model.motion().at(state.nowNs);
  const lost = lostBefore(model, state.nowNs, state.nsPerSecond);
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
  const cables = useMemo(() => document.createElement('canvas'), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn anew for other colours
  useEffect(() => {
    if (width > 0) drawCables(drawingOn(cables, size, new Map(), canvas.current!), ways);
  }, [cables, size, ways, palette]);
  useEffect(() => {
    if (width > 0) draw(drawingOn(canvas.current!, size, look.colors), cables, look, model, ways, moving, lost, shown);
  });
  const hitAt = (event: MouseEvent): number => {
    const box = canvas.current!.getBoundingClientRect();
    const at = { x: event.clientX - box.left, y: event.clientY - box.top };
    const hit = [...lost, ...moving].find((each) => {
      const place = pointOn(ways, each);
      return place !== undefined && Math.hypot(place.x - at.x, place.y - at.y) <= PACKET_RADIUS + 3;
    });
    return hit?.packet ?? 0;
  };
  // What is not followed, or does not pass the filter, is there and pale; what nobody has looked at yet passes.
  const shown = (packet: number): boolean =>
    followed !== undefined ? followed.has(packet) : passing === undefined || !passing.done || passing.has(packet);
  const choose = (event: MouseEvent): void => {
    const packet = hitAt(event);
    if (packet !== 0) store.set({ selection: { kind: 'packet', packet } });
  };
  const openMenu = (event: MouseEvent): void => {
    const packet = hitAt(event);
    if (packet !== 0) menuOn(event, { kind: 'packet', packet });
  };
  const told = useUnhurried(state.nowNs, state.playing);
  return (
    <div className="topology" ref={frame}>
      <canvas ref={canvas} role="img" aria-label={m.topologyPicture} onClick={choose} onContextMenu={openMenu} />
      <Happened points={points} width={width} atNs={told} />
      <Machines points={points} />
      <MachinesTable />
      <Told atNs={told} />
    </div>
  );
}

/** While time goes on, a list that changes with every frame can neither be read nor heard. */
const TOLD_MS = 250;

function useUnhurried(atNs: number, playing: boolean): number {
  const last = useRef({ atNs, atMs: 0 });
  const atMs = performance.now();
  if (!playing || atMs >= last.current.atMs + TOLD_MS) last.current = { atNs, atMs };
  return last.current.atNs;
}

function sizeOf(name: string): Size {
  const width = BESIDE_NAME + textWidth(name, 'bold 14px system-ui, sans-serif');
  return { width: Math.min(MACHINE_WIDTH_MOST, width), height: MACHINE_HEIGHT };
}

const MACHINE_SIGNS = { host: '▣', router: '◈', switch: '⇄', hub: '✳' } as const;

/** They stay where they are while time goes on. */
const Machines = memo(function Machines({ points }: { readonly points: ReadonlyMap<string, Point> }) {
  const { model, store } = useShared();
  const menuOn = useMenuOn();
  const chosen = useView(({ selection }) => (selection.kind === 'machine' ? selection.name : undefined));
  const { machines } = model.recording;
  const crowded = machines.length > CROWDED ? 'crowded' : '';
  return machines.map(({ name, kind }) => {
    const point = points.get(name);
    if (point === undefined) return null;
    return (
      <button
        key={name}
        type="button"
        className={`machine ${kind} ${crowded}`}
        aria-pressed={chosen === name}
        title={name}
        style={{ left: point.x, top: point.y }}
        onClick={() => store.set({ selection: { kind: 'machine', name } })}
        onContextMenu={(event) => menuOn(event, { kind: 'machine', name })}
      >
        <span aria-hidden="true">{MACHINE_SIGNS[kind]}</span> {name}
      </button>
    );
  });
});

function wayOf({ a, b }: { readonly a: string; readonly b: string }, points: ReadonlyMap<string, Point>): Way {
  const [from, to] = [points.get(machineOf(a)), points.get(machineOf(b))];
  if (from === undefined || to === undefined) return undefined;
  // Beside the machines, not beneath them.
  const apart = Math.hypot(to.x - from.x, to.y - from.y);
  return { from, to, inset: Math.min(0.35, MACHINE_RADIUS / Math.max(1, apart)) };
}

function pointOn(ways: readonly Way[], each: Moving): Point | undefined {
  const way = ways[each.cable];
  if (way === undefined) return undefined;
  const { from, to, inset } = way;
  const place = inset + each.place * (1 - 2 * inset);
  return { x: from.x + (to.x - from.x) * place, y: from.y + (to.y - from.y) * place };
}

/** What is drawn again and again: colours, and packets as pictures of their own, which are copied faster than they are drawn. */
interface Look {
  readonly colors: Colors;
  readonly signs: Map<PacketClass, HTMLCanvasElement>;
}

function signOf(look: Look, color: (token: string) => string, kind: PacketClass): HTMLCanvasElement {
  let sign = look.signs.get(kind);
  if (sign !== undefined) return sign;
  const scale = window.devicePixelRatio;
  sign = document.createElement('canvas');
  sign.width = sign.height = Math.ceil(2 * PACKET_RADIUS * scale);
  const context = sign.getContext('2d')!;
  context.scale(scale, scale);
  context.fillStyle = color(CLASS_TOKENS[kind]);
  context.arc(PACKET_RADIUS, PACKET_RADIUS, PACKET_RADIUS - 0.5, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = color('--on-class');
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.strokeStyle = color('--background');
  context.lineWidth = 1;
  context.stroke();
  context.font = 'bold 11px system-ui, sans-serif';
  context.fillText(CLASS_LETTERS[kind], PACKET_RADIUS, PACKET_RADIUS + 0.5);
  look.signs.set(kind, sign);
  return sign;
}

/** Slanted lines take the browser longer than thousands of packets: they are a picture of their own, made anew when machines move. */
function drawCables({ context, color }: Drawing, ways: readonly Way[]): void {
  context.lineWidth = 1.5;
  context.strokeStyle = color('--line');
  context.beginPath();
  for (const way of ways) {
    if (way === undefined) continue;
    context.moveTo(way.from.x, way.from.y);
    context.lineTo(way.to.x, way.to.y);
  }
  context.stroke();
}

function draw(
  { context, color, width, height }: Drawing,
  cables: HTMLCanvasElement,
  look: Look,
  model: Model,
  ways: readonly Way[],
  moving: readonly Moving[],
  lost: readonly Lost[],
  shown: (packet: number) => boolean,
): void {
  context.drawImage(cables, 0, 0, width, height);
  const lettered = moving.length <= LETTERED;
  const classes = model.classes();
  for (const each of moving) {
    const place = pointOn(ways, each);
    if (place === undefined) continue;
    const kind = classes.of(each.frame);
    context.globalAlpha = shown(each.packet) ? 1 : 0.25;
    if (lettered) {
      const sign = signOf(look, color, kind);
      context.drawImage(sign, place.x - PACKET_RADIUS, place.y - PACKET_RADIUS, 2 * PACKET_RADIUS, 2 * PACKET_RADIUS);
      continue;
    }
    // Of all shapes, and of all places, whole pixels are drawn fastest.
    context.fillStyle = color(CLASS_TOKENS[kind]);
    context.fillRect(Math.round(place.x) - 2, Math.round(place.y) - 2, DOT, DOT);
  }
  context.globalAlpha = 1;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.font = 'bold 11px system-ui, sans-serif';
  context.strokeStyle = color('--error');
  context.fillStyle = color('--error-text');
  context.lineWidth = 3;
  for (const each of lost) {
    const place = pointOn(ways, each);
    if (place === undefined) continue;
    context.beginPath();
    context.moveTo(place.x - 7, place.y - 7);
    context.lineTo(place.x + 7, place.y + 7);
    context.moveTo(place.x + 7, place.y - 7);
    context.lineTo(place.x - 7, place.y + 7);
    context.stroke();
    context.fillText(each.reason, place.x, place.y - 16);
  }
}
