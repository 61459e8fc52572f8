/** A statement of SQLite to its end. */
import type { Connection, SqliteValue } from '@netarium/sqlite/sqlite.ts';

/** `prepared` is called between reading the statement and its first row. */
export function allRows(connection: Connection, sql: string, prepared: () => void = () => {}): SqliteValue[][] {
  const statement = connection.prepare(sql);
  prepared();
  try {
    const rows: SqliteValue[][] = [];
    for (let row = statement.step(); row !== undefined; row = statement.step()) rows.push(row);
    return rows;
  } finally {
    statement.finalize();
  }
}
