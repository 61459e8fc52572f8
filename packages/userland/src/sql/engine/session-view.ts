/** What translating a statement may know of the session that runs it. */
import type { ColumnType, SqlValue } from '../types.ts';
import type { TemporaryTables } from './temporary-tables.ts';
import type { VirtualTable } from './virtual-table.ts';

/** What a statement may know of who runs it, and when. */
export interface SessionView {
  readonly database: string | undefined;
  readonly user: string;
  readonly connectionId: number;
  readonly lastInsertId: number | bigint;
  readonly rowCount: number;
  /** Of the last query. */
  readonly rowsFound: number;
  /** `YYYY-MM-DD hh:mm:ss` of the statement's start, with microseconds or without. */
  readonly now: string;
  variable(name: string): SqlValue;
  userVariable(name: string): UserValue;
  informationTable(name: string): VirtualTable | undefined;
  readonly temporary: TemporaryTables;
}

/** A user variable: a value and what it counts as. */
export interface UserValue {
  readonly value: SqlValue;
  readonly type: ColumnType;
}
