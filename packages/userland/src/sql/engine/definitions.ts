/** CREATE, ALTER, DROP, TRUNCATE: what they do to SQLite and to the catalogue. Of one that fails half way the session takes back both. */
import { sqlError, unsupportedSql } from '../errors.ts';
import type { Statement, TableName } from '../language/ast.ts';
import { alterTable, renameTable } from './alter-table.ts';
import { refuseTwice } from './catalogue.ts';
import { createTable, dropStored } from './create-table.ts';
import { refuseReferenced } from './foreign-keys.ts';
import { type OkResult, ok } from './result.ts';
import type { Session } from './session.ts';
import { createView, dropViews, type UnknownViews } from './views.ts';

const KINDS = [
  'create-table',
  'drop-table',
  'alter-table',
  'rename-tables',
  'truncate',
  'create-view',
  'drop-view',
  'create-database',
  'drop-database',
] as const;

export type Definition = Extract<Statement, { readonly k: (typeof KINDS)[number] }>;

/** Those that take tables away, for a moment or for good: what refers to them has been looked at, or goes with them. */
export function isRemoval({ k }: Definition): boolean {
  return k === 'alter-table' || k === 'drop-table' || k === 'drop-database';
}

export function isDefinition(statement: Statement): statement is Definition {
  return KINDS.some((k) => k === statement.k);
}

/** Whether a definition is about temporary tables alone: then it ends no transaction. */
export function concernsTemporary({ temporary, database }: Session, statement: Definition): boolean {
  const own = (name: TableName): boolean => temporary.find(name, database) !== undefined;
  switch (statement.k) {
    case 'create-table':
      return statement.temporary;
    case 'drop-table':
      return statement.temporary || statement.tables.every(own);
    case 'alter-table':
    case 'truncate':
      return own(statement.table);
    case 'rename-tables':
      return statement.pairs.every(({ from }) => own(from));
    default:
      return false;
  }
}

export function define(session: Session, statement: Definition, sql: string): OkResult | UnknownViews {
  switch (statement.k) {
    case 'create-table':
      return createTable(session, statement);
    case 'drop-table':
      return dropTables(session, statement);
    case 'alter-table':
      return alterTable(session, statement.table, statement.changes);
    case 'rename-tables':
      return renameTables(session, statement.pairs);
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
  dropStored(session, [...tables.values()]);
  for (const view of views) catalogue.removeView(view);
  catalogue.databases.delete(name);
  if (session.database === name) session.database = undefined;
  return ok(count);
}

type DropTable = Extract<Definition, { readonly k: 'drop-table' }>;

function dropTables(session: Session, { tables: names, ifExists, temporary }: DropTable): OkResult {
  const { catalogue } = session.engine;
  refuseTwice(names, session.database);
  const found = names.map((name) => {
    const own = session.temporary.find(name, session.database);
    if (own !== undefined) return own;
    const database = catalogue.databaseOf(name, session.database);
    const table = temporary ? undefined : catalogue.database(database).get(name.name);
    // IF EXISTS: a note only, which dumps count on.
    if (!temporary && catalogue.view({ ...name, database }, undefined) !== undefined && !ifExists)
      throw sqlError(1965, `${database}.${name.name}`);
    if (table === undefined && !ifExists) throw sqlError(1051, `${database}.${name.name}`);
    return table;
  });
  dropStored(
    session,
    found.filter((table) => table !== undefined),
  );
  return ok();
}

function truncate(session: Session, name: TableName): OkResult {
  const table = session.engine.catalogue.table(name, session.database, session.temporary);
  if (session.checksForeignKeys) refuseReferenced(session.engine.catalogue, [table], 'truncate');
  session.engine.writer.exec(`DELETE FROM t${table.id}`);
  table.nextAuto = 1;
  return ok();
}

/** From the left to the right, so that two names can be exchanged by way of a third one. */
function renameTables(
  session: Session,
  pairs: readonly { readonly from: TableName; readonly to: TableName }[],
): OkResult {
  const { catalogue } = session.engine;
  for (const { from, to } of pairs) {
    const own = session.temporary.find(from, session.database);
    if (own === undefined && catalogue.view(from, session.database) !== undefined)
      throw unsupportedSql('RENAME of a view');
    renameTable(session, own ?? catalogue.table(from, session.database), to);
  }
  return ok();
}
