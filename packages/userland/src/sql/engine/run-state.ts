/** What one statement leaves behind while SQLite carries it out: the functions that our translation calls note it here. */
import { sameBytes } from '@netarium/core/base/bytes.ts';
import { type SqlError, sqlError } from '../errors.ts';
import type { SqlValue } from '../types.ts';

/** Nobody is served while SQLite makes rows: an endless WITH must end. */
const RECURSIONS_MAX = 200_000;

export class RunState {
  /** `strict`: what does not fit is an error, as in statements that change rows ("Strict SQL Mode"). */
  constructor(readonly strict = false) {}

  /** Rows that were looked at, by the number of the table in the statement. */
  readonly seen: number[] = [];
  /** The row of an INSERT or UPDATE that is being made, from 1. */
  row = 0;
  /** Rows that an UPDATE found, and those that it really changed: MySQL counts only these. */
  updates = 0;
  changed = 0;
  /** The row that was updated last. */
  updatedRow: SqlValue | undefined;
  private changedRow: SqlValue | undefined;
  /** Rows that a REPLACE took away because they differed from those that came. */
  replaced = 0;
  /** Rows that a recursive WITH was asked for. */
  recursions = 0;
  /** The last value that came into each column, by its place: what a duplicate key was. */
  readonly values = new Map<number, SqlValue>();
  /** The first number that AUTO_INCREMENT gave. */
  generated: number | undefined;
  /** The last one that a statement gave itself. */
  explicit: number | bigint | undefined;
  /** What went wrong, in MySQL's words; SQLite only passes a text on. */
  error: SqlError | undefined;

  /** A recursive WITH makes another row. */
  recurse(): void {
    if (++this.recursions > RECURSIONS_MAX)
      throw sqlError(1105, `a recursive WITH makes more than ${RECURSIONS_MAX} rows`);
  }

  /** A row goes for the one that came in last; where its values are told, one that is the same does not count. */
  replace(before: readonly SqlValue[]): void {
    if (before.length === 0 || before.some((value, at) => !sameValue(value, this.values.get(at) ?? null)))
      this.replaced++;
  }

  look(table: number): void {
    this.seen[table] = (this.seen[table] ?? 0) + 1;
  }

  /** An UPDATE comes to a row, with the first of its columns. */
  enter(row: SqlValue): void {
    if (row === this.updatedRow) return;
    this.updatedRow = row;
    this.row++;
    this.updates++;
  }

  /** An ON DUPLICATE KEY UPDATE comes to the row in its way, which may be the one that was updated last. */
  meet(): void {
    this.updatedRow = undefined;
    this.changedRow = undefined;
  }

  update(row: SqlValue, differs: boolean): void {
    this.enter(row);
    if (!differs || row === this.changedRow) return;
    this.changedRow = row;
    this.changed++;
  }
}

export function sameValue(a: SqlValue, b: SqlValue): boolean {
  return a instanceof Uint8Array && b instanceof Uint8Array ? sameBytes(a, b) : a === b;
}
