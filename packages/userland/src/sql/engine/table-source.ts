/** A stored table as a source of columns. */
import type { Column, Table } from './catalogue.ts';
import { quoteName } from './fragments.ts';
import type { Piece, ScopeSource } from './scope.ts';

export function tableSource(table: Table, shown: string, alias: string): ScopeSource {
  return {
    alias: shown,
    table,
    columns: table.columns.map((column) => ({ name: column.name, piece: columnOfTable(table, column, alias) })),
  };
}

function columnOfTable(table: Table, column: Column, alias: string): Piece {
  const { type } = column;
  const collation = (type.k === 'text' && !type.binary) || type.k === 'enum' ? 'nocase' : 'binary';
  return { sql: `${alias}.${quoteName(column.name)}`, type, collation, column: { table, column, alias } };
}
