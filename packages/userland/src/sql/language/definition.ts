/** CREATE and DROP. Generated columns, partitions and triggers are refused by name. */
import { sqlError, unsupportedSql } from '../errors.ts';
import type { Expr, Statement, TableName } from './ast.ts';
import { readBinary, readColumnType } from './column-type.ts';
import { readCheck, readConstraint, readForeignKey, readKey, readKeyColumns, readReferences } from './constraint.ts';
import type {
  CheckDefinition,
  ColumnDefinition,
  CreateTable,
  CreateView,
  ForeignKeyDefinition,
  KeyDefinition,
} from './definition-ast.ts';
import { readExpr } from './expression.ts';
import type { Reader } from './reader.ts';
import { atSelect, readSelect } from './select.ts';

export function readCreate(reader: Reader): Statement {
  reader.expect('CREATE');
  if (reader.acceptOneOf('DATABASE', 'SCHEMA') !== undefined) {
    const ifNotExists = reader.accept('IF', 'NOT', 'EXISTS');
    const name = reader.name();
    reader.accept('DEFAULT');
    readBinary(reader);
    return { k: 'create-database', name, ifNotExists };
  }
  const orReplace = reader.accept('OR', 'REPLACE');
  readViewOptions(reader);
  if (reader.accept('VIEW')) return readView(reader, orReplace);
  const temporary = reader.accept('TEMPORARY');
  if (reader.accept('TABLE')) return readTable(reader, orReplace, temporary);
  if (orReplace || temporary) return refuse(reader, orReplace ? 'CREATE OR REPLACE' : 'CREATE TEMPORARY');
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

/** ALGORITHM, DEFINER and SQL SECURITY as mysqldump writes them: there is one user, and a view is put in where it is read. */
function readViewOptions(reader: Reader): void {
  if (reader.accept('ALGORITHM')) {
    reader.expectSymbol('=');
    if (reader.acceptOneOf('UNDEFINED', 'MERGE') === undefined)
      throw unsupportedSql(`ALGORITHM = ${reader.token.text}`);
  }
  if (reader.accept('DEFINER')) {
    reader.expectSymbol('=');
    reader.advance();
    // `user`@`host`: a sign and a name, or one word.
    if (reader.token.kind === 'variable' && reader.advance().text === '@') reader.advance();
    else if (reader.acceptSymbol('(')) reader.expectSymbol(')');
  }
  if (reader.accept('SQL', 'SECURITY') && reader.acceptOneOf('DEFINER', 'INVOKER') === undefined) reader.fail();
}

function readView(reader: Reader, orReplace: boolean): CreateView {
  const ifNotExists = reader.accept('IF', 'NOT', 'EXISTS');
  const view = reader.tableName();
  const columns = reader.isSymbol('(') ? reader.names() : undefined;
  reader.expect('AS');
  const { at } = reader.token;
  const select = readSelect(reader);
  const end = reader.lastEnd;
  if (reader.params > 0) throw sqlError(1351);
  if (reader.is('WITH')) throw unsupportedSql('WITH CHECK OPTION');
  return { k: 'create-view', view, orReplace, ifNotExists, ...(columns && { columns }), select, at, end };
}

export function refuse(reader: Reader, verb: string): never {
  if (reader.token.kind === 'word') throw unsupportedSql(`${verb} ${reader.token.text.toUpperCase()}`);
  return reader.fail();
}

function readTable(reader: Reader, orReplace: boolean, temporary: boolean): CreateTable {
  const ifNotExists = reader.accept('IF', 'NOT', 'EXISTS');
  const table = reader.tableName();
  const head = { k: 'create-table', table, ifNotExists, orReplace, temporary } as const;
  const none = { columns: [], keys: [], foreignKeys: [], checks: [], autoIncrement: 1 };
  if (reader.accept('LIKE')) return { ...head, ...none, like: reader.tableName() };
  if (reader.isSymbol('(') && reader.peek().text.toUpperCase() === 'LIKE')
    return {
      ...head,
      ...none,
      like: reader.parenthesised(() => reader.accept('LIKE') && reader.tableName()) as TableName,
    };
  const parts = reader.isSymbol('(') && !atSelect(reader) ? readParts(reader) : none;
  const autoIncrement = readTableOptions(reader);
  const as = reader.accept('AS');
  if (!as && !atSelect(reader)) {
    if (parts === none) reader.fail();
    return { ...head, ...parts, autoIncrement };
  }
  const select = readSelect(reader);
  if (reader.params > 0) throw unsupportedSql('a parameter in CREATE TABLE ... SELECT');
  return { ...head, ...parts, autoIncrement, select };
}

function readParts(reader: Reader): Pick<CreateTable, 'columns' | 'keys' | 'foreignKeys' | 'checks'> {
  const columns: ColumnDefinition[] = [];
  const keys: KeyDefinition[] = [];
  const foreignKeys: ForeignKeyDefinition[] = [];
  const checks: CheckDefinition[] = [];
  reader.parenthesised(() =>
    reader.list(() => {
      const constraint = readConstraint(reader);
      if (reader.is('CHECK')) checks.push({ name: constraint, text: readCheck(reader) });
      else if (reader.is('FOREIGN')) foreignKeys.push(readForeignKey(reader, constraint));
      else {
        const key = readKey(reader, constraint);
        if (key === undefined) columns.push(readColumn(reader));
        else keys.push(key);
      }
    }),
  );
  for (const { foreignKey } of columns) if (foreignKey !== undefined) foreignKeys.push(foreignKey);
  return { columns, keys, foreignKeys, checks };
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
    } else if (reader.accept('ROW_FORMAT')) {
      // How rows lie on the disk is the engine's business.
      reader.acceptSymbol('=');
      reader.advance();
    } else if (reader.is('AS') || reader.is('SELECT') || reader.is('WITH')) return start;
    else if (/^(CHARACTER|CHARSET|COLLATE)$/i.test(reader.token.text)) {
      if (readBinary(reader)) throw unsupportedSql('a _bin collation of a whole table');
    } else throw unsupportedSql(`table option ${reader.token.text.toUpperCase()}`);
    reader.acceptSymbol(',');
  }
  return start;
}

interface Attributes {
  notNull: boolean;
  autoIncrement: boolean;
  onUpdateNow: boolean;
  comment: string;
  key?: 'primary' | 'unique';
  defaultValue?: Expr;
  check?: string;
  foreignKey?: ForeignKeyDefinition;
}

export function readColumn(reader: Reader): ColumnDefinition {
  const name = reader.name();
  const type = readColumnType(reader);
  const attributes: Attributes = { notNull: false, autoIncrement: false, onUpdateNow: false, comment: '' };
  while (readAttribute(reader, name, attributes));
  if (attributes.autoIncrement && type.k !== 'int') throw sqlError(1063, name);
  if (attributes.onUpdateNow && type.k !== 'datetime') throw sqlError(1294, name);
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
  else if (reader.is('CHECK')) to.check = readCheck(reader);
  else if (reader.is('REFERENCES')) to.foreignKey = readReferences(reader, '', [name]);
  else if (reader.accept('DEFAULT')) to.defaultValue = readDefault(reader, name);
  else if (reader.accept('ON', 'UPDATE')) {
    if (readDefault(reader, name).k !== 'call') reader.fail();
    to.onUpdateNow = true;
  } else {
    const refused = ['GENERATED', 'AS', 'VIRTUAL', 'STORED', 'INVISIBLE'].find((word) => reader.is(word));
    if (refused !== undefined) throw unsupportedSql(`column attribute ${refused}`);
    return false;
  }
  return true;
}

/** A literal or the current time, which comes in with the digits that the column has. */
export function readDefault(reader: Reader, name: string): Expr {
  const value = readExpr(reader);
  const now = value.k === 'call' && /^(NOW|CURRENT_TIMESTAMP|LOCALTIME|LOCALTIMESTAMP)$/.test(value.name);
  if (value.k !== 'literal' && !now) throw sqlError(1067, name);
  return value;
}

export function readDrop(reader: Reader): Statement {
  reader.expect('DROP');
  if (reader.acceptOneOf('DATABASE', 'SCHEMA') !== undefined) {
    const ifExists = reader.accept('IF', 'EXISTS');
    return { k: 'drop-database', name: reader.name(), ifExists };
  }
  if (reader.accept('VIEW')) {
    const ifExists = reader.accept('IF', 'EXISTS');
    return { k: 'drop-view', views: reader.list(() => reader.tableName()), ifExists };
  }
  const temporary = reader.accept('TEMPORARY');
  if (reader.accept('TABLE')) {
    const ifExists = reader.accept('IF', 'EXISTS');
    const tables = reader.list(() => reader.tableName());
    // Nothing depends on a table but foreign keys, and those are looked at anyway.
    reader.acceptOneOf('RESTRICT', 'CASCADE');
    return { k: 'drop-table', tables, ifExists, temporary };
  }
  if (temporary) return refuse(reader, 'DROP TEMPORARY');
  if (reader.accept('INDEX')) {
    const name = reader.name();
    reader.expect('ON');
    return { k: 'alter-table', table: reader.tableName(), changes: [{ k: 'drop-key', name }] };
  }
  return refuse(reader, 'DROP');
}
