/** What comes into columns: each value passes `my_store`, which holds it against the column's type as strict mode does, or stands in for one that is not given. */
import type { Assignment } from '../language/ast.ts';
import { isNumeric } from '../types.ts';
import { type Column, sameName, type Table } from './catalogue.ts';
import { asText, valuePiece } from './conversions.ts';
import { literal, quoteName } from './fragments.ts';
import type { Piece, Scope } from './scope.ts';
import type { SessionView } from './session-view.ts';
import { expressionPiece } from './translate-expression.ts';
import { type Target, targetColumn } from './translate-target.ts';
import type { Translator } from './translator.ts';

/** What comes into a column: a value, or what the column has by default; of an UPDATE with the row that it is for. */
export function stored(session: SessionView, table: Table, at: number, piece: Piece | undefined, row?: string): string {
  const column = table.columns[at]!;
  if (column.autoIncrement && row === undefined) return `my_auto(${table.id}, ${at}, ${piece?.sql ?? 'NULL'})`;
  if (piece !== undefined) return kept(table, at, valueFor(column, piece), row);
  switch (column.defaultsTo.k) {
    case 'now':
      return kept(table, at, literal(session.now), row);
    case 'value':
      return kept(table, at, literal(column.defaultsTo.value), row);
    case 'none':
      return column.notNull ? `my_no_default(${table.id}, ${at})` : kept(table, at, 'NULL', row);
  }
}

function kept(table: Table, at: number, value: string, row?: string): string {
  return `my_store(${table.id}, ${at}, ${value}${row === undefined ? '' : `, ${row}`})`;
}

/** A number that becomes text is written as its type has it. */
function valueFor({ type }: Column, piece: Piece): string {
  return type.k === 'text' && isNumeric(piece.type) && piece.type.k !== 'int' ? asText(piece).sql : piece.sql;
}

/** A later assignment sees the earlier ones, as in MySQL and not in SQLite. */
export function assignments(
  translator: Translator,
  list: readonly Assignment[],
  target: Target,
  scope: Scope,
  alias: string,
): string {
  const { table } = target;
  const set = new Map<Column, string>();
  for (const { column: name, value } of list) {
    const column = targetColumn(target, name);
    const piece = value && expressionPiece(translator, value, { scope, clause: 'field list', noAggregates: true });
    const sql = stored(translator.session, table, table.columns.indexOf(column), piece, `${alias}._rowid_`);
    set.set(column, sql);
    scope.replaced.set(name.toLowerCase(), { sql, type: column.type });
  }
  return setText(translator.session, table, set, alias);
}

/** `"name" = my_update(…)` for each, and for the columns that go with them. */
export function setText(session: SessionView, table: Table, set: ReadonlyMap<Column, string>, alias: string): string {
  const written = [...set].map(([column, sql]) => assigned(column, sql, alias));
  const touched = [...set.keys()];
  const stamps = table.columns.filter((column) => column.onUpdateNow && !set.has(column));
  // ON UPDATE CURRENT_TIMESTAMP: only where another column really changes.
  const unchanged = [...set].map(([{ name }, sql]) => `${alias}.${quoteName(name)} IS ${sql}`).join(' AND ');
  for (const column of stamps) {
    const own = `${alias}.${quoteName(column.name)}`;
    written.push(
      `${quoteName(column.name)} = iif(${unchanged}, ${own}, ${stored(session, table, table.columns.indexOf(column), valuePiece(session.now), `${alias}._rowid_`)})`,
    );
  }
  for (const column of otherKeyColumns(table, touched)) {
    const own = `${alias}.${quoteName(column.name)}`;
    written.push(assigned(column, kept(table, table.columns.indexOf(column), own), alias));
  }
  return written.join(', ');
}

function assigned({ name }: Column, sql: string, alias: string): string {
  return `${quoteName(name)} = my_update(${alias}._rowid_, ${alias}.${quoteName(name)}, ${sql})`;
}

/** The rest of unique keys that are touched: an error 1062 tells all values of the key. */
function otherKeyColumns(table: Table, touched: readonly Column[]): Column[] {
  const isTouched = (name: string): boolean => touched.some((column) => sameName(column.name, name));
  const keys = table.keys.filter(({ kind, columns }) => kind !== 'index' && columns.some(isTouched));
  return table.columns.filter(
    ({ name }) => !isTouched(name) && keys.some(({ columns }) => columns.some((each) => sameName(each, name))),
  );
}
