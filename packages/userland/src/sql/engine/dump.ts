/** A whole database as statements that make it anew, table by table, as mysqldump writes it. */
import { hex } from '@netarium/core/base/bytes.ts';
import { type ColumnType, type SqlValue, textOf } from '../types.ts';
import { allRows } from './all-rows.ts';
import type { Table } from './catalogue.ts';
import { createText, escaped } from './create-text.ts';
import type { Engine } from './engine.ts';
import { backtick, quoteName } from './fragments.ts';
import type { JournalEntry } from './journal.ts';
import { createViewText } from './views.ts';

const ROWS_PER_STATEMENT = 500;

export function* dump(engine: Engine): Generator<JournalEntry[]> {
  const { catalogue } = engine;
  for (const database of catalogue.databases.keys()) yield [entry(undefined, `CREATE DATABASE ${backtick(database)}`)];
  for (const table of catalogue.tables()) yield* dumpTable(engine, table.database, table);
  for (const view of catalogue.views()) yield [{ ...entry(view.home, createViewText(view, true)), unchecked: true }];
}

function entry(database: string | undefined, sql: string): JournalEntry {
  return { database, sql, params: [], now: '1970-01-01 00:00:00' };
}

function* dumpTable(engine: Engine, database: string, table: Table): Generator<JournalEntry[]> {
  const referring = table.foreignKeys.length > 0 && { unchecked: true };
  yield [{ ...entry(database, createText(table)), ...referring }];
  const columns = table.columns.map(({ name }) => quoteName(name)).join(', ');
  const rows = allRows(engine.reader, `SELECT ${columns} FROM t${table.id}`);
  for (let at = 0; at < rows.length; at += ROWS_PER_STATEMENT) {
    const values = rows
      .slice(at, at + ROWS_PER_STATEMENT)
      .map((row) => `(${row.map((value, i) => written(value, table.columns[i]!.type)).join(',')})`);
    yield [
      {
        ...entry(database, `INSERT INTO ${backtick(table.name)} VALUES ${values.join(',')}`),
        auto: [database, table.name, table.nextAuto],
        keepsZero: true,
        // A row may refer to one that comes later.
        ...referring,
      },
    ];
  }
}

function written(value: SqlValue, type: ColumnType): string {
  if (value === null) return 'NULL';
  if (value instanceof Uint8Array) return value.length === 0 ? "''" : `x'${hex(value)}'`;
  return type.k === 'int' ? String(value) : `'${escaped(textOf(value))}'`;
}
