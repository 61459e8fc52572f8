/** Tables that are not stored: rows that the server knows, read like any others. */
import type { ColumnType, SqlValue } from '../types.ts';
import { literal } from './fragments.ts';
import type { OutputColumn } from './translator.ts';

export interface VirtualTable {
  readonly columns: readonly (readonly [name: string, type: ColumnType])[];
  readonly rows: readonly (readonly SqlValue[])[];
}

/** As SQLite is to read it; it calls the columns of VALUES `column1`, `column2` …. */
export function virtualText({ columns, rows }: VirtualTable): string {
  if (rows.length === 0) return `(SELECT ${columns.map((_, i) => `NULL AS column${i + 1}`).join(', ')} WHERE 0)`;
  return `(VALUES ${rows.map((row) => `(${row.map((value) => literal(value)).join(', ')})`).join(', ')})`;
}

export function virtualColumns({ columns }: VirtualTable): OutputColumn[] {
  return columns.map(([name, type], i) => ({ name, type, reference: `column${i + 1}` }));
}
