/** INSERT, UPDATE and DELETE of MySQL as SQLite's. Each value passes `my_store`, which holds it against the column's type as strict mode does. */
import { sqlError, unsupportedSql } from '../errors.ts';
import type { Assignment, Delete, Expr, Insert, Ordering, Update } from '../language/ast.ts';
import { type Column, columnOf, rowKey, sameName, type Table } from './catalogue.ts';
import { asText, truth } from './conversions.ts';
import { literal, quoteName } from './fragments.ts';
import { type Piece, Scope } from './scope.ts';
import { expressionPiece } from './translate-expression.ts';
import { type Translator, tableSource, type Visited } from './translator.ts';

export interface Change {
  readonly sql: string;
  readonly table: Table;
}

export function translateInsert(translator: Translator, insert: Insert): Change {
  const table = translator.table(insert.table);
  const names = insert.columns ?? table.columns.map(({ name }) => name);
  const given = names.map((name) => columnOf(table, name) ?? missing(name));
  const twice = given.find((column, i) => given.indexOf(column) !== i);
  if (twice !== undefined) throw sqlError(1110, twice.name);
  translator.insertingInto = table;
  const into = `INSERT ${insert.ignore ? 'OR IGNORE ' : ''}INTO t${table.id} (${table.columns.map(({ name }) => quoteName(name)).join(', ')})`;
  const values = insert.select ? selected(translator, insert, table, given) : rows(translator, insert, table, given);
  return { sql: `${into} ${values}${onDuplicate(translator, insert, table)}`, table };
}

function missing(name: string): never {
  throw sqlError(1054, name, 'field list');
}

function rows(translator: Translator, insert: Insert, table: Table, given: readonly Column[]): string {
  const scope = new Scope();
  const lines = insert.rows!.map((row, i) => {
    if (row.length !== given.length && !(row.length === 0 && insert.columns === undefined)) throw sqlError(1136, i + 1);
    const values = table.columns.map((column, at) => {
      const place = given.indexOf(column);
      const expr = row.length === 0 ? undefined : row[place];
      const piece = expr && expressionPiece(translator, expr, { scope, clause: 'field list', noAggregates: true });
      return stored(translator, table, at, piece);
    });
    return `(${values.join(', ')})`;
  });
  return `VALUES ${lines.join(', ')}`;
}

function selected(translator: Translator, insert: Insert, table: Table, given: readonly Column[]): string {
  const { sql, columns } = translator.select(insert.select!);
  if (columns.length !== given.length) throw sqlError(1136, 1);
  const values = table.columns.map((column, at) => {
    const from = columns[given.indexOf(column)];
    return stored(translator, table, at, from && { sql: from.reference, type: from.type });
  });
  // WHERE true: without it SQLite takes ON CONFLICT for a join's ON.
  return `SELECT ${values.join(', ')} FROM (${sql}) WHERE true`;
}

/** What comes into a column: a value, or what the column has by default; of an UPDATE with the row that it is for. */
function stored(translator: Translator, table: Table, at: number, piece: Piece | undefined, row?: string): string {
  const column = table.columns[at]!;
  const store = (value: string): string =>
    `my_store(${table.id}, ${at}, ${value}${row === undefined ? '' : `, ${row}`})`;
  if (column.autoIncrement && row === undefined) return `my_auto(${table.id}, ${at}, ${piece?.sql ?? 'NULL'})`;
  if (piece !== undefined) return store(valueFor(column, piece));
  switch (column.defaultsTo.k) {
    case 'now':
      return store(literal(translator.session.now));
    case 'value':
      return store(literal(column.defaultsTo.value));
    case 'none':
      return column.notNull ? `my_no_default(${table.id}, ${at})` : store('NULL');
  }
}

/** A DECIMAL that becomes text keeps its digits. */
function valueFor({ type }: Column, piece: Piece): string {
  return type.k === 'text' && piece.type.k === 'decimal' ? asText(piece).sql : piece.sql;
}

function onDuplicate(translator: Translator, insert: Insert, table: Table): string {
  if (insert.onDuplicate.length === 0) return '';
  if (insert.ignore) throw unsupportedSql('INSERT IGNORE ... ON DUPLICATE KEY UPDATE');
  const scope = new Scope();
  const name = `t${table.id}`;
  scope.add(tableSource(table, insert.table.name, name));
  return ` ON CONFLICT DO UPDATE SET ${assignments(translator, insert.onDuplicate, table, scope, name)}`;
}

/** `"name" = my_update(…)` for each; a later assignment sees the earlier ones, as in MySQL and not in SQLite. */
function assignments(
  translator: Translator,
  list: readonly Assignment[],
  table: Table,
  scope: Scope,
  alias: string,
): string {
  const set = new Map<Column, string>();
  for (const { column: name, value } of list) {
    const column = columnOf(table, name) ?? missing(name);
    const piece = value && expressionPiece(translator, value, { scope, clause: 'field list', noAggregates: true });
    const sql = stored(translator, table, table.columns.indexOf(column), piece, `${alias}._rowid_`);
    set.set(column, sql);
    scope.replaced.set(column.name.toLowerCase(), { sql, type: column.type });
  }
  const written = [...set].map(([column, sql]) => assigned(column, sql, alias));
  const touched = [...set.keys()];
  const stamps = table.columns.filter((column) => column.onUpdateNow && !set.has(column));
  // ON UPDATE CURRENT_TIMESTAMP: only where another column really changes.
  const unchanged = [...set].map(([{ name }, sql]) => `${alias}.${quoteName(name)} IS ${sql}`).join(' AND ');
  for (const column of stamps) {
    const own = `${alias}.${quoteName(column.name)}`;
    written.push(`${quoteName(column.name)} = iif(${unchanged}, ${own}, ${literal(translator.session.now)})`);
  }
  for (const column of otherKeyColumns(table, touched)) {
    const own = `${alias}.${quoteName(column.name)}`;
    written.push(assigned(column, `my_store(${table.id}, ${table.columns.indexOf(column)}, ${own})`, alias));
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

export function translateUpdate(translator: Translator, update: Update): Change {
  const table = translator.table(update.table);
  const scope = new Scope();
  const visited = translator.visit(table, update.alias ?? update.table.name, scope);
  const where = chosen(translator, update, table, visited, scope);
  const set = assignments(translator, update.assignments, table, scope, visited.alias);
  return { sql: `UPDATE t${table.id} AS ${visited.alias} SET ${set} WHERE ${where}`, table };
}

export function translateDelete(translator: Translator, statement: Delete): Change {
  const table = translator.table(statement.table);
  const scope = new Scope();
  const visited = translator.visit(table, statement.alias ?? statement.table.name, scope);
  return {
    sql: `DELETE FROM t${table.id} AS ${visited.alias} WHERE ${chosen(translator, statement, table, visited, scope)}`,
    table,
  };
}

interface Choice {
  readonly where?: Expr;
  readonly orderBy: readonly Ordering[];
  readonly limit?: Expr;
}

/** The rows that a change is for; ORDER BY and LIMIT choose by a query of their own. */
function chosen(
  translator: Translator,
  { where, orderBy, limit }: Choice,
  table: Table,
  visited: Visited,
  scope: Scope,
): string {
  const condition =
    where && truth(expressionPiece(translator, where, { scope, clause: 'where clause', noAggregates: true }));
  const all = [translator.seen(visited), ...(condition ? [condition] : [])].join(' AND ');
  if (limit === undefined) return all;
  const order = orderBy.map(({ expr, descending }) => {
    const { sql } = expressionPiece(translator, expr, { scope, clause: 'order clause' });
    return `${sql}${descending ? ' DESC' : ''}`;
  });
  const by =
    order.length > 0 ? ` ORDER BY ${order.join(', ')}` : rowKey(table) ? ` ORDER BY ${visited.alias}._rowid_` : '';
  return `_rowid_ IN (SELECT ${visited.alias}._rowid_ FROM t${table.id} AS ${visited.alias} WHERE ${all}${by}${translator.limit(limit)})`;
}
