/** CREATE TABLE: what a definition says, checked, as SQLite keeps it; also after another table (LIKE) and from a query (SELECT). */
import { SqlError, sqlError, unsupportedSql } from '../errors.ts';
import type { ColumnDefinition, CreateTable, KeyDefinition } from '../language/definition-ast.ts';
import { type ColumnType, storedValue } from '../types.ts';
import { type Column, rowKey, sameName, type Table } from './catalogue.ts';
import { checkClauses, namedChecks } from './check-constraints.ts';
import { foreignKeyClause, foreignKeysOf, indexesFor, refuseReferenced } from './foreign-keys.ts';
import { quoteName } from './fragments.ts';
import { type OkResult, ok } from './result.ts';
import type { Session } from './session.ts';
import { stored } from './translate-assignment.ts';
import type { OutputColumn, Translated } from './translator.ts';

export function createTable(session: Session, statement: CreateTable): OkResult {
  const { catalogue } = session.engine;
  const database = catalogue.databaseOf(statement.table, session.database);
  const { name } = statement.table;
  const { temporary } = session;
  const own = statement.temporary ? { own: temporary } : {};
  const isView = !statement.temporary && catalogue.view({ ...statement.table, database }, undefined) !== undefined;
  const there = catalogue.database(database).get(name);
  const old = statement.temporary ? temporary.find(statement.table, database) : there;
  if (isView || (old !== undefined && !statement.orReplace)) {
    if (statement.ifNotExists) return ok();
    throw sqlError(1050, name);
  }
  const selected = statement.select && session.translator([]).select(statement.select);
  const like = statement.like && catalogue.table(statement.like, session.database, temporary);
  const shape = like ?? shapeOf(statement, selected?.columns ?? []);
  checkClauses(session, { ...shape, name });
  if (old !== undefined) dropStored(session, [old]);
  const { columns, keys, checks } = shape;
  const made = { database, name, columns, keys, checks, nextAuto: statement.autoIncrement, ...own };
  const table = statement.temporary ? { ...made, id: catalogue.nextId(), foreignKeys: [] } : catalogue.awaitedOr(made);
  if (statement.temporary && statement.foreignKeys.length > 0) throw sqlError(1005, database, name);
  table.foreignKeys = foreignKeysOf(session, table, statement.foreignKeys);
  makeStorage(session, table, `t${table.id}`);
  for (const each of keys) createIndex(session, table, each);
  catalogue.add(table);
  return selected === undefined ? ok() : fill(session, table, selected);
}

/** Tables that go, with their rows. */
export function dropStored(
  { engine: { catalogue, writer }, checksForeignKeys }: Session,
  tables: readonly Table[],
): void {
  if (checksForeignKeys) refuseReferenced(catalogue, tables, 'drop');
  for (const table of tables) {
    if (table.own === undefined) writer.exec(`DROP TABLE t${table.id}`);
    catalogue.remove(table);
  }
}

/** Columns and keys, checked; of CREATE TABLE … SELECT those of the list come last, in its order. */
function shapeOf(
  statement: CreateTable,
  selected: readonly OutputColumn[],
): Pick<Table, 'columns' | 'keys' | 'checks'> {
  const keys = keysOf({ ...statement, keys: [...statement.keys, ...indexesFor(statement)] });
  const primary = keys.find(({ kind }) => kind === 'primary')?.columns ?? [];
  const named = statement.columns.map((definition) =>
    columnFrom(
      definition,
      primary.some((each) => sameName(each, definition.name)),
    ),
  );
  const own = (name: string) => named.find((each) => sameName(each.name, name));
  const first = named.filter(({ name }) => !selected.some((each) => sameName(each.name, name)));
  const columns = [...first, ...selected.map((each) => own(each.name) ?? columnLike(each, primary))];
  if (columns.length === 0) throw sqlError(1113);
  checkTable(columns, keys);
  return { columns, keys, checks: namedChecks(statement.checks, []) };
}

/** What a column of a SELECT becomes in a table of its own. */
function columnLike({ name, type, origin, notNull = false }: OutputColumn, primary: readonly string[]): Column {
  if (type.k === 'null') throw unsupportedSql('CREATE TABLE ... SELECT of NULL without a type');
  const required = (origin?.column.notNull ?? notNull) || primary.some((each) => sameName(each, name));
  const defaultsTo = origin?.column.defaultsTo ?? { k: 'none' };
  return { name, type, notNull: required, defaultsTo, autoIncrement: false, onUpdateNow: false, comment: '' };
}

function fill(session: Session, table: Table, { sql, columns }: Translated): OkResult {
  const { engine } = session;
  const values = table.columns.map((column, at) => {
    const from = columns.find(({ name }) => sameName(name, column.name));
    return stored(session, table, at, from && { sql: from.reference, type: from.type });
  });
  const list = table.columns.map(({ name }) => quoteName(name)).join(', ');
  const { changes } = engine.execute(
    engine.writer,
    `INSERT INTO t${table.id} (${list}) SELECT ${values.join(', ')} FROM (${sql})`,
    table,
  );
  return ok(changes, 0, `Records: ${changes}  Duplicates: 0  Warnings: 0`);
}

/** A table of SQLite with these columns, under any name. */
export function makeStorage(session: Session, table: Table, name: string): void {
  const key = rowKey(table);
  const list = table.columns.map(
    (column) => `${quoteName(column.name)} ${column === key ? 'INTEGER PRIMARY KEY' : storage(column.type)}`,
  );
  const parts = [...list, ...table.foreignKeys.map(foreignKeyClause), ...checkClauses(session, table)];
  session.engine.writer.exec(`CREATE TABLE ${name} (${parts.join(', ')})`);
}

/** How SQLite keeps values of a type, and how its text compares. */
export function storage(type: ColumnType): string {
  switch (type.k) {
    case 'int':
      return 'INTEGER';
    case 'double':
    case 'float':
    case 'decimal':
      return 'REAL';
    case 'blob':
      return 'BLOB';
    case 'text':
      return type.binary ? 'TEXT' : 'TEXT COLLATE NOCASE';
    case 'enum':
      return 'TEXT COLLATE NOCASE';
    default:
      return 'TEXT';
  }
}

export function createIndex({ engine }: Session, table: Table, key: KeyDefinition): void {
  if (key.kind === 'primary' && rowKey(table) !== undefined) return;
  const columns = key.columns.map(quoteName).join(', ');
  engine.writer.exec(
    `CREATE ${key.kind === 'index' ? '' : 'UNIQUE '}INDEX ${indexName(table, key.name)} ON t${table.id} (${columns})`,
  );
}

export function indexName(table: Table, key: string): string {
  return quoteName(`t${table.id}:${key}`);
}

export function columnFrom(definition: ColumnDefinition, primary: boolean): Column {
  const { name, type, autoIncrement, onUpdateNow, comment, check } = definition;
  const notNull = definition.notNull || primary || autoIncrement;
  const defaultsTo = defaultOf(definition, notNull);
  return { name, type, notNull, autoIncrement, onUpdateNow, comment, defaultsTo, ...(check && { check }) };
}

export function defaultOf({ name, type, defaultValue }: ColumnDefinition, notNull: boolean): Column['defaultsTo'] {
  if (defaultValue === undefined) return { k: 'none' };
  if (defaultValue.k !== 'literal') {
    if (type.k !== 'datetime') throw sqlError(1067, name);
    return { k: 'now' };
  }
  if (defaultValue.value === null) {
    if (notNull) throw sqlError(1067, name);
    return { k: 'none' };
  }
  try {
    return { k: 'value', value: storedValue(defaultValue.value, type, { column: name, row: 1 }) };
  } catch (error) {
    throw error instanceof SqlError ? sqlError(1067, name) : error;
  }
}

/** Keys with names, those of columns among them; the primary key first. */
function keysOf(statement: CreateTable): KeyDefinition[] {
  const own = statement.columns.flatMap(({ name, key }): KeyDefinition[] =>
    key === undefined ? [] : [{ name: key === 'primary' ? 'PRIMARY' : '', kind: key, columns: [name] }],
  );
  const all = [...own, ...statement.keys];
  if (all.filter(({ kind }) => kind === 'primary').length > 1) throw sqlError(1068);
  const named: KeyDefinition[] = [];
  for (const key of all) named.push({ ...key, name: keyName(key, [...named, ...all]) });
  return named.sort((a, b) => Number(b.kind === 'primary') - Number(a.kind === 'primary'));
}

/** A key without a name is called after its first column, with a number where that is taken. */
export function keyName(key: KeyDefinition, taken: readonly KeyDefinition[]): string {
  if (key.name !== '') return key.name;
  const [first] = key.columns as [string];
  for (let i = 1; ; i++) {
    const name = i === 1 ? first : `${first}_${i}`;
    if (!taken.some((each) => sameName(each.name, name))) return name;
  }
}

export function checkTable(columns: readonly Column[], keys: readonly KeyDefinition[]): void {
  columns.forEach(({ name }, i) => {
    if (columns.findIndex((each) => sameName(each.name, name)) !== i) throw sqlError(1060, name);
    if (sameName(name, '_rowid_')) throw unsupportedSql("a column called '_rowid_'");
  });
  for (const key of keys) checkKey(columns, keys, key);
  const auto = columns.filter(({ autoIncrement }) => autoIncrement);
  const isKey = (column: Column): boolean => keys.some((key) => sameName(key.columns[0]!, column.name));
  if (auto.length > 1 || auto.some((column) => !isKey(column))) throw sqlError(1075);
}

function checkKey(columns: readonly Column[], keys: readonly KeyDefinition[], key: KeyDefinition): void {
  if (keys.some((each) => each !== key && sameName(each.name, key.name))) throw sqlError(1061, key.name);
  key.columns.forEach((name, i) => {
    if (!columns.some((column) => sameName(column.name, name))) throw sqlError(1072, name);
    if (key.columns.findIndex((each) => sameName(each, name)) !== i) throw sqlError(1060, name);
  });
}
