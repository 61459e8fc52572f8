/** UPDATE and DELETE of MySQL as SQLite's; INSERT, and changes by way of a join, have files of their own. */
import { sqlError, unsupportedSql } from '../errors.ts';
import type { Delete, Expr, Ordering, RowChange, Statement, Update } from '../language/ast.ts';
import { rowKey, type Table } from './catalogue.ts';
import { Scope } from './scope.ts';
import { ordered } from './text-comparison.ts';
import { assignments } from './translate-assignment.ts';
import { expressionPiece, whereText } from './translate-expression.ts';
import { translateInsert } from './translate-insert.ts';
import { joinedDelete, joinedUpdate } from './translate-joined-change.ts';
import { limitText } from './translate-order.ts';
import { type Target, targetOf } from './translate-target.ts';
import type { Translator } from './translator.ts';

/** One statement of SQLite that changes one table. */
export interface ChangeStep {
  readonly sql: string;
  readonly table: Table;
}

export interface Change {
  /** Of a join: the SELECT that brings rows and values, which the steps find in a table `HITS`. */
  readonly hits?: string;
  readonly steps: readonly ChangeStep[];
}

/** What tells how the rows of a change are found. */
export function wayOf({ hits, steps }: Change): string {
  return hits ?? steps[0]!.sql;
}

export function isChange(statement: Statement): statement is RowChange {
  return statement.k === 'insert' || statement.k === 'update' || statement.k === 'delete';
}

export function translateChange(translator: Translator, statement: RowChange): Change {
  switch (statement.k) {
    case 'insert':
      return { steps: [translateInsert(translator, statement)] };
    case 'update':
      return translateUpdate(translator, statement);
    case 'delete':
      return translateDelete(translator, statement);
  }
}

function translateUpdate(translator: Translator, update: Update): Change {
  const { source } = update;
  if (source.k !== 'table') return joinedUpdate(translator, update);
  const target = targetOf(translator, source.table, source.alias ?? source.table.name, 'UPDATE');
  const { table, visited } = target;
  const scope = new Scope();
  scope.add(target.source);
  const where = chosen(translator, update, target, scope);
  for (const { table: named } of update.assignments)
    if (named !== undefined && named !== target.source.alias) throw sqlError(1109, named, 'field list');
  const set = assignments(translator, update.assignments, target, scope, visited.alias);
  const sql = `${updateVerb(update)} t${table.id} AS ${visited.alias} SET ${set} WHERE ${where}`;
  return { steps: [{ sql, table }] };
}

export function updateVerb({ ignore }: Update): string {
  return ignore ? 'UPDATE OR IGNORE' : 'UPDATE';
}

function translateDelete(translator: Translator, statement: Delete): Change {
  if (statement.ignore) throw unsupportedSql('DELETE IGNORE');
  const { source, targets } = statement;
  if (targets !== undefined) return joinedDelete(translator, statement, targets);
  if (source.k !== 'table') throw unsupportedSql('DELETE of several tables');
  const target = targetOf(translator, source.table, source.alias ?? source.table.name, 'DELETE');
  const scope = new Scope();
  scope.add(target.source);
  const { table, visited } = target;
  const sql = `DELETE FROM t${table.id} AS ${visited.alias} WHERE ${chosen(translator, statement, target, scope)}`;
  return { steps: [{ sql, table }] };
}

interface Choice {
  readonly where?: Expr;
  readonly orderBy: readonly Ordering[];
  readonly limit?: Expr;
}

/** The rows that a change is for; ORDER BY and LIMIT choose by a query of their own. */
function chosen(
  translator: Translator,
  { where, orderBy, limit }: Choice,
  { table, visited, conditions }: Target,
  scope: Scope,
): string {
  const all = [...conditions, ...(where ? [whereText(translator, where, scope)] : [])].join(' AND ');
  if (limit === undefined) return all;
  const order = orderBy.map(({ expr, descending }) => {
    const piece = expressionPiece(translator, expr, { scope, clause: 'order clause' });
    return `${ordered(piece)}${descending ? ' DESC' : ''}`;
  });
  const by =
    order.length > 0 ? ` ORDER BY ${order.join(', ')}` : rowKey(table) ? ` ORDER BY ${visited.alias}._rowid_` : '';
  return `_rowid_ IN (SELECT ${visited.alias}._rowid_ FROM t${table.id} AS ${visited.alias} WHERE ${all}${by}${limitText(translator, limit)})`;
}
