/**
 * Where the bars of timers lie on a ladder of rows at even distances: an instant lies in the row that began last before it, as far down as time has gone on
 * to the next row. A page draws a row alone, so each row has its own parts of the bars that cross it.
 */
import type { TcpTimer } from '@netarium/core/record/catalogue.ts';
import type { Span } from '../timeline/axis.ts';
import { countWhere } from '../timeline/timeline.ts';
import type { LadderRow } from './ladder.ts';
import type { TimerBar } from './timers.ts';

export interface BarPart {
  readonly bar: TimerBar;
  /** Beside the lifeline: 0 next to it, then outwards; bars that overlap have different ones. */
  readonly lane: number;
  /** From 0 at the row's upper edge to 1 at its lower one. */
  readonly top: number;
  readonly bottom: number;
  /** The bar begins, or ends, in this row. */
  readonly begins: boolean;
  readonly ends: boolean;
}

const LETTERS: ReadonlyMap<string, string> = new Map<TcpTimer, string>([
  ['retransmission', 'RTO'],
  ['persist', 'ZWP'],
  ['loss-probe', 'TLP'],
  ['reordering', 'REO'],
  ['delayed-ack', 'DACK'],
  ['sack-compression', 'CACK'],
  ['keepalive', 'KA'],
  ['fin-wait-2', 'FW2'],
  ['time-wait', 'TW'],
  ['syn-ack', 'SYN'],
]);

/** What is drawn beside a bar, in either language. */
export function timerLetters({ timer }: TimerBar): string {
  return LETTERS.get(timer) ?? timer;
}

interface Placed extends Beside {
  /** In rows from the first one. */
  readonly from: number;
  readonly to: number;
}

/** More bars than these side by side are a wall: what has no room is left out of the picture. */
const LANES_MOST = 4;

export class TimerBars {
  private readonly lanes: readonly (readonly Placed[])[];

  /** `lanes`: as `sideBySide` has them. */
  constructor(
    private readonly rows: readonly LadderRow[],
    lanes: readonly (readonly Beside[])[],
  ) {
    const placed = (beside: Beside): Placed => {
      const { fromNs, endNs } = beside.bar;
      return { ...beside, from: this.position(fromNs), to: this.position(endNs) };
    };
    this.lanes = lanes.map((lane) => lane.map(placed));
  }

  /** Where an instant lies, in rows; rows that began at once take no time. */
  position(atNs: number): number {
    const { rows } = this;
    const row = countWhere(rows.length, (i) => rows[i]!.fromNs <= atNs) - 1;
    if (row < 0) return 0;
    const here = rows[row]!.fromNs;
    const next = rows[row + 1]?.fromNs;
    // Behind the last row nothing says how far down time has gone.
    return next === undefined ? row + (atNs > here ? 1 : 0) : row + (atNs - here) / (next - here);
  }

  /** `lead`: how far down in a row its packet begins. */
  partsOf(row: number, lead: number): readonly BarPart[] {
    const [above, below] = [row - lead, row + 1 - lead];
    return this.lanes.flatMap((placed) => {
      const first = countWhere(placed.length, (i) => placed[i]!.to < above);
      const end = countWhere(placed.length, (i) => placed[i]!.from < below);
      return placed.slice(first, end).map(({ bar, lane, from, to }): BarPart => {
        const [top, bottom] = [Math.max(0, from - above), Math.min(1, to - above)];
        return { bar, lane, top, bottom, begins: from >= above, ends: to < below };
      });
    });
  }
}

/** A bar with its lane beside its host. */
export interface Beside {
  readonly bar: TimerBar;
  readonly lane: number;
}

/** Bars by their beginnings, as lanes of one host each, in which one bar follows the other; those that have no room are left out. */
export function sideBySide(bars: readonly TimerBar[]): readonly (readonly Beside[])[] {
  const hosts = new Map<string, Beside[][]>();
  for (const bar of bars) {
    let lanes = hosts.get(bar.host);
    if (lanes === undefined) hosts.set(bar.host, (lanes = []));
    const free = lanes.findIndex((placed) => placed.at(-1)!.bar.endNs <= bar.fromNs);
    if (free >= 0) lanes[free]!.push({ bar, lane: free });
    else if (lanes.length < LANES_MOST) lanes.push([{ bar, lane: lanes.length }]);
  }
  return [...hosts.values()].flat();
}

/** Those of the lanes that run in a part of the run; where they are more than `most`, the longest. */
export function besideWithin(
  lanes: readonly (readonly Beside[])[],
  { fromNs, toNs }: Span,
  most: number,
): readonly Beside[] {
  const found = lanes.flatMap((placed) => {
    const first = countWhere(placed.length, (i) => placed[i]!.bar.endNs < fromNs);
    return placed.slice(
      first,
      countWhere(placed.length, (i) => placed[i]!.bar.fromNs <= toNs),
    );
  });
  if (found.length <= most) return found;
  const shown = ({ bar }: Beside): number => Math.min(toNs, bar.endNs) - Math.max(fromNs, bar.fromNs);
  return found.sort((a, b) => shown(b) - shown(a)).slice(0, most);
}
