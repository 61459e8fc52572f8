/**
 * ALTER TABLE: all changes are made to a draft, which is checked as a whole. What SQLite can do in place (a column at the end, a key) is done there; for all else the rows go
 * into a table of the new shape, which takes the old one's place, as MySQL's ALGORITHM=COPY does.
 */
import { sqlError, unsupportedSql } from '../errors.ts';
import type { TableName } from '../language/ast.ts';
import type { Alteration, KeyDefinition } from '../language/definition-ast.ts';
import { type ColumnType, type SqlValue, storedValue, typeText } from '../types.ts';
import { allRows } from './all-rows.ts';
import { applyChange, type Draft, draftOf } from './alter-draft.ts';
import { type Column, columnOf, rowKey, sameName, type Table } from './catalogue.ts';
import { checkTable, createIndex, indexName, makeStorage, storage } from './create-table.ts';
import { keyText } from './engine.ts';
import { refuseNeeded, refuseUnmatched } from './foreign-keys.ts';
import { literal, quoteName } from './fragments.ts';
import { type OkResult, ok } from './result.ts';
import type { Session } from './session.ts';
import { stored } from './translate-assignment.ts';

export function alterTable(session: Session, name: TableName, changes: readonly Alteration[]): OkResult {
  const { catalogue } = session.engine;
  const table = catalogue.table(name, session.database, session.temporary);
  const draft = draftOf(table);
  for (const change of changes) applyChange(session, table, draft, change);
  const records = carryOut(session, table, draft);
  for (const change of changes) if (change.k === 'rename-table') renameTable(session, table, change.to);
  if (changes.every(({ k }) => k === 'rename-table' || k === 'switch-keys')) return ok();
  return ok(records, 0, `Records: ${records}  Duplicates: 0  Warnings: 0`);
}

export function renameTable({ engine: { catalogue }, database: current }: Session, table: Table, to: TableName): void {
  const database = to.database ?? current ?? table.database;
  const taken = table.own
    ? table.own.find(to, database) !== undefined
    : catalogue.view({ ...to, database }, undefined) !== undefined || catalogue.database(database).has(to.name);
  if (taken && !(database === table.database && to.name === table.name)) throw sqlError(1050, to.name);
  catalogue.rename(table, database, to.name);
}

/** How many rows have other values now; where none has, MySQL does not copy them, unless the table is a temporary one. */
function carryOut(session: Session, table: Table, draft: Draft): number {
  checkTable(draft.columns, draft.keys);
  for (const key of table.keys)
    if (!draft.keys.some((each) => sameName(each.name, key.name)))
      refuseNeeded(session.engine.catalogue, table, key, draft.foreignKeys);
  rename(session, table, draft);
  if (inPlace(table, draft)) {
    addColumns(session, table, draft);
    table.checks = draft.checks;
    changeKeys(session, table, draft.keys);
    return table.own === undefined ? 0 : rowCount(session, table);
  }
  const retyped = draft.columns.some((column) => {
    const from = draft.from.get(column);
    return from !== undefined && !holds(column.type, from.type);
  });
  const checked = draft.checks.some(({ name }) => !table.checks.some((each) => each.name === name));
  const rows = copy(session, table, draft);
  return retyped || checked || table.own !== undefined ? rows : 0;
}

function rowCount({ engine }: Session, { id }: Table): number {
  return Number(allRows(engine.writer, `SELECT count(*) FROM t${id}`)[0]![0]);
}

/** Whether each value of a type is one of the other as it is. */
function holds(type: ColumnType, old: ColumnType): boolean {
  if (type.k === 'text' && old.k === 'text' && type.name === 'varchar' && old.name === 'varchar')
    return type.binary === old.binary && type.length >= old.length;
  return typeText(type) === typeText(old);
}

/** New names: SQLite changes what refers to them with them. */
function rename({ engine: { writer, catalogue } }: Session, table: Table, draft: Draft): void {
  for (const column of draft.columns) {
    const from = draft.from.get(column);
    if (from === undefined || from.name === column.name) continue;
    if (columnOf(table, column.name) !== undefined && !sameName(from.name, column.name))
      throw unsupportedSql('a column that takes the name of another one');
    writer.exec(`ALTER TABLE t${table.id} RENAME COLUMN ${quoteName(from.name)} TO ${quoteName(column.name)}`);
    const named = { ...from, name: column.name };
    table.columns = table.columns.map((each) => (each === from ? named : each));
    draft.from.set(column, named);
    for (const child of catalogue.tables())
      child.foreignKeys = child.foreignKeys.map((key) =>
        key.parent === table
          ? { ...key, references: key.references.map((each) => (sameName(each, from.name) ? column.name : each)) }
          : key,
      );
    table.keys = table.keys.map((key) => ({
      ...key,
      columns: key.columns.map((each) => (sameName(each, from.name) ? column.name : each)),
    }));
  }
}

/** Whether nothing but columns at the end, names, defaults and keys that are not the primary one are others. */
function inPlace(table: Table, draft: Draft): boolean {
  const kept = draft.columns.slice(0, table.columns.length);
  const primary = (keys: readonly KeyDefinition[]) => keys.find(({ kind }) => kind === 'primary')?.columns.join('\0');
  const added = draft.columns.slice(table.columns.length);
  return (
    draft.redefined.size === 0 &&
    kept.length === table.columns.length &&
    kept.every(
      (column, i) => draft.from.get(column) === table.columns[i] && column.notNull === table.columns[i]!.notNull,
    ) &&
    added.every((column) => !column.autoIncrement && column.check === undefined) &&
    draft.checks.map(({ name }) => name).join() === table.checks.map(({ name }) => name).join() &&
    primary(draft.keys) === primary(table.keys) &&
    draft.foreignKeys.map(({ name }) => name).join() === table.foreignKeys.map(({ name }) => name).join()
  );
}

function addColumns(session: Session, table: Table, draft: Draft): void {
  for (const column of draft.columns.slice(table.columns.length)) {
    session.engine.writer.exec(
      `ALTER TABLE t${table.id} ADD COLUMN ${quoteName(column.name)} ${storage(column.type)} DEFAULT ${filling(session, column)}`,
    );
  }
  table.columns = draft.columns;
}

function changeKeys(session: Session, table: Table, keys: readonly KeyDefinition[]): void {
  const same = (a: KeyDefinition, b: KeyDefinition) =>
    a.name === b.name && a.kind === b.kind && a.columns.join('\0') === b.columns.join('\0');
  for (const key of table.keys)
    if (key.kind !== 'primary' && !keys.some((each) => same(each, key)))
      session.engine.writer.exec(`DROP INDEX ${indexName(table, key.name)}`);
  const old = table.keys;
  table.keys = keys;
  for (const key of keys)
    if (key.kind !== 'primary' && !old.some((each) => same(each, key))) makeKey(session, table, key);
}

function makeKey(session: Session, table: Table, key: KeyDefinition): void {
  if (key.kind !== 'index') refuseDuplicates(session, table, key);
  createIndex(session, table, key);
}

/** Two rows with the same values stand in the way of a unique key: error 1062 tells which. */
function refuseDuplicates({ engine }: Session, table: Table, key: KeyDefinition): void {
  const columns = key.columns.map(quoteName);
  const whole = columns.map((column) => `${column} IS NOT NULL`).join(' AND ');
  const sql = `SELECT ${columns.join(', ')} FROM t${table.id} WHERE ${whole} GROUP BY ${columns.join(', ')} HAVING count(*) > 1 LIMIT 1`;
  const [row] = engine.execute(engine.writer, sql).rows;
  if (row === undefined) return;
  const values = row.map((value, i) => keyText(value, columnOf(table, key.columns[i]!)!.type));
  throw sqlError(1062, values.join('-'), `${table.name}.${key.name}`);
}

/** The rows, one by one, into a table of the new shape. Those that refer to the table by its name go on doing so. */
function copy(session: Session, table: Table, draft: Draft): number {
  const { engine } = session;
  const { writer, catalogue } = engine;
  const old = { ...table };
  const { columns, keys, foreignKeys, checks, from } = draft;
  const sources = columns.map((column) => from.get(column));
  Object.assign(table, { columns, keys, foreignKeys, checks });
  const name = `n${catalogue.nextId()}`;
  makeStorage(session, table, name);
  const values = columns.map((column, at) => {
    const source = sources[at];
    if (source === undefined && !column.autoIncrement) return filling(session, column);
    return stored(session, table, at, source && { sql: copied(table, at, source), type: source.type });
  });
  const order = rowKey(old) === undefined ? '' : ' ORDER BY _rowid_';
  const list = columns.map((column) => quoteName(column.name)).join(', ');
  const { changes } = engine.execute(
    writer,
    `INSERT INTO ${name} (${list}) SELECT ${values.join(', ')} FROM t${old.id}${order}`,
    table,
  );
  writer.exec(
    `DROP TABLE t${old.id}; PRAGMA legacy_alter_table=ON; ALTER TABLE ${name} RENAME TO t${old.id}; PRAGMA legacy_alter_table=OFF`,
  );
  for (const key of keys) if (key.kind !== 'primary' || rowKey(table) === undefined) makeKey(session, table, key);
  if (session.checksForeignKeys) refuseUnmatched(engine, table);
  return changes;
}

/** NULL where it may not be any more is told as data that do not fit. */
function copied(table: Table, at: number, source: Column): string {
  const sql = quoteName(source.name);
  return table.columns[at]!.notNull && !source.notNull ? `my_kept(${table.id}, ${at}, ${sql})` : sql;
}

/** What the rows that are there already get: the default, else what MySQL takes for the type ("Data Type Default Values"). */
function filling(session: Session, column: Column): string {
  return literal(fillingValue(session, column), column.type.k === 'double' || column.type.k === 'decimal');
}

function fillingValue(session: Session, column: Column): SqlValue {
  if (column.defaultsTo.k === 'value') return column.defaultsTo.value;
  if (column.defaultsTo.k === 'now') return storedValue(session.now, column.type, { column: column.name, row: 1 });
  if (!column.notNull) return null;
  const { type } = column;
  if (type.k === 'date' || type.k === 'datetime') throw sqlError(1292, type.k, '0000-00-00', column.name, 1);
  if (type.k === 'enum') return type.values[0] ?? '';
  if (type.k === 'blob') return new Uint8Array(0);
  return type.k === 'text' ? '' : 0;
}
