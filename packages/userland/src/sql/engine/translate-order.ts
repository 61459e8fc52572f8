/** GROUP BY, ORDER BY and LIMIT of a SELECT: what may be a place in its list, a name of it, or an expression ("SELECT Statement"). */
import { sqlError, unsupportedSql } from '../errors.ts';
import type { Expr, Ordering } from '../language/ast.ts';
import { sameName } from './catalogue.ts';
import { literal } from './fragments.ts';
import type { Piece, Scope } from './scope.ts';
import { compared, ordered } from './text-comparison.ts';
import { expressionPiece } from './translate-expression.ts';
import type { Core, Item, OutputColumn, Translator } from './translator.ts';

/** A whole number is a place in the list; one with a point or an exponent is a constant. */
function placeOf(expr: Expr): number | undefined {
  return expr.k === 'literal' && typeof expr.value === 'number' && expr.scale === undefined ? expr.value : undefined;
}

/** By position, by a column, by an alias: a column goes before an alias of the same name. */
export function groupPiece(translator: Translator, expr: Expr, scope: Scope, items: readonly Item[]): Piece {
  const place = placeOf(expr);
  if (place !== undefined) {
    const item = items[place - 1];
    if (item === undefined) throw sqlError(1054, String(place), 'group statement');
    return grouped(item);
  }
  const at = { scope, clause: 'group statement', noAggregates: true };
  const named =
    expr.k === 'column' && expr.table === undefined ? items.find((item) => sameName(item.name, expr.name)) : undefined;
  try {
    return expressionPiece(translator, expr, at);
  } catch (error) {
    if (named === undefined) throw error;
    return grouped(named);
  }
}

function grouped({ name, piece, aggregate }: Item): Piece {
  if (aggregate) throw sqlError(1056, name);
  return piece;
}

/** By position, by an alias, by an expression; of a union by what it is called only. */
export function orderingText(
  translator: Translator,
  { expr, descending }: Ordering,
  first: Core,
  union: boolean,
): string {
  return `${orderedBy(translator, expr, first, union)}${descending ? ' DESC' : ''}`;
}

function orderedBy(translator: Translator, expr: Expr, first: Core, union: boolean): string {
  const place = placeOf(expr);
  if (place !== undefined) {
    const column = first.columns[place - 1];
    if (column === undefined) throw sqlError(1054, String(place), 'order clause');
    return orderedColumn(column, union);
  }
  const named =
    expr.k === 'column' && expr.table === undefined
      ? first.columns.find(({ name }) => sameName(name, expr.name))
      : undefined;
  if (union) {
    if (named === undefined) throw unsupportedSql('ORDER BY an expression after UNION');
    return orderedColumn(named, union);
  }
  const piece = expressionPiece(translator, expr, {
    scope: first.scope,
    clause: 'order clause',
    aliases: true,
    windows: true,
  });
  const sql = ordered(piece);
  // A bare number would be a place in the list.
  return /^-?\d+(\.\d+)?$/.test(sql) ? `coalesce(${sql}, NULL)` : sql;
}

/** Of a union SQLite takes no expressions. */
function orderedColumn({ reference: sql, type }: OutputColumn, union: boolean): string {
  return union ? compared({ sql, type }) : ordered({ sql, type });
}

export function limitText(translator: Translator, limit: Expr | undefined, offset?: Expr): string {
  if (limit === undefined) return '';
  return ` LIMIT ${count(translator, limit)}${offset === undefined ? '' : ` OFFSET ${count(translator, offset)}`}`;
}

function count(translator: Translator, expr: Expr): string {
  // While a statement is prepared nobody knows yet.
  if (expr.k === 'param' && !translator.hasParam(expr.index)) return '0';
  const value = expr.k === 'param' ? translator.param(expr.index) : expr.k === 'literal' ? expr.value : null;
  if (typeof value === 'string' && /^\d{1,15}$/.test(value)) return String(Number(value));
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return literal(value);
  if (typeof value === 'bigint' && value >= 0n) return literal(value);
  throw sqlError(1210, 'LIMIT');
}
