/** INSERT, REPLACE, UPDATE and DELETE ("Data Manipulation Statements"); priorities and RETURNING are refused by name. */
import { unsupportedSql } from '../errors.ts';
import type { Assignment, Delete, Insert, Update } from './ast.ts';
import { readExpr } from './expression.ts';
import type { Reader } from './reader.ts';
import { atSelect, readSelect, readSources, readTail } from './select.ts';

export function readInsert(reader: Reader): Insert {
  const replace = reader.accept('REPLACE');
  if (!replace) reader.expect('INSERT');
  const refused = reader.acceptOneOf('LOW_PRIORITY', 'DELAYED', 'HIGH_PRIORITY');
  if (refused !== undefined) throw unsupportedSql(`INSERT ${refused}`);
  const ignore = !replace && reader.accept('IGNORE');
  reader.accept('INTO');
  const table = reader.tableName();
  if (reader.accept('SET')) {
    const set = readAssignments(reader);
    return {
      k: 'insert',
      table,
      ignore,
      replace,
      columns: set.map(({ column }) => column),
      rows: [set.map(({ value }) => value)],
      onDuplicate: readOnDuplicate(reader, replace),
    };
  }
  const columns = reader.isSymbol('(') ? readInsertColumns(reader) : undefined;
  const head = { k: 'insert', table, ignore, replace, ...(columns && { columns }) } as const;
  if (atSelect(reader)) return { ...head, select: readSelect(reader), onDuplicate: readOnDuplicate(reader, replace) };
  if (reader.acceptOneOf('VALUES', 'VALUE') === undefined) reader.fail();
  const row = () => reader.parenthesised(() => (reader.isSymbol(')') ? [] : reader.list(() => readValue(reader))));
  return { ...head, rows: reader.list(row), onDuplicate: readOnDuplicate(reader, replace) };
}

/** `()` stands for a row of defaults. */
function readInsertColumns(reader: Reader): string[] {
  return reader.parenthesised(() => (reader.isSymbol(')') ? [] : reader.list(() => reader.name())));
}

function readOnDuplicate(reader: Reader, replace: boolean): Assignment[] {
  if (reader.is('RETURNING')) throw unsupportedSql('RETURNING');
  return !replace && reader.accept('ON', 'DUPLICATE', 'KEY', 'UPDATE') ? readAssignments(reader) : [];
}

/** An expression, or DEFAULT. */
function readValue(reader: Reader) {
  return reader.is('DEFAULT') && reader.peek().text !== '(' && reader.accept('DEFAULT') ? undefined : readExpr(reader);
}

function readAssignments(reader: Reader): Assignment[] {
  return reader.list(() => {
    const parts = [reader.name()];
    while (parts.length < 3 && reader.acceptSymbol('.')) parts.push(reader.nameAfterPoint());
    const column = parts.pop()!;
    const table = parts.pop();
    reader.expectSymbol('=');
    return { column, ...(table !== undefined && { table }), value: readValue(reader) };
  });
}

export function readUpdate(reader: Reader): Update {
  reader.expect('UPDATE');
  if (reader.accept('LOW_PRIORITY')) throw unsupportedSql('UPDATE LOW_PRIORITY');
  const ignore = reader.accept('IGNORE');
  const source = readSources(reader);
  reader.expect('SET');
  const assignments = readAssignments(reader);
  const where = reader.accept('WHERE') ? readExpr(reader) : undefined;
  const { orderBy, limit } = readTail(reader);
  return { k: 'update', ignore, source, assignments, ...(where && { where }), orderBy, ...(limit && { limit }) };
}

/** DELETE FROM t …, DELETE a, b FROM a JOIN b …, DELETE FROM a, b USING a JOIN b …. */
export function readDelete(reader: Reader): Delete {
  reader.expect('DELETE');
  const refused = reader.acceptOneOf('LOW_PRIORITY', 'QUICK');
  if (refused !== undefined) throw unsupportedSql(`DELETE ${refused}`);
  const ignore = reader.accept('IGNORE');
  const { source, ...targets } = readDeleted(reader);
  const where = reader.accept('WHERE') ? readExpr(reader) : undefined;
  // An order and a limit belong to a change of one table.
  const { orderBy, limit } = targets.targets === undefined ? readTail(reader) : { orderBy: [] };
  if (reader.is('RETURNING')) throw unsupportedSql('RETURNING');
  return { k: 'delete', ignore, source, ...targets, ...(where && { where }), orderBy, ...(limit && { limit }) };
}

function readDeleted(reader: Reader): Pick<Delete, 'source' | 'targets'> {
  // `t.*` is an older way to say `t`.
  const names = () =>
    reader.list(() => {
      const table = reader.tableName();
      if (reader.acceptSymbol('.')) reader.expectSymbol('*');
      return table;
    });
  if (!reader.accept('FROM')) {
    const targets = names();
    reader.expect('FROM');
    return { source: readSources(reader), targets };
  }
  const targets = names();
  if (reader.accept('USING')) return { source: readSources(reader), targets };
  const [table, second] = targets;
  if (second !== undefined) reader.fail();
  const alias = reader.accept('AS') || reader.atName ? { alias: reader.name() } : {};
  return { source: { k: 'table', table: table!, ...alias } };
}
