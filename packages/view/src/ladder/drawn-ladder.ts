/** Rows of a ladder, all of them or those that pass a filter, with what pictures of them are made from: worked out when one first asks. */
import { once } from '../gradual/once.ts';
import type { Ladder, LadderRow } from './ladder.ts';
import { type Beside, sideBySide, TimerBars } from './timer-bars.ts';
import { timersOf } from './timers.ts';
import { ScaledLadder } from './to-scale.ts';

export class DrawnLadder {
  /** For linear time. */
  readonly scaled: () => ScaledLadder;
  /** The timers' bars beside their hosts, for linear time. */
  readonly lanes: () => readonly (readonly Beside[])[];
  /** The same for rows at even distances. */
  readonly bars: () => TimerBars;

  constructor(
    ladder: Ladder,
    readonly rows: readonly LadderRow[] = ladder.rows,
  ) {
    this.scaled = once(() => new ScaledLadder(rows));
    this.lanes = once(() => sideBySide(rows === ladder.rows ? ladder.timers : timersOf(ladder.timers, rows)));
    this.bars = once(() => new TimerBars(rows, this.lanes()));
  }
}
