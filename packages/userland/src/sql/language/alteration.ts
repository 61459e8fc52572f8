/** ALTER TABLE ("ALTER TABLE Statement"): columns, keys, foreign keys, names. Partitions and what changes the engine are refused by name. */
import { unsupportedSql } from '../errors.ts';
import type { Statement } from './ast.ts';
import { readBinary } from './column-type.ts';
import { readCheck, readConstraint, readForeignKey, readKey } from './constraint.ts';
import { readColumn, readDefault, refuse } from './definition.ts';
import type { Alteration, ColumnPlace } from './definition-ast.ts';
import type { Reader } from './reader.ts';

export function readAlter(reader: Reader): Statement {
  reader.expect('ALTER');
  if (!reader.accept('TABLE')) return refuse(reader, 'ALTER');
  const table = reader.tableName();
  return { k: 'alter-table', table, changes: reader.list(() => readAlterations(reader)).flat() };
}

/** One of the list; ADD (a INT, b INT) is several. */
function readAlterations(reader: Reader): Alteration[] {
  if (reader.accept('ADD')) return readAdd(reader);
  if (reader.accept('DROP')) return [readDropped(reader)];
  if (reader.accept('MODIFY')) {
    reader.accept('COLUMN');
    const column = readColumn(reader);
    return [{ k: 'change-column', name: column.name, column, place: readPlace(reader) }];
  }
  if (reader.accept('CHANGE')) {
    reader.accept('COLUMN');
    const name = reader.name();
    return [{ k: 'change-column', name, column: readColumn(reader), place: readPlace(reader) }];
  }
  if (reader.accept('RENAME')) return [readRenamed(reader)];
  if (reader.accept('ALTER')) return [readSetDefault(reader)];
  return [readOption(reader)];
}

function readAdd(reader: Reader): Alteration[] {
  const constraint = readConstraint(reader);
  if (reader.is('CHECK')) return [{ k: 'add-check', check: { name: constraint, text: readCheck(reader) } }];
  if (reader.is('FOREIGN')) return [{ k: 'add-foreign-key', key: readForeignKey(reader, constraint) }];
  const key = readKey(reader, constraint);
  if (key !== undefined) return [{ k: 'add-key', key }];
  reader.accept('COLUMN');
  const list = reader.isSymbol('(');
  if (reader.is('IF')) throw unsupportedSql('ADD COLUMN IF NOT EXISTS');
  const columns = list ? reader.parenthesised(() => reader.list(() => readColumn(reader))) : [readColumn(reader)];
  const place = list ? undefined : readPlace(reader);
  return columns.flatMap((column): Alteration[] => [
    { k: 'add-column', column, place },
    ...(column.foreignKey === undefined ? [] : [{ k: 'add-foreign-key', key: column.foreignKey } as const]),
  ]);
}

function readPlace(reader: Reader): ColumnPlace {
  if (reader.accept('FIRST')) return 'FIRST';
  return reader.accept('AFTER') ? { after: reader.name() } : undefined;
}

function readDropped(reader: Reader): Alteration {
  if (reader.accept('PRIMARY', 'KEY')) return { k: 'drop-key', name: 'PRIMARY' };
  if (reader.acceptOneOf('INDEX', 'KEY') !== undefined) return { k: 'drop-key', name: reader.name() };
  if (reader.accept('FOREIGN', 'KEY')) return { k: 'drop-foreign-key', name: reader.name() };
  if (reader.accept('CONSTRAINT')) return { k: 'drop-constraint', name: reader.name() };
  reader.accept('COLUMN');
  const ifExists = reader.accept('IF', 'EXISTS');
  const name = reader.name();
  // Nothing depends on a column but keys, and those are looked at anyway.
  reader.acceptOneOf('RESTRICT', 'CASCADE');
  return { k: 'drop-column', name, ifExists };
}

function readRenamed(reader: Reader): Alteration {
  const what = reader.accept('COLUMN')
    ? 'column'
    : reader.acceptOneOf('INDEX', 'KEY') !== undefined
      ? 'key'
      : undefined;
  if (what !== undefined) {
    const name = reader.name();
    reader.expect('TO');
    return { k: `rename-${what}`, name, to: reader.name() };
  }
  if (!reader.accept('TO')) reader.accept('AS');
  return { k: 'rename-table', to: reader.tableName() };
}

function readSetDefault(reader: Reader): Alteration {
  reader.accept('COLUMN');
  const name = reader.name();
  if (reader.accept('DROP', 'DEFAULT')) return { k: 'set-default', name, defaultValue: undefined };
  reader.expect('SET', 'DEFAULT');
  return { k: 'set-default', name, defaultValue: readDefault(reader, name) };
}

/** Options of the table, and DISABLE KEYS of a dump. */
function readOption(reader: Reader): Alteration {
  if (reader.accept('AUTO_INCREMENT')) {
    reader.acceptSymbol('=');
    return { k: 'auto-increment', next: reader.wholeNumber() };
  }
  if (reader.accept('ENGINE')) {
    reader.acceptSymbol('=');
    const engine = reader.advance().text;
    if (!/^innodb$/i.test(engine)) throw unsupportedSql(`ENGINE=${engine}`);
    return { k: 'nothing' };
  }
  if (reader.acceptOneOf('DISABLE', 'ENABLE') !== undefined) {
    reader.expect('KEYS');
    return { k: 'switch-keys' };
  }
  reader.accept('DEFAULT');
  if (!/^(CHARACTER|CHARSET|COLLATE)$/i.test(reader.token.text)) return refuse(reader, 'ALTER TABLE ...');
  if (readBinary(reader)) throw unsupportedSql('a _bin collation of a whole table');
  return { k: 'nothing' };
}
