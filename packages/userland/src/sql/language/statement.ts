/** Statements of all kinds, one per text; a second one behind a semicolon is a syntax error, as it is in MySQL without CLIENT_MULTI_STATEMENTS. */
import { sqlError, unsupportedSql } from '../errors.ts';
import { readAlter } from './alteration.ts';
import type { Delete, Setting, Statement, Update } from './ast.ts';
import { readDelete, readInsert, readUpdate } from './change.ts';
import { readCreate, readDrop } from './definition.ts';
import { readExpr } from './expression.ts';
import { userName } from './primary.ts';
import { Reader } from './reader.ts';
import { atSelect, readSelect } from './select.ts';
import { readShow } from './show.ts';

export interface Parsed {
  readonly statement: Statement;
  /** How many `?` it has. */
  readonly params: number;
}

export function parseStatement(sql: string): Parsed {
  const reader = new Reader(sql);
  // A comment alone is no mistake: dumps send those that are for other servers.
  if (reader.atEnd && sql.includes('/*')) return { statement: { k: 'nothing' }, params: 0 };
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
  ['REPLACE', readInsert],
  ['UPDATE', readUpdate],
  ['DELETE', readDelete],
  ['CREATE', readCreate],
  ['DROP', readDrop],
  ['ALTER', readAlter],
  ['RENAME', readRename],
  ['TRUNCATE', readTruncate],
  ['USE', (reader) => ({ k: 'use', name: nameAfter(reader, 'USE') })],
  ['BEGIN', readBegin],
  ['START', readBegin],
  ['COMMIT', readCommit],
  ['ROLLBACK', readRollback],
  ['SAVEPOINT', (reader) => ({ k: 'savepoint', name: nameAfter(reader, 'SAVEPOINT') })],
  ['RELEASE', (reader) => ({ k: 'release', name: nameAfter(reader, 'RELEASE', 'SAVEPOINT') })],
  ['SET', readSet],
  ['DO', readDo],
  ['FLUSH', readFlush],
  ['LOCK', readLock],
  ['UNLOCK', readUnlock],
  ['SHOW', readShow],
  ['DESCRIBE', readDescribe],
  ['DESC', readDescribe],
  ['EXPLAIN', readDescribe],
]);

/** Statements that MySQL has and this server has not. */
const REFUSED =
  /^(GRANT|REVOKE|CALL|LOAD|HANDLER|ANALYZE|OPTIMIZE|CHECK|KILL|PREPARE|EXECUTE|DEALLOCATE|VALUES|TABLE|XA|RESET|INSTALL|BACKUP|CHANGE|HELP)$/;

/** What is carried out, for the coverage page. */
export const statementNames: readonly string[] = [...STATEMENTS.keys()];

function readStatement(reader: Reader): Statement {
  const { token } = reader;
  const word = token.kind === 'word' ? token.text.toUpperCase() : '';
  const read = STATEMENTS.get(word);
  if (read !== undefined) return read(reader);
  if (REFUSED.test(word)) throw unsupportedSql(word);
  if (atSelect(reader)) return readSelect(reader);
  return reader.fail();
}

function nameAfter(reader: Reader, ...words: readonly string[]): string {
  reader.expect(...words);
  return reader.name();
}

function readRename(reader: Reader): Statement {
  reader.expect('RENAME');
  if (!reader.accept('TABLE')) throw unsupportedSql(`RENAME ${reader.token.text.toUpperCase()}`);
  const pairs = reader.list(() => {
    const from = reader.tableName();
    reader.expect('TO');
    return { from, to: reader.tableName() };
  });
  return { k: 'rename-tables', pairs };
}

/** LOCK TABLES t READ [LOCAL], u AS v WRITE: what mysqldump says before it reads. */
function readLock(reader: Reader): Statement {
  reader.expect('LOCK');
  if (reader.acceptOneOf('TABLES', 'TABLE') === undefined) reader.fail();
  const locks = reader.list(() => {
    const table = reader.tableName();
    if (reader.accept('AS') || (reader.atName && !/^(READ|LOW_PRIORITY)$/i.test(reader.token.text))) reader.name();
    if (reader.accept('READ')) {
      reader.accept('LOCAL');
      return { table, write: false };
    }
    reader.accept('LOW_PRIORITY');
    reader.expect('WRITE');
    return { table, write: true };
  });
  return { k: 'lock-tables', locks };
}

function readUnlock(reader: Reader): Statement {
  reader.expect('UNLOCK');
  if (reader.acceptOneOf('TABLES', 'TABLE') === undefined) reader.fail();
  return { k: 'unlock-tables' };
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
    if (reader.accept('WITH')) {
      reader.expect('CONSISTENT', 'SNAPSHOT');
      return { k: 'begin', snapshot: true };
    }
    if (reader.accept('READ', 'ONLY')) throw unsupportedSql('START TRANSACTION READ ONLY');
    reader.accept('READ', 'WRITE');
  }
  return { k: 'begin', snapshot: false };
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
  if (reader.accept('TRANSACTION')) {
    const settings = readIsolation(reader);
    // Without a scope it is for the next transaction only.
    return scope === undefined ? { k: 'next-isolation', level: settings[0]!.value } : { k: 'set', settings };
  }
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
  if (token.kind === 'variable' && !token.text.startsWith('@@')) {
    const user = userName(reader.advance().text);
    if (!reader.acceptSymbol(':=')) reader.expectSymbol('=');
    return { name: user, user: true, value: readExpr(reader) };
  }
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

function readDo(reader: Reader): Statement {
  reader.expect('DO');
  const items = reader.list(() => ({ expr: readExpr(reader), name: '' }));
  const first = { distinct: false, items, groupBy: [], rollup: false, windows: [] };
  return { k: 'do', select: { k: 'select', ctes: [], first, unions: [], orderBy: [], locking: false } };
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
  if (atSelect(reader)) return { k: 'explain', of: readSelect(reader) };
  const changing = STATEMENTS.get(reader.token.text.toUpperCase());
  if (/^(UPDATE|DELETE)$/i.test(reader.token.text)) return { k: 'explain', of: changing!(reader) as Update | Delete };
  if (/^(INSERT|REPLACE)$/i.test(reader.token.text)) throw unsupportedSql(`EXPLAIN ${reader.token.text.toUpperCase()}`);
  const table = reader.tableName();
  // DESCRIBE t column: a name, or a pattern.
  if (reader.token.kind === 'string') return { k: 'show', what: 'columns', full: false, table, like: reader.string() };
  const like = reader.atName ? { like: reader.name().replace(/[%_\\]/g, '\\$&') } : {};
  return { k: 'show', what: 'columns', full: false, table, ...like };
}
