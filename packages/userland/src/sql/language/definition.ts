/** CREATE, ALTER and DROP. Foreign keys, CHECK, generated columns, partitions, triggers and views are refused by name. */
import { sqlError, unsupportedSql } from '../errors.ts';
import type { Alteration, ColumnDefinition, CreateTable, Expr, KeyDefinition, Statement } from './ast.ts';
import { readBinary, readColumnType } from './column-type.ts';
import { readExpr } from './expression.ts';
import type { Reader } from './reader.ts';

export function readCreate(reader: Reader): Statement {
  reader.expect('CREATE');
  if (reader.acceptOneOf('DATABASE', 'SCHEMA') !== undefined) {
    const ifNotExists = reader.accept('IF', 'NOT', 'EXISTS');
    const name = reader.name();
    reader.accept('DEFAULT');
    readBinary(reader);
    return { k: 'create-database', name, ifNotExists };
  }
  if (reader.accept('TEMPORARY')) throw unsupportedSql('CREATE TEMPORARY TABLE');
  if (reader.accept('TABLE')) return readTable(reader);
  const unique = reader.accept('UNIQUE');
  if (reader.accept('INDEX')) {
    const name = reader.name();
    reader.expect('ON');
    const table = reader.tableName();
    const key: KeyDefinition = { name, kind: unique ? 'unique' : 'index', columns: readKeyColumns(reader) };
    return { k: 'alter-table', table, changes: [{ k: 'add-key', key }] };
  }
  return refuse(reader, 'CREATE');
}

function refuse(reader: Reader, verb: string): never {
  if (reader.token.kind === 'word') throw unsupportedSql(`${verb} ${reader.token.text.toUpperCase()}`);
  return reader.fail();
}

function readTable(reader: Reader): CreateTable {
  const ifNotExists = reader.accept('IF', 'NOT', 'EXISTS');
  const table = reader.tableName();
  if (reader.is('LIKE')) throw unsupportedSql('CREATE TABLE ... LIKE');
  if (reader.is('SELECT') || reader.is('AS')) throw unsupportedSql('CREATE TABLE ... SELECT');
  const columns: ColumnDefinition[] = [];
  const keys: KeyDefinition[] = [];
  reader.parenthesised(() =>
    reader.list(() => {
      const key = readKey(reader);
      if (key === undefined) columns.push(readColumn(reader));
      else keys.push(key);
    }),
  );
  return { k: 'create-table', table, ifNotExists, columns, keys, autoIncrement: readTableOptions(reader) };
}

/** ENGINE, CHARSET and the like; answers what AUTO_INCREMENT starts at. */
function readTableOptions(reader: Reader): number {
  let start = 1;
  while (reader.token.kind === 'word') {
    reader.accept('DEFAULT');
    if (reader.accept('ENGINE')) {
      reader.acceptSymbol('=');
      const engine = reader.advance().text;
      if (!/^innodb$/i.test(engine)) throw unsupportedSql(`ENGINE=${engine}`);
    } else if (reader.accept('AUTO_INCREMENT')) {
      reader.acceptSymbol('=');
      start = reader.wholeNumber();
    } else if (reader.accept('COMMENT')) {
      reader.acceptSymbol('=');
      reader.string();
    } else if (/^(CHARACTER|CHARSET|COLLATE)$/i.test(reader.token.text)) {
      if (readBinary(reader)) throw unsupportedSql('a _bin collation of a whole table');
    } else throw unsupportedSql(`table option ${reader.token.text.toUpperCase()}`);
    reader.acceptSymbol(',');
  }
  return start;
}

/** PRIMARY KEY (…), UNIQUE [KEY] name (…), KEY name (…). */
function readKey(reader: Reader): KeyDefinition | undefined {
  if (reader.is('FOREIGN')) throw unsupportedSql('FOREIGN KEY');
  if (reader.is('CHECK')) throw unsupportedSql('CHECK');
  const refused = reader.acceptOneOf('FULLTEXT', 'SPATIAL');
  if (refused !== undefined) throw unsupportedSql(`${refused} KEY`);
  if (reader.accept('CONSTRAINT') && reader.atName) reader.name();
  if (reader.is('FOREIGN') || reader.is('CHECK')) return readKey(reader);
  if (reader.accept('PRIMARY')) {
    reader.expect('KEY');
    return { name: 'PRIMARY', kind: 'primary', columns: readKeyColumns(reader) };
  }
  const unique = reader.accept('UNIQUE');
  const index = reader.acceptOneOf('KEY', 'INDEX') !== undefined;
  if (!unique && !index) return undefined;
  const name = reader.atName ? reader.name() : '';
  return { name, kind: unique ? 'unique' : 'index', columns: readKeyColumns(reader) };
}

function readKeyColumns(reader: Reader): string[] {
  const method = (): void => {
    if (reader.accept('USING') && !reader.accept('BTREE'))
      throw unsupportedSql(`USING ${reader.token.text.toUpperCase()}`);
  };
  method();
  const columns = reader.parenthesised(() =>
    reader.list(() => {
      const name = reader.name();
      if (reader.isSymbol('(')) throw unsupportedSql('key over a prefix');
      if (reader.is('DESC')) throw unsupportedSql('descending key');
      reader.accept('ASC');
      return name;
    }),
  );
  method();
  return columns;
}

interface Attributes {
  notNull: boolean;
  autoIncrement: boolean;
  onUpdateNow: boolean;
  comment: string;
  key?: 'primary' | 'unique';
  defaultValue?: Expr;
}

function readColumn(reader: Reader): ColumnDefinition {
  const name = reader.name();
  const type = readColumnType(reader);
  const attributes: Attributes = { notNull: false, autoIncrement: false, onUpdateNow: false, comment: '' };
  while (readAttribute(reader, name, attributes));
  if (attributes.autoIncrement && type.k !== 'int')
    throw sqlError(1105, `Incorrect column specifier for column '${name}'`);
  return { name, type, ...attributes, notNull: attributes.notNull || attributes.key === 'primary' };
}

function readAttribute(reader: Reader, name: string, to: Attributes): boolean {
  if (reader.accept('NOT', 'NULL')) to.notNull = true;
  else if (reader.accept('NULL')) to.notNull = false;
  else if (reader.accept('AUTO_INCREMENT')) to.autoIncrement = true;
  else if (reader.accept('PRIMARY', 'KEY')) to.key = 'primary';
  else if (reader.accept('UNIQUE')) {
    reader.accept('KEY');
    to.key ??= 'unique';
  } else if (reader.accept('KEY')) to.key = 'primary';
  else if (reader.accept('COMMENT')) to.comment = reader.string();
  else if (reader.accept('DEFAULT')) to.defaultValue = readDefault(reader, name);
  else if (reader.accept('ON', 'UPDATE')) {
    if (readDefault(reader, name).k !== 'call') reader.fail();
    to.onUpdateNow = true;
  } else {
    const refused = ['REFERENCES', 'CHECK', 'GENERATED', 'AS', 'VIRTUAL', 'STORED', 'INVISIBLE'].find((word) =>
      reader.is(word),
    );
    if (refused !== undefined) throw unsupportedSql(`column attribute ${refused}`);
    return false;
  }
  return true;
}

/** A literal or the current time. */
function readDefault(reader: Reader, name: string): Expr {
  const value = readExpr(reader);
  const now = value.k === 'call' && /^(NOW|CURRENT_TIMESTAMP|LOCALTIME|LOCALTIMESTAMP)$/.test(value.name);
  if (value.k !== 'literal' && !now) throw sqlError(1067, name);
  return value;
}

export function readAlter(reader: Reader): Statement {
  reader.expect('ALTER');
  if (!reader.accept('TABLE')) return refuse(reader, 'ALTER');
  const table = reader.tableName();
  return { k: 'alter-table', table, changes: reader.list(() => readAlteration(reader)) };
}

function readAlteration(reader: Reader): Alteration {
  if (reader.accept('ADD')) {
    const key = readKey(reader);
    if (key?.kind === 'primary') throw unsupportedSql('ALTER TABLE ... ADD PRIMARY KEY');
    if (key !== undefined) return { k: 'add-key', key };
    reader.accept('COLUMN');
    const column = readColumn(reader);
    if (reader.acceptOneOf('FIRST', 'AFTER') !== undefined) throw unsupportedSql('ADD COLUMN ... FIRST or AFTER');
    return { k: 'add-column', column };
  }
  if (reader.accept('DROP') && reader.acceptOneOf('INDEX', 'KEY') !== undefined)
    return { k: 'drop-key', name: reader.name() };
  return refuse(reader, 'ALTER TABLE ...');
}

export function readDrop(reader: Reader): Statement {
  reader.expect('DROP');
  if (reader.acceptOneOf('DATABASE', 'SCHEMA') !== undefined) {
    const ifExists = reader.accept('IF', 'EXISTS');
    return { k: 'drop-database', name: reader.name(), ifExists };
  }
  if (reader.accept('TABLE')) {
    const ifExists = reader.accept('IF', 'EXISTS');
    return { k: 'drop-table', tables: reader.list(() => reader.tableName()), ifExists };
  }
  if (reader.accept('INDEX')) {
    const name = reader.name();
    reader.expect('ON');
    return { k: 'alter-table', table: reader.tableName(), changes: [{ k: 'drop-key', name }] };
  }
  return refuse(reader, 'DROP');
}
