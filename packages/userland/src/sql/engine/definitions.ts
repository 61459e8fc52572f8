/** CREATE, ALTER, DROP, TRUNCATE: what they do to SQLite and to the catalogue. Each checks everything before it changes anything. */
import { SqlError, sqlError, unsupportedSql } from '../errors.ts';
import type {
  Alteration,
  ColumnDefinition,
  CreateTable,
  KeyDefinition,
  Statement,
  TableName,
} from '../language/ast.ts';
import { type ColumnType, type SqlValue, storedValue } from '../types.ts';
import { type Column, columnOf, rowKey, sameName, type Table } from './catalogue.ts';
import { foreignKeyClause, foreignKeysOf, indexesFor, refuseNeeded, refuseReferenced } from './foreign-keys.ts';
import { literal, quoteName } from './fragments.ts';
import { type OkResult, ok } from './result.ts';
import type { Session } from './session.ts';
import { createView, dropViews } from './views.ts';

type Definition = Extract<
  Statement,
  {
    readonly k:
      | 'create-table'
      | 'drop-table'
      | 'alter-table'
      | 'truncate'
      | 'create-view'
      | 'drop-view'
      | 'create-database'
      | 'drop-database';
  }
>;

const KINDS: ReadonlySet<string> = new Set([
  'create-table',
  'drop-table',
  'alter-table',
  'truncate',
  'create-view',
  'drop-view',
  'create-database',
  'drop-database',
]);

export function isDefinition(statement: Statement): statement is Definition {
  return KINDS.has(statement.k);
}

export function define(session: Session, statement: Definition, sql: string): OkResult {
  switch (statement.k) {
    case 'create-table':
      return createTable(session, statement);
    case 'drop-table':
      return dropTables(session, statement.tables, statement.ifExists);
    case 'alter-table':
      return alterTable(session, statement.table, statement.changes);
    case 'truncate':
      return truncate(session, statement.table);
    case 'create-view':
      return createView(session, statement, sql);
    case 'drop-view':
      return dropViews(session, statement.views, statement.ifExists);
    case 'create-database':
      return createDatabase(session, statement.name, statement.ifNotExists);
    case 'drop-database':
      return dropDatabase(session, statement.name, statement.ifExists);
  }
}

function createDatabase({ engine }: Session, name: string, ifNotExists: boolean): OkResult {
  if (!engine.catalogue.databases.has(name)) engine.catalogue.databases.set(name, new Map());
  else if (!ifNotExists) throw sqlError(1007, name);
  return ok(1);
}

function dropDatabase(session: Session, name: string, ifExists: boolean): OkResult {
  const { catalogue } = session.engine;
  const tables = catalogue.databases.get(name);
  if (tables === undefined) {
    if (ifExists) return ok();
    throw sqlError(1008, name);
  }
  const views = catalogue.views().filter((view) => view.database === name);
  const count = tables.size + views.length;
  dropAll(session, [...tables.values()]);
  for (const view of views) catalogue.removeView(view);
  catalogue.databases.delete(name);
  if (session.database === name) session.database = undefined;
  return ok(count);
}

function createTable(session: Session, statement: CreateTable): OkResult {
  const { catalogue, writer } = session.engine;
  const database = catalogue.databaseOf(statement.table, session.database);
  const { name } = statement.table;
  const isView = catalogue.view({ ...statement.table, database }, undefined) !== undefined;
  if (isView || catalogue.database(database).has(name)) {
    if (statement.ifNotExists) return ok();
    throw sqlError(1050, name);
  }
  const keys = keysOf({ ...statement, keys: [...statement.keys, ...indexesFor(statement)] });
  const primary = keys.find(({ kind }) => kind === 'primary')?.columns ?? [];
  const columns = statement.columns.map((definition) =>
    columnFrom(
      definition,
      primary.some((each) => sameName(each, definition.name)),
    ),
  );
  check(columns, keys);
  const id = catalogue.nextId();
  const table: Table = { id, database, name, columns, keys, foreignKeys: [], nextAuto: statement.autoIncrement };
  table.foreignKeys = foreignKeysOf(catalogue, table, statement.foreignKeys);
  const key = rowKey(table);
  const list = columns.map(
    (column) => `${quoteName(column.name)} ${column === key ? 'INTEGER PRIMARY KEY' : storage(column.type)}`,
  );
  writer.exec(`CREATE TABLE t${id} (${[...list, ...table.foreignKeys.map(foreignKeyClause)].join(', ')})`);
  for (const each of keys) createIndex(session, table, each);
  catalogue.add(table);
  return ok();
}

/** How SQLite keeps values of a type, and how its text compares. */
function storage(type: ColumnType): string {
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

function createIndex({ engine }: Session, table: Table, key: KeyDefinition): void {
  if (key.kind === 'primary' && rowKey(table) !== undefined) return;
  const columns = key.columns.map(quoteName).join(', ');
  engine.writer.exec(
    `CREATE ${key.kind === 'index' ? '' : 'UNIQUE '}INDEX ${indexName(table, key.name)} ON t${table.id} (${columns})`,
  );
}

function indexName(table: Table, key: string): string {
  return quoteName(`t${table.id}:${key}`);
}

function columnFrom(definition: ColumnDefinition, primary: boolean): Column {
  const { name, type, autoIncrement, onUpdateNow, comment } = definition;
  const notNull = definition.notNull || primary || autoIncrement;
  return { name, type, notNull, autoIncrement, onUpdateNow, comment, defaultsTo: defaultOf(definition, notNull) };
}

function defaultOf({ name, type, defaultValue }: ColumnDefinition, notNull: boolean): Column['defaultsTo'] {
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
function keyName(key: KeyDefinition, taken: readonly KeyDefinition[]): string {
  if (key.name !== '') return key.name;
  const [first] = key.columns as [string];
  for (let i = 1; ; i++) {
    const name = i === 1 ? first : `${first}_${i}`;
    if (!taken.some((each) => sameName(each.name, name))) return name;
  }
}

function check(columns: readonly Column[], keys: readonly KeyDefinition[]): void {
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

function dropTables(session: Session, names: readonly TableName[], ifExists: boolean): OkResult {
  const { catalogue } = session.engine;
  const found = names.map((name) => {
    const database = catalogue.databaseOf(name, session.database);
    const table = catalogue.database(database).get(name.name);
    if (catalogue.view({ ...name, database }, undefined) !== undefined)
      throw sqlError(1965, `${database}.${name.name}`);
    if (table === undefined && !ifExists) throw sqlError(1051, `${database}.${name.name}`);
    return table;
  });
  dropAll(
    session,
    found.filter((table) => table !== undefined),
  );
  return ok();
}

/** Those that refer to others first. */
function dropAll({ engine: { catalogue, writer } }: Session, tables: readonly Table[]): void {
  refuseReferenced(catalogue, tables, 'drop');
  for (const table of [...tables].sort((a, b) => b.id - a.id)) {
    writer.exec(`DROP TABLE t${table.id}`);
    catalogue.remove(table);
  }
}

function truncate(session: Session, name: TableName): OkResult {
  const table = session.engine.catalogue.table(name, session.database);
  refuseReferenced(session.engine.catalogue, [table], 'truncate');
  session.engine.writer.exec(`DELETE FROM t${table.id}`);
  table.nextAuto = 1;
  return ok();
}

function alterTable(session: Session, name: TableName, changes: readonly Alteration[]): OkResult {
  const table = session.engine.catalogue.table(name, session.database);
  const before = { columns: table.columns, keys: table.keys };
  try {
    for (const change of changes) alter(session, table, change);
  } catch (error) {
    Object.assign(table, before);
    throw error;
  }
  return ok(0, 0, 'Records: 0  Duplicates: 0  Warnings: 0');
}

function alter(session: Session, table: Table, change: Alteration): void {
  switch (change.k) {
    case 'add-column':
      addColumn(session, table, change.column);
      return;
    case 'add-key':
      addKey(session, table, { ...change.key, name: keyName(change.key, table.keys) });
      return;
    case 'drop-key': {
      const key = table.keys.find((each) => sameName(each.name, change.name));
      if (key === undefined) throw sqlError(1091, change.name);
      if (key.kind === 'primary') throw unsupportedSql('ALTER TABLE ... DROP PRIMARY KEY');
      refuseNeeded(session.engine.catalogue, table, key);
      session.engine.writer.exec(`DROP INDEX ${indexName(table, key.name)}`);
      table.keys = table.keys.filter((each) => each !== key);
    }
  }
}

function addKey(session: Session, table: Table, key: KeyDefinition): void {
  checkKey(table.columns, [...table.keys, key], key);
  if (key.kind === 'unique') refuseDuplicates(session, table, key);
  createIndex(session, table, key);
  table.keys = [...table.keys, key];
}

/** Two rows with the same values stand in the way of a unique key: error 1062 tells which. */
function refuseDuplicates({ engine }: Session, table: Table, key: KeyDefinition): void {
  const columns = key.columns.map(quoteName);
  const whole = columns.map((column) => `${column} IS NOT NULL`).join(' AND ');
  const sql = `SELECT ${columns.join(', ')} FROM t${table.id} WHERE ${whole} GROUP BY ${columns.join(', ')} HAVING count(*) > 1 LIMIT 1`;
  const [row] = engine.execute(engine.writer, sql).rows;
  if (row !== undefined) throw sqlError(1062, row.map(String).join('-'), `${table.name}.${key.name}`);
}

function addColumn(session: Session, table: Table, definition: ColumnDefinition): void {
  if (definition.autoIncrement || definition.key === 'primary')
    throw unsupportedSql('ALTER TABLE ... ADD COLUMN ... PRIMARY KEY');
  const column = columnFrom(definition, false);
  if (columnOf(table, column.name) !== undefined) throw sqlError(1060, column.name);
  const filled = literal(filling(session, column), column.type.k === 'double' || column.type.k === 'decimal');
  session.engine.writer.exec(
    `ALTER TABLE t${table.id} ADD COLUMN ${quoteName(column.name)} ${storage(column.type)} DEFAULT ${filled}`,
  );
  table.columns = [...table.columns, column];
  if (definition.key === 'unique')
    addKey(session, table, { name: column.name, kind: 'unique', columns: [column.name] });
}

/** What the rows that are there already get: the default, else what MySQL takes for the type ("Data Type Default Values"). */
function filling(session: Session, column: Column): SqlValue {
  if (column.defaultsTo.k === 'value') return column.defaultsTo.value;
  if (column.defaultsTo.k === 'now') return session.now;
  if (!column.notNull) return null;
  const { type } = column;
  if (type.k === 'date' || type.k === 'datetime') throw sqlError(1292, type.k, '0000-00-00', column.name, 1);
  if (type.k === 'enum') return type.values[0] ?? '';
  if (type.k === 'blob') return new Uint8Array(0);
  return type.k === 'text' ? '' : 0;
}
