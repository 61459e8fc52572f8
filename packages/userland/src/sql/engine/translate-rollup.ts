/**
 * GROUP BY … WITH ROLLUP ("GROUP BY Modifiers"): each row counts once for its group and once for each group above it, down to the whole. So the rows are joined with the
 * levels, 0 for the whole; below its level an expression of GROUP BY is NULL.
 */
import { sqlError } from '../errors.ts';
import type { Expr, SelectCore } from '../language/ast.ts';
import { sameName } from './catalogue.ts';
import type { Piece, Scope } from './scope.ts';
import { ordered } from './text-comparison.ts';
import { expressionPiece } from './translate-expression.ts';
import { placeOf } from './translate-order.ts';
import type { Translator } from './translator.ts';

export interface Rollup {
  /** The levels, to be joined with the rows. */
  readonly levels: string;
  readonly groups: readonly string[];
  /** Each group before the one above it. */
  readonly order: string;
}

export function rollupOf(translator: Translator, core: SelectCore, scope: Scope): Rollup {
  const name = translator.nextDerived();
  const pieces = core.groupBy.map((expr) => {
    const at = { scope, clause: 'group statement', noAggregates: true };
    return expressionPiece(translator, meant(core, expr, scope), at);
  });
  const masked = pieces.map((piece, i) => maskedPiece(piece, `${name}.level > ${i}`));
  for (const [i, { sql }] of pieces.entries()) scope.rollup.set(sql, masked[i]!);
  const levels = Array.from({ length: pieces.length + 1 }, (_, level) => `SELECT ${level} AS level`);
  return {
    levels: `(${levels.join(' UNION ALL ')}) AS ${name}`,
    groups: [`${name}.level`, ...masked.map(ordered)],
    order: masked.map((piece, i) => `${name}.level <= ${i}, ${ordered(piece)}`).join(', '),
  };
}

function maskedPiece({ sql, type }: Piece, condition: string): Piece {
  return { sql: `(CASE WHEN ${condition} THEN ${sql} END)`, type };
}

/** What a place in the list or an alias stands for: a column goes before an alias of the same name. */
function meant({ items }: SelectCore, expr: Expr, scope: Scope): Expr {
  const place = placeOf(expr);
  if (place !== undefined) return items[place - 1]?.expr ?? unknown(String(place));
  if (expr.k !== 'column' || expr.table !== undefined || scope.has(expr.name)) return expr;
  return items.find((item) => sameName(item.name, expr.name))?.expr ?? expr;
}

function unknown(name: string): never {
  throw sqlError(1054, name, 'group statement');
}
