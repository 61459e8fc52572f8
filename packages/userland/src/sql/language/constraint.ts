/** Constraints and keys of tables ("CREATE TABLE Statement"): CHECK, FOREIGN KEY, PRIMARY KEY, UNIQUE, KEY; FULLTEXT, SPATIAL and keys over prefixes are refused by name. */
import { unsupportedSql } from '../errors.ts';
import type { ForeignKeyDefinition, KeyDefinition, ReferenceAction } from './definition-ast.ts';
import { readExpr } from './expression.ts';
import type { Reader } from './reader.ts';

/** CHECK (condition): the text of the condition. */
export function readCheck(reader: Reader): string {
  reader.expect('CHECK');
  const { params } = reader;
  const { at, end } = reader.parenthesised(() => readExpr(reader));
  if (reader.params > params) reader.fail();
  return reader.sql.slice(at, end);
}

/** CONSTRAINT [name]: the name, empty where there is none. */
export function readConstraint(reader: Reader): string {
  return reader.accept('CONSTRAINT') && reader.atName ? reader.name() : '';
}

/** FOREIGN KEY [name] (columns) REFERENCES table (columns) … */
export function readForeignKey(reader: Reader, constraint: string): ForeignKeyDefinition {
  reader.expect('FOREIGN', 'KEY');
  const name = reader.atName ? reader.name() : '';
  return readReferences(reader, constraint === '' ? name : constraint, reader.names());
}

export function readReferences(reader: Reader, name: string, columns: readonly string[]): ForeignKeyDefinition {
  reader.expect('REFERENCES');
  const table = reader.tableName();
  const references = reader.names();
  if (reader.is('MATCH')) throw unsupportedSql('MATCH');
  const actions = { DELETE: '', UPDATE: '' } as { [event in 'DELETE' | 'UPDATE']: ReferenceAction };
  while (reader.is('ON') && /^(DELETE|UPDATE)$/i.test(reader.peek().text)) {
    reader.advance();
    actions[reader.advance().text.toUpperCase() as 'DELETE' | 'UPDATE'] = readAction(reader);
  }
  return { name, columns, table, references, onDelete: actions.DELETE, onUpdate: actions.UPDATE };
}

function readAction(reader: Reader): ReferenceAction {
  if (reader.accept('SET', 'DEFAULT')) throw unsupportedSql('SET DEFAULT of a foreign key');
  if (reader.accept('SET', 'NULL')) return 'SET NULL';
  if (reader.accept('NO', 'ACTION')) return 'NO ACTION';
  if (reader.accept('CASCADE')) return 'CASCADE';
  reader.expect('RESTRICT');
  return '';
}

/** PRIMARY KEY (…), UNIQUE [KEY] name (…), KEY name (…). */
export function readKey(reader: Reader, constraint: string): KeyDefinition | undefined {
  const refused = reader.acceptOneOf('FULLTEXT', 'SPATIAL');
  if (refused !== undefined) throw unsupportedSql(`${refused} KEY`);
  if (reader.accept('PRIMARY')) {
    reader.expect('KEY');
    return { name: 'PRIMARY', kind: 'primary', columns: readKeyColumns(reader) };
  }
  const unique = reader.accept('UNIQUE');
  const index = reader.acceptOneOf('KEY', 'INDEX') !== undefined;
  if (!unique && !index) return undefined;
  const name = reader.atName ? reader.name() : unique ? constraint : '';
  return { name, kind: unique ? 'unique' : 'index', columns: readKeyColumns(reader) };
}

export function readKeyColumns(reader: Reader): string[] {
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
