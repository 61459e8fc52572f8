/**
 * Where machines stand: by their distance from a machine at the edge, in columns from left to right, and in each column in the order of what they are
 * cabled to in the column before. A star with many arms becomes a circle. The same run always looks the same.
 */
import type { RecordedCable, RecordedMachine } from '../recording/recording.ts';

/** In units of the picture, 1 wide and 1 high. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** More neighbours than this fit no column. */
const CIRCLE_FROM = 14;

export function layout(
  machines: readonly RecordedMachine[],
  cables: readonly RecordedCable[],
): ReadonlyMap<string, Place> {
  const neighbours = new Map<string, string[]>(machines.map(({ name }) => [name, []]));
  for (const { a, b } of cables) {
    const [from, to] = [machineOf(a), machineOf(b)];
    neighbours.get(from)?.push(to);
    neighbours.get(to)?.push(from);
  }
  const hub = machines.find(({ name }) => neighbours.get(name)!.length >= CIRCLE_FROM);
  return hub === undefined ? columns(machines, neighbours) : circle(hub.name, machines);
}

/** `gw.eth0` is a port of `gw`. */
export function machineOf(port: string): string {
  const dot = port.indexOf('.');
  return dot < 0 ? port : port.slice(0, dot);
}

function columns(
  machines: readonly RecordedMachine[],
  neighbours: ReadonlyMap<string, readonly string[]>,
): Map<string, Place> {
  const depth = new Map<string, number>();
  const ends = [...machines].sort((a, b) => neighbours.get(a.name)!.length - neighbours.get(b.name)!.length);
  // The first machine that the lab names and that stands at an edge begins; then what is not connected to it.
  const first = machines.find(({ name }) => neighbours.get(name)!.length <= 1) ?? ends[0];
  for (const { name } of first === undefined ? [] : [first, ...machines]) {
    if (depth.has(name)) continue;
    const queue = [name];
    depth.set(name, 0);
    for (const here of queue)
      for (const next of neighbours.get(here) ?? []) {
        if (depth.has(next)) continue;
        depth.set(next, depth.get(here)! + 1);
        queue.push(next);
      }
  }
  const byColumn: string[][] = [];
  for (const [name, column] of depth) (byColumn[column] ??= []).push(name);
  const places = new Map<string, Place>();
  for (const [column, names] of byColumn.entries()) {
    const height = (name: string): number => {
      const before = (neighbours.get(name) ?? []).filter((other) => depth.get(other) === column - 1);
      return before.reduce((sum, other) => sum + (places.get(other)?.y ?? 0.5), 0) / Math.max(1, before.length);
    };
    const ordered = [...names].sort((a, b) => height(a) - height(b));
    ordered.forEach((name, row) => {
      places.set(name, {
        x: byColumn.length === 1 ? 0.5 : column / (byColumn.length - 1),
        y: (row + 0.5) / ordered.length,
      });
    });
  }
  return places;
}

/** Points of a circle without sines: the corners of a diamond, pushed out to its circle. */
function circle(hub: string, machines: readonly RecordedMachine[]): Map<string, Place> {
  const places = new Map<string, Place>([[hub, { x: 0.5, y: 0.5 }]]);
  const others = machines.filter(({ name }) => name !== hub);
  others.forEach(({ name }, i) => {
    const turn = (4 * i) / others.length;
    const side = Math.floor(turn);
    const part = turn - side;
    const [x, y] = (
      [
        [1 - part, part],
        [-part, 1 - part],
        [part - 1, -part],
        [part, part - 1],
      ] as const
    )[side % 4]!;
    const length = rootOf(x * x + y * y);
    places.set(name, { x: 0.5 + (0.46 * x) / length, y: 0.5 + (0.44 * y) / length });
  });
  return places;
}

/** A square root by Newton's steps: exact enough for a picture, and the same in every engine. */
function rootOf(value: number): number {
  let root = Math.max(value, 1);
  for (let i = 0; i < 20; i++) root = (root + value / root) / 2;
  return root;
}
