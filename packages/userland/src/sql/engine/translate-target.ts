/**
 * What INSERT, UPDATE and DELETE change: a table, or the one below a view ("Updatable and Insertable Views"). Such a view reads one table or another such view, row by row;
 * of a view of several tables, and of WITH CHECK OPTION, it is said by name that they are not changed.
 */
import { sqlError, unsupportedSql } from '../errors.ts';
import type { TableName } from '../language/ast.ts';
import { type Column, columnOf, sameName, type Table } from './catalogue.ts';
import { truth } from './conversions.ts';
import { quoteName } from './fragments.ts';
import { Scope, type ScopeSource } from './scope.ts';
import { expressionPiece } from './translate-expression.ts';
import type { Translator, Visited } from './translator.ts';
import type { View } from './views.ts';

/** A table that rows are changed in, by the names that a statement has for its columns. */
export interface Target {
  readonly table: Table;
  readonly visited: Visited;
  readonly source: ScopeSource;
  /** Which rows of the table it has. */
  readonly conditions: readonly string[];
}

export function targetOf(translator: Translator, name: TableName, shown: string, verb: string): Target {
  const view = translator.viewNamed(name);
  if (view !== undefined) return viewTarget(translator, view, shown, verb);
  const scope = new Scope();
  const visited = translator.visit(translator.table(name), shown, scope);
  return { table: visited.table, visited, source: scope.sources[0]!, conditions: [translator.seen(visited)] };
}

function viewTarget(translator: Translator, view: View, shown: string, verb: string): Target {
  const { ctes, first, unions, orderBy, limit } = view.select;
  const { from, where, distinct, groupBy, having, items } = first;
  const plain = ctes.length + unions.length + groupBy.length === 0 && limit === undefined && !distinct && !having;
  const error = sqlError(verb === 'INSERT' ? 1471 : 1288, shown, verb);
  if (!plain || from === undefined || from.k === 'derived') throw error;
  if (from.k === 'join') throw unsupportedSql('changes through a view of several tables');
  if (orderBy.length > 0 && verb === 'INSERT') throw error;
  const scope = new Scope();
  const target = translator.atHomeOf(view, () => {
    const inner = targetOf(translator, from.table, from.alias ?? from.table.name, verb);
    scope.add(inner.source);
    const columns = items.map((item, i) => ({
      name: view.columns[i]!,
      piece: expressionPiece(translator, item.expr!, { scope, clause: 'field list', windows: true }),
    }));
    const at = { scope, clause: 'where clause', noAggregates: true };
    const chosen = where === undefined ? [] : [truth(expressionPiece(translator, where, at))];
    return { ...inner, source: { alias: shown, columns }, conditions: [...inner.conditions, ...chosen] };
  });
  if (scope.aggregates > 0 || items.some(({ expr }) => expr?.k === 'call' && expr.over !== undefined)) throw error;
  return target;
}

/** The column of the table that a name means. */
export function targetColumn({ table, source }: Target, name: string, inserting = false): Column {
  const found = source.columns.find((each) => sameName(each.name, name));
  if (found === undefined) throw sqlError(1054, name, 'field list');
  const { piece } = found;
  if (piece.column === undefined) throw inserting ? sqlError(1471, source.alias, 'INSERT') : sqlError(1348, name);
  return columnOf(table, piece.column.column.name)!;
}

/** The same columns as SQLite knows them by another name of the table: of the row that an INSERT meets. */
export function underName({ source }: Target, alias: string, shown: string): ScopeSource {
  const columns = source.columns.map((each) => {
    const { column } = each.piece;
    if (column === undefined) throw unsupportedSql('ON DUPLICATE KEY UPDATE through a view with computed columns');
    const sql = `${alias}.${quoteName(column.column.name)}`;
    return { ...each, piece: { ...each.piece, sql, column: { ...column, alias } } };
  });
  return { ...source, alias: shown, columns };
}
