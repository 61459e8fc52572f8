/** SHOW ("SHOW Statements"): what is shown, of which table or database, and which rows of it. */
import { unsupportedSql } from '../errors.ts';
import type { ShowSubject, Statement, TableName } from './ast.ts';
import { readExpr } from './expression.ts';
import type { Reader } from './reader.ts';

const SHOWN: readonly (readonly [words: string, what: ShowSubject])[] = [
  ['DATABASES', 'databases'],
  ['SCHEMAS', 'databases'],
  ['FULL TABLES', 'tables'],
  ['TABLES', 'tables'],
  ['TABLE STATUS', 'table-status'],
  ['FULL COLUMNS', 'columns'],
  ['FULL FIELDS', 'columns'],
  ['COLUMNS', 'columns'],
  ['FIELDS', 'columns'],
  ['INDEX', 'index'],
  ['INDEXES', 'index'],
  ['KEYS', 'index'],
  ['CREATE TABLE', 'create-table'],
  ['CREATE VIEW', 'create-view'],
  ['CREATE DATABASE', 'create-database'],
  ['CREATE SCHEMA', 'create-database'],
  ['STATUS', 'status'],
  ['VARIABLES', 'variables'],
  ['WARNINGS', 'warnings'],
  ['ERRORS', 'warnings'],
  ['FULL PROCESSLIST', 'processlist'],
  ['PROCESSLIST', 'processlist'],
  ['ENGINES', 'engines'],
  ['STORAGE ENGINES', 'engines'],
  ['CHARACTER SET', 'character-sets'],
  ['CHARSET', 'character-sets'],
  ['COLLATION', 'collations'],
  ['TRIGGERS', 'triggers'],
  ['EVENTS', 'events'],
  ['PROCEDURE STATUS', 'routines'],
  ['FUNCTION STATUS', 'routines'],
  ['PACKAGE STATUS', 'routines'],
  ['PACKAGE BODY STATUS', 'routines'],
  ['PLUGINS', 'plugins'],
  ['GRANTS', 'grants'],
];

/** For the coverage page. */
export const shownNames: readonly string[] = SHOWN.map(([words]) => words);

export function readShow(reader: Reader): Statement {
  reader.expect('SHOW');
  const scope = reader.acceptOneOf('SESSION', 'LOCAL', 'GLOBAL');
  if (scope === 'GLOBAL' && !reader.is('VARIABLES')) throw unsupportedSql('SHOW GLOBAL');
  const found = SHOWN.find(([words]) => reader.accept(...words.split(' ')));
  if (found === undefined) {
    if (reader.token.kind === 'word') throw unsupportedSql(`SHOW ${reader.token.text.toUpperCase()}`);
    return reader.fail();
  }
  const [words, what] = found;
  const full = words.startsWith('FULL');
  if (what === 'create-table' || what === 'create-view') return { k: 'show', what, full, table: reader.tableName() };
  if (what === 'create-database') {
    const ifNotExists = reader.accept('IF', 'NOT', 'EXISTS');
    return { k: 'show', what, full, ifNotExists, name: reader.name() };
  }
  return { k: 'show', what, full, ...readPlace(reader, what), ...readFilter(reader) };
}

const OF_TABLES: ReadonlySet<ShowSubject> = new Set(['columns', 'index']);
const OF_DATABASES: ReadonlySet<ShowSubject> = new Set(['tables', 'table-status', 'triggers', 'events']);

function readPlace(reader: Reader, what: ShowSubject): { readonly table?: TableName; readonly name?: string } {
  if (what === 'grants') {
    if (reader.accept('FOR')) {
      if (!reader.accept('CURRENT_USER')) throw unsupportedSql('SHOW GRANTS of another user');
      if (reader.acceptSymbol('(')) reader.expectSymbol(')');
    }
    return {};
  }
  const from = () => reader.accept('FROM') || reader.accept('IN');
  if (OF_TABLES.has(what)) {
    if (!from()) return reader.fail();
    const table = reader.tableName();
    return { table: from() ? { ...table, database: reader.name() } : table };
  }
  return OF_DATABASES.has(what) && from() ? { name: reader.name() } : {};
}

function readFilter(reader: Reader) {
  if (reader.accept('WHERE')) return { where: readExpr(reader) };
  return reader.accept('LIKE') ? { like: reader.string() } : {};
}
