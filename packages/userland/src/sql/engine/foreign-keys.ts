/**
 * Foreign keys ("FOREIGN KEY Constraints"): SQLite keeps them, here they are checked when they are made, and told in MySQL's words when they are broken. As InnoDB has it, RESTRICT
 * and NO ACTION are one; other than there, a key is looked at when the statement is over, not at each row. With foreign_key_checks = 0 none is looked at, and a table may refer to one that comes later. Left out: keys to columns that are not unique.
 */
import type { SqliteValue } from '@netarium/sqlite/sqlite.ts';
import { type SqlError, sqlError, unsupportedSql } from '../errors.ts';
import type { CreateTable, ForeignKeyDefinition, KeyDefinition } from '../language/definition-ast.ts';
import type { ColumnType } from '../types.ts';
import { allRows } from './all-rows.ts';
import { type Catalogue, columnOf, type ForeignKey, sameName, type Table } from './catalogue.ts';
import type { Engine } from './engine.ts';
import { backtick, quoteName } from './fragments.ts';
import { RunState } from './run-state.ts';
import type { Session } from './session.ts';

/** Indexes that a table's foreign keys want and that it does not have yet, named after the key or its first column. */
export function indexesFor({
  keys,
  columns,
  foreignKeys,
}: Pick<CreateTable, 'keys' | 'columns' | 'foreignKeys'>): KeyDefinition[] {
  const own = [...keys, ...columns.flatMap(({ name, key }) => (key === undefined ? [] : [{ columns: [name] }]))];
  return foreignKeys
    .filter((foreign) => !own.some((key) => begins(key.columns, foreign.columns)))
    .map(({ name, columns: on }) => ({ name, kind: 'index', columns: on }));
}

function begins(key: readonly string[], columns: readonly string[]): boolean {
  return columns.every((column, i) => key[i] !== undefined && sameName(key[i], column));
}

/** The keys of a new table, checked against the tables that they refer to. */
export function foreignKeysOf(
  { engine: { catalogue }, checksForeignKeys }: Session,
  table: Table,
  definitions: readonly ForeignKeyDefinition[],
): ForeignKey[] {
  const taken = table.foreignKeys.map(({ name }) => name);
  return definitions.map((definition) => {
    const name = definition.name === '' ? freeName(table, taken) : definition.name;
    taken.push(name);
    return { ...checked(catalogue, table, definition, !checksForeignKeys), name };
  });
}

function freeName({ name }: Table, taken: readonly string[]): string {
  for (let i = 1; ; i++) if (!taken.includes(`${name}_ibfk_${i}`)) return `${name}_ibfk_${i}`;
}

function checked(catalogue: Catalogue, table: Table, definition: ForeignKeyDefinition, mayCome: boolean): ForeignKey {
  const { columns, references, onDelete, onUpdate } = definition;
  const missing = columns.find((column) => columnOf(table, column) === undefined);
  if (missing !== undefined) throw sqlError(1072, missing);
  if (columns.length !== references.length) throw sqlError(1239, definition.name || 'foreign key without name');
  const malformed = sqlError(1005, table.database, table.name);
  const parent = parentOf(catalogue, table, definition);
  if (parent === undefined && mayCome) {
    const { database = table.database, name } = definition.table;
    return { name: '', columns, parent: catalogue.await(database, name), references, onDelete, onUpdate };
  }
  const pairs = columns.map(
    (column, i) => [columnOf(table, column), parent && columnOf(parent, references[i]!)] as const,
  );
  if (parent === undefined) throw malformed;
  if (pairs.some(([child, other]) => other === undefined || !sameType(child!.type, other.type))) throw malformed;
  if ((onDelete === 'SET NULL' || onUpdate === 'SET NULL') && pairs.some(([child]) => child!.notNull)) throw malformed;
  if (!parent.keys.some((key) => begins(key.columns, references))) throw malformed;
  if (
    !parent.keys.some(
      (key) => key.kind !== 'index' && key.columns.length === references.length && begins(key.columns, references),
    )
  )
    throw unsupportedSql('FOREIGN KEY to columns that are not unique');
  if (parent === table && (onUpdate === 'CASCADE' || onUpdate === 'SET NULL'))
    throw unsupportedSql(`ON UPDATE ${onUpdate} within a table`);
  return { name: '', columns, parent, references, onDelete, onUpdate };
}

/** Without a database's name it is in that of the table. */
function parentOf(catalogue: Catalogue, table: Table, { table: to }: ForeignKeyDefinition): Table | undefined {
  const database = to.database ?? table.database;
  if (database === table.database && to.name === table.name) return table;
  return catalogue.databases.get(database)?.get(to.name);
}

function sameType(a: ColumnType, b: ColumnType): boolean {
  if (a.k === 'int' && b.k === 'int') return a.name === b.name && a.unsigned === b.unsigned;
  if (a.k === 'text' && b.k === 'text') return a.binary === b.binary;
  if (a.k === 'decimal' && b.k === 'decimal') return a.precision === b.precision && a.scale === b.scale;
  return a.k === b.k;
}

/** As SQLite's CREATE TABLE has it. */
export function foreignKeyClause({ columns, parent, references, onDelete, onUpdate }: ForeignKey): string {
  const list = (names: readonly string[]): string => names.map(quoteName).join(', ');
  const on = (event: string, action: string): string => (action === '' ? '' : ` ON ${event} ${action}`);
  return `FOREIGN KEY (${list(columns)}) REFERENCES t${parent.id} (${list(references)})${on('DELETE', onDelete)}${on('UPDATE', onUpdate)}`;
}

/** As SHOW CREATE TABLE and errors write it. */
export function foreignKeyText(key: ForeignKey, child: Table, withDatabase = false): string {
  const list = (names: readonly string[]): string =>
    names.map(backtick).join(withDatabase || names.length > 1 ? ', ' : ',');
  const { parent, onDelete, onUpdate } = key;
  const elsewhere = withDatabase || parent.database !== child.database ? `${backtick(parent.database)}.` : '';
  const actions = `${onDelete === '' ? '' : ` ON DELETE ${onDelete}`}${onUpdate === '' ? '' : ` ON UPDATE ${onUpdate}`}`;
  return `CONSTRAINT ${backtick(key.name)} FOREIGN KEY (${list(key.columns)}) REFERENCES ${elsewhere}${backtick(parent.name)} (${list(key.references)})${actions}`;
}

function placed(key: ForeignKey, child: Table, withDatabase = false): string {
  return `${backtick(child.database)}.${backtick(child.name)}, ${foreignKeyText(key, child, withDatabase)}`;
}

/** Other tables than these that refer to one of them: it cannot go. */
export function refuseReferenced(catalogue: Catalogue, going: readonly Table[], what: 'drop' | 'truncate'): void {
  for (const [child, key] of catalogue.foreignKeys()) {
    if (!going.includes(key.parent) || going.includes(child)) continue;
    throw what === 'drop' ? sqlError(1451, '') : sqlError(1701, placed(key, child, true));
  }
}

/** An index that a foreign key of the table, or one to the table, goes by. */
export function refuseNeeded(
  catalogue: Catalogue,
  table: Table,
  dropped: KeyDefinition,
  own: readonly ForeignKey[] = table.foreignKeys,
): void {
  const others = table.keys.filter((key) => key !== dropped);
  const needs = (columns: readonly string[]): boolean =>
    begins(dropped.columns, columns) && !others.some((key) => begins(key.columns, columns));
  if (own.some(({ columns }) => needs(columns))) throw sqlError(1553, dropped.name);
  for (const [, { parent, references }] of catalogue.foreignKeys())
    if (parent === table && needs(references)) throw sqlError(1553, dropped.name);
}

/** Rows that were there before a key was: the first that refers to nothing. */
export function refuseUnmatched(engine: Engine, table: Table): void {
  const [row] = allRows(engine.writer, `PRAGMA foreign_key_check(t${table.id})`);
  if (row !== undefined) throw sqlError(1452, placed(keyNumbered(engine, table, row[3]!), table));
}

/** The key of a table whose other table is not there. */
export function danglingKey(catalogue: Catalogue, table: Table): SqlError {
  const key = table.foreignKeys.find(({ parent }) => !catalogue.isThere(parent));
  return key === undefined ? sqlError(1216) : sqlError(1452, placed(key, table));
}

/** Which of a table's keys SQLite counts so. */
function keyNumbered({ writer }: Engine, child: Table, number: SqliteValue): ForeignKey {
  const columns = allRows(writer, `PRAGMA foreign_key_list(t${child.id})`).filter(([id]) => id === number);
  return child.foreignKeys.find(
    (each) =>
      each.columns.length === columns.length && columns.every(([, at, , from]) => each.columns[Number(at)] === from),
  )!;
}

/**
 * Which key a statement breaks: SQLite says only that there is one, and has taken the statement back. So it is carried out once more with its keys looked at
 * later, and is taken back again.
 */
export function brokenKey(engine: Engine, sql: string, table: Table): SqlError {
  const { writer, run, catalogue } = engine;
  const { nextAuto } = table;
  writer.exec('SAVEPOINT broken_key; PRAGMA defer_foreign_keys=ON');
  try {
    engine.run = new RunState(true);
    allRows(writer, sql);
    const [name, , , number] = allRows(writer, 'PRAGMA foreign_key_check')[0]!;
    const child = catalogue.byNumber(Number(String(name).slice(1)));
    const key = keyNumbered(engine, child, number!);
    const adding = child === table && !sql.startsWith('DELETE');
    return adding ? sqlError(1452, placed(key, child)) : sqlError(1451, ` (${placed(key, child)})`);
  } finally {
    writer.exec('ROLLBACK TO broken_key; RELEASE broken_key; PRAGMA defer_foreign_keys=OFF');
    table.nextAuto = nextAuto;
    engine.run = run;
  }
}
