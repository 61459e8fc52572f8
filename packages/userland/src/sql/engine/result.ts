/** What a statement answers: rows with their description, or counts. */
import type { ColumnType, SqlValue } from '../types.ts';
import type { Column, Table } from './catalogue.ts';

export interface ResultColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** There is no NULL in it. */
  readonly notNull?: boolean;
  readonly origin?: { readonly table: Table; readonly column: Column; readonly alias: string };
}

export interface RowsResult {
  readonly k: 'rows';
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly SqlValue[])[];
}

export interface OkResult {
  readonly k: 'ok';
  readonly affected: number;
  readonly insertId: number | bigint;
  /** What the client prints after the count: `Rows matched: 1  Changed: 1  Warnings: 0`. */
  readonly info: string;
}

export type Result = RowsResult | OkResult;

export function ok(affected = 0, insertId: number | bigint = 0, info = ''): OkResult {
  return { k: 'ok', affected, insertId, info };
}

/** Rows of text: what SHOW answers. */
export function textRows(names: readonly string[], rows: readonly (readonly SqlValue[])[]): RowsResult {
  const type: ColumnType = { k: 'text', name: 'varchar', length: 512, binary: false };
  const columns = names.map((name, i) => ({ name, type, notNull: rows.every((row) => row[i] !== null) }));
  return { k: 'rows', columns, rows };
}
