/**
 * GROUP BY … WITH ROLLUP ("GROUP BY Modifiers"): each row counts once for its group and once for each group above it, down to the whole. So the rows are joined with the
 * levels, 0 for the whole; below its level an expression of GROUP BY is NULL.
 */
import type { Expr } from '../language/ast.ts';
import type { Piece, Scope } from './scope.ts';
import { ordered } from './text-comparison.ts';
import { groupPiece } from './translate-order.ts';
import type { Item, Translator } from './translator.ts';

interface Rollup {
  /** The levels, to be joined with the rows. */
  readonly levels: string;
  readonly groups: readonly string[];
  /** Each group before the one above it. */
  readonly order: string;
}

/** `items` is the list of the SELECT, translated without masks; what is translated from here on has them. */
export function rollupOf(
  translator: Translator,
  groupBy: readonly Expr[],
  scope: Scope,
  items: readonly Item[],
): Rollup {
  const name = translator.nextDerived();
  const pieces = groupBy.map((expr) => groupPiece(translator, expr, scope, items));
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
