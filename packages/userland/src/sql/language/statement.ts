/** Statements of all kinds, one per text; a second one behind a semicolon is a syntax error, as it is in MySQL without CLIENT_MULTI_STATEMENTS. */
import { sqlError, unsupportedSql } from '../errors.ts';
import type { Assignment, Delete, Insert, Setting, ShowSubject, Statement, Update } from './ast.ts';
import { readAlter, readCreate, readDrop } from './definition.ts';
import { readExpr } from './expression.ts';
import { Reader } from './reader.ts';
import { atSelect, readSelect, readTail } from './select.ts';

export interface Parsed {
  readonly statement: Statement;
  /** How many `?` it has. */
  readonly params: number;
}

export function parseStatement(sql: string): Parsed {
  const reader = new Reader(sql);
  if (reader.atEnd) throw sqlError(1065);
  const statement = readStatement(reader);
  reader.acceptSymbol(';');
  if (!reader.atEnd) reader.fail();
  return { statement, params: reader.params };
}

const STATEMENTS: ReadonlyMap<string, (reader: Reader) => Statement> = new Map<string, (reader: Reader) => Statement>([
  ['SELECT', readSelect],
  ['WITH', readSelect],
  ['INSERT', readInsert],
  ['UPDATE', readUpdate],
  ['DELETE', readDelete],
  ['CREATE', readCreate],
  ['DROP', readDrop],
  ['ALTER', readAlter],
  ['TRUNCATE', readTruncate],
  ['USE', (reader) => ({ k: 'use', name: nameAfter(reader, 'USE') })],
  ['BEGIN', readBegin],
  ['START', readBegin],
  ['COMMIT', readCommit],
  ['ROLLBACK', readRollback],
  ['SAVEPOINT', (reader) => ({ k: 'savepoint', name: nameAfter(reader, 'SAVEPOINT') })],
  ['RELEASE', (reader) => ({ k: 'release', name: nameAfter(reader, 'RELEASE', 'SAVEPOINT') })],
  ['SET', readSet],
  ['FLUSH', readFlush],
  ['SHOW', readShow],
  ['DESCRIBE', readDescribe],
  ['DESC', readDescribe],
  ['EXPLAIN', readDescribe],
]);

/** Statements that MySQL has and this server has not. */
const REFUSED =
  /^(REPLACE|LOCK|UNLOCK|GRANT|REVOKE|CALL|DO|LOAD|HANDLER|RENAME|ANALYZE|OPTIMIZE|CHECK|KILL|PREPARE|EXECUTE|DEALLOCATE|VALUES|TABLE|XA|RESET|INSTALL|BACKUP|CHANGE|HELP)$/;

/** What is carried out, for the coverage page. */
export const statementNames: readonly string[] = [...STATEMENTS.keys()];

function readStatement(reader: Reader): Statement {
  const { token } = reader;
  const word = token.kind === 'word' ? token.text.toUpperCase() : '';
  const read = STATEMENTS.get(word);
  if (read !== undefined) return read(reader);
  if (REFUSED.test(word)) throw unsupportedSql(word);
  if (reader.isSymbol('(')) throw unsupportedSql('SELECT in parentheses');
  return reader.fail();
}

function nameAfter(reader: Reader, ...words: readonly string[]): string {
  reader.expect(...words);
  return reader.name();
}

function readInsert(reader: Reader): Insert {
  reader.expect('INSERT');
  const refused = reader.acceptOneOf('LOW_PRIORITY', 'DELAYED', 'HIGH_PRIORITY');
  if (refused !== undefined) throw unsupportedSql(`INSERT ${refused}`);
  const ignore = reader.accept('IGNORE');
  reader.accept('INTO');
  const table = reader.tableName();
  if (reader.accept('SET')) {
    const set = readAssignments(reader);
    return {
      k: 'insert',
      table,
      ignore,
      columns: set.map(({ column }) => column),
      rows: [set.map(({ value }) => value)],
      onDuplicate: readOnDuplicate(reader),
    };
  }
  const columns = reader.isSymbol('(') ? readInsertColumns(reader) : undefined;
  const head = { k: 'insert', table, ignore, ...(columns && { columns }) } as const;
  if (atSelect(reader)) return { ...head, select: readSelect(reader), onDuplicate: readOnDuplicate(reader) };
  if (reader.acceptOneOf('VALUES', 'VALUE') === undefined) reader.fail();
  const row = () => reader.parenthesised(() => (reader.isSymbol(')') ? [] : reader.list(() => readValue(reader))));
  return { ...head, rows: reader.list(row), onDuplicate: readOnDuplicate(reader) };
}

/** `()` stands for a row of defaults. */
function readInsertColumns(reader: Reader): string[] {
  return reader.parenthesised(() => (reader.isSymbol(')') ? [] : reader.list(() => reader.name())));
}

function readOnDuplicate(reader: Reader): Assignment[] {
  return reader.accept('ON', 'DUPLICATE', 'KEY', 'UPDATE') ? readAssignments(reader) : [];
}

/** An expression, or DEFAULT. */
function readValue(reader: Reader) {
  return reader.is('DEFAULT') && reader.peek().text !== '(' && reader.accept('DEFAULT') ? undefined : readExpr(reader);
}

function readAssignments(reader: Reader): Assignment[] {
  return reader.list(() => {
    const first = reader.name();
    const column = reader.acceptSymbol('.') ? reader.nameAfterPoint() : first;
    reader.expectSymbol('=');
    return { column, value: readValue(reader) };
  });
}

function readUpdate(reader: Reader): Update {
  reader.expect('UPDATE');
  if (reader.accept('IGNORE')) throw unsupportedSql('UPDATE IGNORE');
  const table = reader.tableName();
  const alias = readTableAlias(reader);
  if (reader.isSymbol(',') || /^(JOIN|LEFT|INNER)$/i.test(reader.token.text))
    throw unsupportedSql('UPDATE of several tables');
  reader.expect('SET');
  const assignments = readAssignments(reader);
  const where = reader.accept('WHERE') ? readExpr(reader) : undefined;
  const { orderBy, limit } = readTail(reader);
  return { k: 'update', table, ...alias, assignments, ...(where && { where }), orderBy, ...(limit && { limit }) };
}

function readTableAlias(reader: Reader): { alias?: string } {
  if (reader.accept('AS') || (reader.atName && !reader.is('SET'))) return { alias: reader.name() };
  return {};
}

function readDelete(reader: Reader): Delete {
  reader.expect('DELETE');
  if (reader.accept('IGNORE')) throw unsupportedSql('DELETE IGNORE');
  if (!reader.accept('FROM')) throw unsupportedSql('DELETE of several tables');
  const table = reader.tableName();
  if (reader.isSymbol(',') || reader.is('USING')) throw unsupportedSql('DELETE of several tables');
  const alias = readTableAlias(reader);
  const where = reader.accept('WHERE') ? readExpr(reader) : undefined;
  const { orderBy, limit } = readTail(reader);
  return { k: 'delete', table, ...alias, ...(where && { where }), orderBy, ...(limit && { limit }) };
}

function readTruncate(reader: Reader): Statement {
  reader.expect('TRUNCATE');
  reader.accept('TABLE');
  return { k: 'truncate', table: reader.tableName() };
}

function readBegin(reader: Reader): Statement {
  if (reader.accept('BEGIN')) reader.accept('WORK');
  else {
    reader.expect('START', 'TRANSACTION');
    if (reader.accept('WITH')) throw unsupportedSql('START TRANSACTION WITH CONSISTENT SNAPSHOT');
    if (reader.accept('READ', 'ONLY')) throw unsupportedSql('START TRANSACTION READ ONLY');
    reader.accept('READ', 'WRITE');
  }
  return { k: 'begin' };
}

function readCommit(reader: Reader): Statement {
  reader.expect('COMMIT');
  reader.accept('WORK');
  if (reader.accept('AND', 'CHAIN')) throw unsupportedSql('COMMIT AND CHAIN');
  return { k: 'commit' };
}

function readRollback(reader: Reader): Statement {
  reader.expect('ROLLBACK');
  reader.accept('WORK');
  if (reader.accept('AND', 'CHAIN')) throw unsupportedSql('ROLLBACK AND CHAIN');
  if (!reader.accept('TO')) return { k: 'rollback' };
  reader.accept('SAVEPOINT');
  return { k: 'rollback', to: reader.name() };
}

function readSet(reader: Reader): Statement {
  reader.expect('SET');
  if (reader.accept('NAMES')) return { k: 'set', settings: readNames(reader) };
  const scope = reader.acceptOneOf('SESSION', 'LOCAL', 'GLOBAL');
  if (scope === 'GLOBAL') throw unsupportedSql('SET GLOBAL');
  if (reader.accept('TRANSACTION')) return { k: 'set', settings: readIsolation(reader) };
  return { k: 'set', settings: reader.list(() => readSetting(reader)) };
}

/** SET NAMES says three variables at once. */
function readNames(reader: Reader): Setting[] {
  const value = readSettingValue(reader);
  if (reader.accept('COLLATE')) reader.advance();
  return ['character_set_client', 'character_set_connection', 'character_set_results'].map((name) => ({ name, value }));
}

function readIsolation(reader: Reader): Setting[] {
  const { at } = reader.token;
  reader.expect('ISOLATION', 'LEVEL');
  const level = ['READ COMMITTED', 'READ UNCOMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'].find((each) =>
    reader.accept(...each.split(' ')),
  );
  if (level === undefined) reader.fail();
  return [
    { name: 'transaction_isolation', value: { k: 'literal', value: level.replace(' ', '-'), at, end: reader.lastEnd } },
  ];
}

function readSetting(reader: Reader): Setting {
  const { token } = reader;
  if (/^@@global\./i.test(token.text)) throw unsupportedSql('SET GLOBAL');
  if (token.kind === 'variable' && !token.text.startsWith('@@')) throw unsupportedSql('user variable');
  const name =
    token.kind === 'variable'
      ? reader
          .advance()
          .text.slice(2)
          .replace(/^(session|local)\./i, '')
      : reader.name();
  if (!reader.acceptSymbol(':=')) reader.expectSymbol('=');
  return { name: name.toLowerCase(), value: readSettingValue(reader) };
}

function readSettingValue(reader: Reader): Setting['value'] {
  const { token } = reader;
  const next = reader.peek();
  const plain = token.kind === 'word' && !/^(NULL|TRUE|FALSE)$/i.test(token.text) && next.text !== '(';
  if (!plain) return readExpr(reader);
  reader.advance();
  return { k: 'literal', value: token.text, at: token.at, end: token.end };
}

const SHOWN: readonly (readonly [words: string, what: ShowSubject])[] = [
  ['DATABASES', 'databases'],
  ['SCHEMAS', 'databases'],
  ['FULL TABLES', 'tables'],
  ['TABLES', 'tables'],
  ['FULL COLUMNS', 'columns'],
  ['COLUMNS', 'columns'],
  ['FIELDS', 'columns'],
  ['INDEX', 'index'],
  ['INDEXES', 'index'],
  ['KEYS', 'index'],
  ['CREATE TABLE', 'create-table'],
  ['CREATE VIEW', 'create-view'],
  ['STATUS', 'status'],
  ['VARIABLES', 'variables'],
  ['WARNINGS', 'warnings'],
  ['PROCESSLIST', 'processlist'],
];

function readShow(reader: Reader): Statement {
  reader.expect('SHOW');
  const scope = reader.acceptOneOf('SESSION', 'LOCAL', 'GLOBAL');
  if (scope === 'GLOBAL') throw unsupportedSql('SHOW GLOBAL');
  const found = SHOWN.find(([words]) => reader.accept(...words.split(' ')));
  if (found === undefined) {
    if (reader.token.kind === 'word') throw unsupportedSql(`SHOW ${reader.token.text.toUpperCase()}`);
    return reader.fail();
  }
  const [words, what] = found;
  if (words.startsWith('FULL')) throw unsupportedSql(`SHOW ${words}`);
  return readShown(reader, what);
}

function readShown(reader: Reader, what: ShowSubject): Statement {
  if (what === 'create-table' || what === 'create-view') return { k: 'show', what, table: reader.tableName() };
  let table: { table?: ReturnType<Reader['tableName']> } = {};
  if ((what === 'columns' || what === 'index') && (reader.accept('FROM') || reader.accept('IN')))
    table = { table: reader.tableName() };
  const name = what === 'tables' && (reader.accept('FROM') || reader.accept('IN')) ? { name: reader.name() } : {};
  if (reader.is('WHERE')) throw unsupportedSql('SHOW ... WHERE');
  const like = reader.accept('LIKE') ? { like: reader.string() } : {};
  return { k: 'show', what, ...table, ...name, ...like };
}

/** FLUSH STATUS: the session's counters start again. */
function readFlush(reader: Reader): Statement {
  reader.expect('FLUSH');
  if (!reader.accept('STATUS')) throw unsupportedSql(`FLUSH ${reader.token.text.toUpperCase()}`);
  return { k: 'flush-status' };
}

function readDescribe(reader: Reader): Statement {
  reader.advance();
  if (reader.accept('ANALYZE') || reader.accept('FORMAT')) throw unsupportedSql('EXPLAIN ANALYZE or FORMAT');
  if (atSelect(reader)) return { k: 'explain', select: readSelect(reader) };
  if (/^(INSERT|UPDATE|DELETE)$/i.test(reader.token.text))
    throw unsupportedSql(`EXPLAIN ${reader.token.text.toUpperCase()}`);
  return { k: 'show', what: 'columns', table: reader.tableName() };
}
