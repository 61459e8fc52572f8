/** What functions that SQLite calls are made with. */
import type { SqliteFunction, SqliteValue } from '@netarium/sqlite/sqlite.ts';
import { textOf } from '../types.ts';

/** An argument that is there and not NULL, as text. */
export const text = (value: SqliteValue | undefined): string => textOf(value as Exclude<SqliteValue, null>);

/** NULL as soon as an argument is NULL, as most functions have it. */
export const strict =
  (run: SqliteFunction): SqliteFunction =>
  (...args) =>
    args.includes(null) ? null : run(...args);
