/** INSERT and REPLACE of MySQL as SQLite's, with ON DUPLICATE KEY UPDATE as its upsert. */
import { sqlError, unsupportedSql } from '../errors.ts';
import type { Insert } from '../language/ast.ts';
import type { Column, Table } from './catalogue.ts';
import { quoteName } from './fragments.ts';
import { Scope } from './scope.ts';
import { assignments, stored } from './translate-assignment.ts';
import type { ChangeStep } from './translate-change.ts';
import { expressionPiece } from './translate-expression.ts';
import { type Target, targetColumn, targetOf, underName } from './translate-target.ts';
import { Translator } from './translator.ts';

export function translateInsert(translator: Translator, insert: Insert): ChangeStep {
  const { name } = insert.table;
  const inserting = new Translator(translator.catalogue, translator.session, []);
  const target = targetOf(inserting, insert.table, name, 'INSERT');
  for (const view of inserting.views) translator.views.add(view);
  const { table } = target;
  const names = insert.columns ?? target.source.columns.map((column) => column.name);
  const given = names.map((each) => targetColumn(target, each, true));
  const twice = given.find((column, i) => given.indexOf(column) !== i);
  if (twice !== undefined) throw sqlError(1110, twice.name);
  if (inserting.views.size > 0) refuseWithoutDefault(table, given, `${table.database}.${name}`);
  translator.insertingInto = target;
  const verb = insert.replace ? 'INSERT OR REPLACE' : insert.ignore ? 'INSERT OR IGNORE' : 'INSERT';
  const into = `${verb} INTO t${table.id} (${table.columns.map((column) => quoteName(column.name)).join(', ')})`;
  const values = insert.select ? selected(translator, insert, table, given) : rows(translator, insert, table, given);
  return { sql: `${into} ${values}${onDuplicate(translator, insert, target)}`, table };
}

/** A view must have each column that wants a value. */
function refuseWithoutDefault(table: Table, given: readonly Column[], view: string): void {
  const wanting = table.columns.find(
    (column) => column.notNull && !column.autoIncrement && column.defaultsTo.k === 'none' && !given.includes(column),
  );
  if (wanting !== undefined) throw sqlError(1423, view);
}

function rows(translator: Translator, insert: Insert, table: Table, given: readonly Column[]): string {
  const scope = new Scope();
  const lines = insert.rows!.map((row, i) => {
    if (row.length !== given.length && !(row.length === 0 && insert.columns === undefined)) throw sqlError(1136, i + 1);
    const values = table.columns.map((column, at) => {
      const place = given.indexOf(column);
      const expr = row.length === 0 ? undefined : row[place];
      const piece = expr && expressionPiece(translator, expr, { scope, clause: 'field list', noAggregates: true });
      return stored(translator.session, table, at, piece);
    });
    return `(${values.join(', ')})`;
  });
  return `VALUES ${lines.join(', ')}`;
}

function selected(translator: Translator, insert: Insert, table: Table, given: readonly Column[]): string {
  const { sql, columns } = translator.select(insert.select!);
  if (columns.length !== given.length) throw sqlError(1136, 1);
  const values = table.columns.map((column, at) => {
    const from = columns[given.indexOf(column)];
    return stored(translator.session, table, at, from && { sql: from.reference, type: from.type });
  });
  // WHERE true: without it SQLite takes ON CONFLICT for a join's ON.
  return `SELECT ${values.join(', ')} FROM (${sql}) WHERE true`;
}

function onDuplicate(translator: Translator, insert: Insert, target: Target): string {
  if (insert.onDuplicate.length === 0) return '';
  if (insert.ignore) throw unsupportedSql('INSERT IGNORE ... ON DUPLICATE KEY UPDATE');
  const scope = new Scope();
  const name = `t${target.table.id}`;
  scope.add(underName(target, name, insert.table.name));
  const set = assignments(translator, insert.onDuplicate, target, scope, name);
  return ` ON CONFLICT DO UPDATE SET ${set} WHERE my_met()`;
}
