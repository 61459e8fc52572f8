/**
 * Where the bars of timers lie on a ladder of rows at even distances: an instant lies in the row that began last before it, as far down as time has gone on
 * to the next row. A page draws a row alone, so each row has its own parts of the bars that cross it.
 */
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

interface Placed {
  readonly bar: TimerBar;
  readonly lane: number;
  /** In rows from the first one. */
  readonly from: number;
  readonly to: number;
}

/** More bars than these side by side are a wall: what has no room is left out of the picture. */
const LANES_MOST = 4;

export class TimerBars {
  private readonly placed: readonly Placed[];
  /** The furthest end of all bars up to each. */
  private readonly furthest: readonly number[];

  /** Bars by their beginnings. */
  constructor(
    private readonly rows: readonly LadderRow[],
    bars: readonly TimerBar[],
  ) {
    this.placed = this.place(bars);
    let furthest = 0;
    this.furthest = this.placed.map(({ to }) => (furthest = Math.max(furthest, to)));
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
    const parts: BarPart[] = [];
    const end = countWhere(this.placed.length, (i) => this.placed[i]!.from < below);
    for (let i = end - 1; i >= 0 && this.furthest[i]! >= above; i--) {
      const { bar, lane, from, to } = this.placed[i]!;
      if (to < above) continue;
      const [top, bottom] = [Math.max(0, from - above), Math.min(1, to - above)];
      parts.push({ bar, lane, top, bottom, begins: from >= above, ends: to < below });
    }
    return parts.reverse();
  }

  private place(bars: readonly TimerBar[]): Placed[] {
    return sideBySide(bars)
      .map(({ bar, lane }) => ({ bar, lane, from: this.position(bar.fromNs), to: this.position(bar.endNs) }))
      .sort((a, b) => a.from - b.from);
  }
}

/** Bars by their beginnings, each with its lane beside its host; those that have no room left out. */
export function sideBySide(bars: readonly TimerBar[]): readonly { readonly bar: TimerBar; readonly lane: number }[] {
  const busy = new Map<string, number[]>();
  return bars.flatMap((bar) => {
    const lanes = busy.get(bar.host) ?? [];
    busy.set(bar.host, lanes);
    const free = lanes.findIndex((untilNs) => untilNs <= bar.fromNs);
    const lane = free < 0 ? lanes.length : free;
    if (lane >= LANES_MOST) return [];
    lanes[lane] = bar.endNs;
    return [{ bar, lane }];
  });
}
