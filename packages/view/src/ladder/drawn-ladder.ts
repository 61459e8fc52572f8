/** Rows of a ladder, all of them or those that pass a filter, with what pictures of them are made from: worked out when one first asks. */
import type { Ladder, LadderRow } from './ladder.ts';
import { type Beside, sideBySide, TimerBars } from './timer-bars.ts';
import { type TimerBar, timersOf } from './timers.ts';
import { ScaledLadder } from './to-scale.ts';

export class DrawnLadder {
  readonly timers: readonly TimerBar[];
  private madeBars: TimerBars | undefined;
  private madeScaled: ScaledLadder | undefined;
  private madeLanes: readonly (readonly Beside[])[] | undefined;

  constructor(
    ladder: Ladder,
    readonly rows: readonly LadderRow[] = ladder.rows,
  ) {
    this.timers = rows === ladder.rows ? ladder.timers : timersOf(ladder.timers, rows);
  }

  /** For rows at even distances. */
  get bars(): TimerBars {
    this.madeBars ??= new TimerBars(this.rows, this.timers);
    return this.madeBars;
  }

  /** For linear time. */
  get scaled(): ScaledLadder {
    this.madeScaled ??= new ScaledLadder(this.rows);
    return this.madeScaled;
  }

  /** The timers' bars beside their hosts, for linear time. */
  get lanes(): readonly (readonly Beside[])[] {
    this.madeLanes ??= sideBySide(this.timers);
    return this.madeLanes;
  }
}
