/**
 * UPDATE and DELETE of a join ("Multiple-Table Syntax"): the join is carried out first and kept, with the rows that it meets of each table and the values that they are to have;
 * then the tables are changed one after the other. All values are those from before the statement; a row that the join brings several times takes what it brings first.
 */
import { sqlError } from '../errors.ts';
import type { Delete, Expr, TableName, Update } from '../language/ast.ts';
import type { Column, Table } from './catalogue.ts';
import { Scope } from './scope.ts';
import { setText, stored } from './translate-assignment.ts';
import { type Change, type ChangeStep, updateVerb } from './translate-change.ts';
import { expressionPiece, whereText } from './translate-expression.ts';
import { sourceText } from './translate-source.ts';
import type { Translator } from './translator.ts';

/** What a join brought, for the length of the statement. */
export const HITS = 'temp.hits';

/** A table of the join that is changed, under one of its names. */
interface Part {
  readonly table: Table;
  readonly alias: string;
  /** Its rows in what the join brought. */
  readonly row: string;
  /** Of UPDATE: what its columns become. */
  readonly set: Map<Column, string>;
}

export function joinedUpdate(translator: Translator, update: Update): Change {
  // They belong to a change of one table.
  if (update.orderBy.length > 0) throw sqlError(1221, 'UPDATE', 'ORDER BY');
  if (update.limit !== undefined) throw sqlError(1221, 'UPDATE', 'LIMIT');
  const scope = new Scope();
  const conditions: string[] = [];
  const from = sourceText(translator, update.source, scope, conditions);
  const parts = new Map<string, Part>();
  const values = update.assignments.map(({ table: named, column: name, value }, i) => {
    const { column: found } = scope.find(named, name, 'field list');
    if (found === undefined) throw sqlError(1348, name);
    const { table, column, alias } = found;
    const at = { scope, clause: 'field list', noAggregates: true };
    const piece = value && expressionPiece(translator, value, at);
    const part = parts.get(alias) ?? { table, alias, row: `r${parts.size}`, set: new Map() };
    parts.set(alias, part);
    const place = table.columns.indexOf(column);
    part.set.set(column, stored(translator.session, table, place, piece && { ...piece, sql: `x.v${i}` }, 'u._rowid_'));
    return `${piece?.sql ?? 'NULL'} AS v${i}`;
  });
  const all = [...parts.values()];
  return {
    hits: hitsOf(translator, { from, conditions, scope, where: update.where }, all, values),
    steps: all.map((part) => updateStep(translator, part, updateVerb(update), values.length)),
  };
}

function updateStep(translator: Translator, { table, row, set }: Part, verb: string, values: number): ChangeStep {
  const named = Array.from({ length: values }, (_, i) => `, v${i}`).join('');
  // Beside min() the other columns are those of its row: the one that came first.
  const first = `SELECT ${row} AS r, min(rowid)${named} FROM ${HITS} WHERE ${row} IS NOT NULL GROUP BY ${row}`;
  const sets = setText(translator.session, table, set, 'u');
  return { sql: `${verb} t${table.id} AS u SET ${sets} FROM (${first}) AS x WHERE u._rowid_ = x.r`, table };
}

export function joinedDelete(translator: Translator, statement: Delete, targets: readonly TableName[]): Change {
  const scope = new Scope();
  const conditions: string[] = [];
  const from = sourceText(translator, statement.source, scope, conditions);
  const parts = targets.map(({ name }, i): Part => {
    const source = scope.sources.find(({ alias }) => alias === name);
    if (source === undefined) throw sqlError(1109, name, 'MULTI DELETE');
    if (targets.findIndex((each) => each.name === name) !== i) throw sqlError(1066, name);
    const alias = source.columns[0]?.piece.column?.alias;
    if (source.table === undefined || alias === undefined) throw sqlError(1288, name, 'DELETE');
    return { table: source.table, alias, row: `r${i}`, set: new Map() };
  });
  return {
    hits: hitsOf(translator, { from, conditions, scope, where: statement.where }, parts, []),
    steps: parts.map(({ table, row }) => ({
      sql: `DELETE FROM t${table.id} WHERE _rowid_ IN (SELECT ${row} FROM ${HITS})`,
      table,
    })),
  };
}

interface Join {
  readonly from: string;
  readonly conditions: readonly string[];
  readonly scope: Scope;
  readonly where: Expr | undefined;
}

function hitsOf(
  translator: Translator,
  { from, conditions, scope, where }: Join,
  parts: readonly Part[],
  values: readonly string[],
): string {
  const all = where === undefined ? conditions : [...conditions, whereText(translator, where, scope)];
  const rows = parts.map(({ alias, row }) => `${alias}._rowid_ AS ${row}`);
  return `SELECT ${[...rows, ...values].join(', ')} FROM ${from}${all.length > 0 ? ` WHERE ${all.join(' AND ')}` : ''}`;
}
