/** What a session's statements have cost, counted for whoever lets the time pass that they take. */
import type { Ran } from './engine.ts';

export interface Work {
  readonly statements: number;
  /** Rows that were looked at. */
  readonly rows: number;
  /** Rows that were inserted, changed or deleted. */
  readonly written: number;
}

const NOTHING: Work = { statements: 0, rows: 0, written: 0 };

export class WorkCounter {
  private work = NOTHING;

  add({ state, changes }: Ran): void {
    const { statements, rows, written } = this.work;
    const looked = state.seen.reduce((sum, count) => sum + (count ?? 0), 0);
    this.work = { statements: statements + 1, rows: rows + looked, written: written + changes };
  }

  /** Since it was taken last. */
  take(): Work {
    const { work } = this;
    this.work = NOTHING;
    return work;
  }
}
