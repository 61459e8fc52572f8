/** INSERT, UPDATE and DELETE of MySQL as SQLite's. Each value passes `my_store`, which holds it against the column's type as strict mode does. */
import { sqlError, unsupportedSql } from '../errors.ts';
import type {
  Assignment,
  Delete,
  Expr,
  Insert,
  Ordering,
  RowChange,
  Statement,
  TableName,
  Update,
} from '../language/ast.ts';
import { type Column, rowKey, sameName, type Table } from './catalogue.ts';
import { asText, truth } from './conversions.ts';
import { literal, quoteName } from './fragments.ts';
import { type Piece, Scope } from './scope.ts';
import { expressionPiece } from './translate-expression.ts';
import { limitText } from './translate-order.ts';
import { sourceText } from './translate-source.ts';
import { type Target, targetColumn, targetOf, underName } from './translate-target.ts';
import { Translator } from './translator.ts';

export interface Change {
  readonly sql: string;
  readonly table: Table;
}

export function isChange(statement: Statement): statement is RowChange {
  return statement.k === 'insert' || statement.k === 'update' || statement.k === 'delete';
}

export function translateChange(translator: Translator, statement: RowChange): Change {
  switch (statement.k) {
    case 'insert':
      return translateInsert(translator, statement);
    case 'update':
      return translateUpdate(translator, statement);
    case 'delete':
      return translateDelete(translator, statement);
  }
}

function translateInsert(translator: Translator, insert: Insert): Change {
  const { name } = insert.table;
  const inserting = new Translator(translator.catalogue, translator.session, []);
  const target = targetOf(inserting, insert.table, name, 'INSERT');
  for (const view of inserting.views) translator.views.add(view);
  const { table } = target;
  const names = insert.columns ?? target.source.columns.map((column) => column.name);
  const given = names.map((each) => targetColumn(target, each, true));
  const twice = given.find((column, i) => given.indexOf(column) !== i);
  if (twice !== undefined) throw sqlError(1110, twice.name);
  if (inserting.views.size > 0) refuseWithoutDefault(table, given, `${table.database}.${name}`);
  translator.insertingInto = target;
  const verb = insert.replace ? 'INSERT OR REPLACE' : insert.ignore ? 'INSERT OR IGNORE' : 'INSERT';
  const into = `${verb} INTO t${table.id} (${table.columns.map((column) => quoteName(column.name)).join(', ')})`;
  const values = insert.select ? selected(translator, insert, table, given) : rows(translator, insert, table, given);
  return { sql: `${into} ${values}${onDuplicate(translator, insert, target)}`, table };
}

/** A view must have each column that wants a value. */
function refuseWithoutDefault(table: Table, given: readonly Column[], view: string): void {
  const wanting = table.columns.find(
    (column) => column.notNull && !column.autoIncrement && column.defaultsTo.k === 'none' && !given.includes(column),
  );
  if (wanting !== undefined) throw sqlError(1423, view);
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

/** The same where there is nobody's row yet: a table that is being made. */
export function storedOr(table: Table, at: number, piece: Piece | undefined): string {
  const column = table.columns[at]!;
  if (column.autoIncrement) return `my_auto(${table.id}, ${at}, ${piece?.sql ?? 'NULL'})`;
  if (piece !== undefined) return `my_store(${table.id}, ${at}, ${valueFor(column, piece)})`;
  const { defaultsTo } = column;
  return `my_store(${table.id}, ${at}, ${defaultsTo.k === 'value' ? literal(defaultsTo.value) : 'NULL'})`;
}

/** A DECIMAL that becomes text keeps its digits. */
function valueFor({ type }: Column, piece: Piece): string {
  return type.k === 'text' && piece.type.k === 'decimal' ? asText(piece).sql : piece.sql;
}

function onDuplicate(translator: Translator, insert: Insert, target: Target): string {
  if (insert.onDuplicate.length === 0) return '';
  if (insert.ignore) throw unsupportedSql('INSERT IGNORE ... ON DUPLICATE KEY UPDATE');
  const scope = new Scope();
  const name = `t${target.table.id}`;
  scope.add(underName(target, name, insert.table.name));
  return ` ON CONFLICT DO UPDATE SET ${assignments(translator, insert.onDuplicate, target, scope, name)}`;
}

/** A later assignment sees the earlier ones, as in MySQL and not in SQLite. */
function assignments(
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
    const sql = stored(translator, table, table.columns.indexOf(column), piece, `${alias}._rowid_`);
    set.set(column, sql);
    scope.replaced.set(name.toLowerCase(), { sql, type: column.type });
  }
  return setText(translator, table, set, alias);
}

/** `"name" = my_update(…)` for each, and for the columns that go with them. */
function setText(translator: Translator, table: Table, set: ReadonlyMap<Column, string>, alias: string): string {
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

function translateUpdate(translator: Translator, update: Update): Change {
  const { source } = update;
  if (source.k !== 'table') return updateJoined(translator, update);
  const target = targetOf(translator, source.table, source.alias ?? source.table.name, 'UPDATE');
  const { table, visited } = target;
  const scope = new Scope();
  scope.add(target.source);
  const where = chosen(translator, update, target, scope);
  for (const { table: named } of update.assignments)
    if (named !== undefined && named !== target.source.alias) throw sqlError(1109, named, 'field list');
  const set = assignments(translator, update.assignments, target, scope, visited.alias);
  return { sql: `${verbOf(update)} t${table.id} AS ${visited.alias} SET ${set} WHERE ${where}`, table };
}

function verbOf({ k, ignore }: Update | Delete): string {
  if (k === 'delete') return 'DELETE FROM';
  return ignore ? 'UPDATE OR IGNORE' : 'UPDATE';
}

/**
 * UPDATE of a join: the join says which rows of one of its tables change and to what. A row that it brings several times takes what it brings first; all values are those
 * from before the statement.
 */
function updateJoined(translator: Translator, update: Update): Change {
  refuseOrder(update, 'UPDATE');
  const scope = new Scope();
  const conditions: string[] = [];
  const from = sourceText(translator, update.source, scope, conditions);
  const clause = 'field list';
  const pieces = update.assignments.map(({ table: named, column: name, value }) => {
    const { column } = scope.find(named, name, clause);
    if (column === undefined) throw sqlError(1348, name);
    return { ...column, value: value && expressionPiece(translator, value, { scope, clause, noAggregates: true }) };
  });
  const [{ table, alias }] = pieces as [(typeof pieces)[number]];
  if (pieces.some((piece) => piece.alias !== alias)) throw unsupportedSql('UPDATE that changes several tables at once');
  if (update.where) conditions.push(whereText(translator, update.where, scope));
  const set = new Map<Column, string>();
  pieces.forEach(({ column, value }, i) => {
    const at = table.columns.indexOf(column);
    set.set(column, stored(translator, table, at, value && { ...value, sql: `x.v${i}` }, 'u._rowid_'));
  });
  const values = pieces.map(({ value }, i) => `, ${value?.sql ?? 'NULL'} AS v${i}`).join('');
  const chosenRows = `SELECT ${alias}._rowid_ AS r, min(my_tick())${values} FROM ${from} WHERE ${conditions.join(' AND ')} GROUP BY 1`;
  const sets = setText(translator, table, set, 'u');
  return {
    sql: `${verbOf(update)} t${table.id} AS u SET ${sets} FROM (${chosenRows}) AS x WHERE u._rowid_ = x.r`,
    table,
  };
}

/** ORDER BY and LIMIT belong to a change of one table. */
function refuseOrder({ orderBy, limit }: Choice, verb: string): void {
  if (orderBy.length > 0) throw sqlError(1221, verb, 'ORDER BY');
  if (limit !== undefined) throw sqlError(1221, verb, 'LIMIT');
}

function translateDelete(translator: Translator, statement: Delete): Change {
  if (statement.ignore) throw unsupportedSql('DELETE IGNORE');
  const { source, targets } = statement;
  if (targets !== undefined) return deleteJoined(translator, statement, targets);
  if (source.k !== 'table') throw unsupportedSql('DELETE of several tables');
  const target = targetOf(translator, source.table, source.alias ?? source.table.name, 'DELETE');
  const scope = new Scope();
  scope.add(target.source);
  const { table, visited } = target;
  return {
    sql: `DELETE FROM t${table.id} AS ${visited.alias} WHERE ${chosen(translator, statement, target, scope)}`,
    table,
  };
}

function deleteJoined(translator: Translator, statement: Delete, targets: readonly TableName[]): Change {
  refuseOrder(statement, 'DELETE');
  const scope = new Scope();
  const conditions: string[] = [];
  const from = sourceText(translator, statement.source, scope, conditions);
  const [first, second] = targets as [TableName, TableName?];
  if (second !== undefined) throw unsupportedSql('DELETE from several tables at once');
  const source = scope.sources.find(({ alias }) => alias === first.name);
  if (source === undefined) throw sqlError(1109, first.name, 'MULTI DELETE');
  const { table } = source;
  const alias = source.columns[0]?.piece.column?.alias;
  if (table === undefined || alias === undefined) throw sqlError(1288, first.name, 'DELETE');
  if (statement.where) conditions.push(whereText(translator, statement.where, scope));
  const rows = `SELECT ${alias}._rowid_ FROM ${from} WHERE ${conditions.join(' AND ')}`;
  return { sql: `DELETE FROM t${table.id} WHERE _rowid_ IN (${rows})`, table };
}

function whereText(translator: Translator, where: Expr, scope: Scope): string {
  return truth(expressionPiece(translator, where, { scope, clause: 'where clause', noAggregates: true }));
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
  { table, visited, conditions }: Target,
  scope: Scope,
): string {
  const all = [...conditions, ...(where ? [whereText(translator, where, scope)] : [])].join(' AND ');
  if (limit === undefined) return all;
  const order = orderBy.map(({ expr, descending }) => {
    const { sql } = expressionPiece(translator, expr, { scope, clause: 'order clause' });
    return `${sql}${descending ? ' DESC' : ''}`;
  });
  const by =
    order.length > 0 ? ` ORDER BY ${order.join(', ')}` : rowKey(table) ? ` ORDER BY ${visited.alias}._rowid_` : '';
  return `_rowid_ IN (SELECT ${visited.alias}._rowid_ FROM t${table.id} AS ${visited.alias} WHERE ${all}${by}${limitText(translator, limit)})`;
}
