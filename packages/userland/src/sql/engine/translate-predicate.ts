/** Conditions of several values: rows, `op ANY` and `op ALL`, REGEXP; and the operators on bits ("Comparison Functions and Operators", "Bit Functions and Operators"). */
import { sqlError, unsupportedSql } from '../errors.ts';
import type { BinaryOperator, Expr } from '../language/ast.ts';
import { INT } from '../types.ts';
import { asNumber, asText } from './conversions.ts';
import type { Piece } from './scope.ts';
import { areExact, compared } from './text-comparison.ts';
import { compare, expressionPiece, type Position } from './translate-expression.ts';
import type { Translator } from './translator.ts';

/** `(a, b) op (c, d)`. */
export function rowsCompared(
  translator: Translator,
  { op, left, right }: Expr & { k: 'binary' },
  at: Position,
): Piece | undefined {
  if (left.k !== 'row' && right.k !== 'row') return undefined;
  if (left.k === 'subquery' || right.k === 'subquery')
    throw unsupportedSql('a row beside a subquery, other than with IN');
  const [a, b] = [itemsOf(left), itemsOf(right)];
  if (a.length !== b.length) throw sqlError(1241, b.length === 1 ? 1 : a.length);
  const pieces = a.map((each, i): [Piece, Piece] => [
    expressionPiece(translator, each, at),
    expressionPiece(translator, b[i]!, at),
  ]);
  return { sql: rowText(op, pieces), type: INT };
}

function itemsOf(expr: Expr): readonly Expr[] {
  return expr.k === 'row' ? expr.items : [expr];
}

function rowText(op: BinaryOperator, pairs: readonly (readonly [Piece, Piece])[]): string {
  const equal = (eq: string): string => `(${pairs.map(([a, b]) => compare(eq, a, b)).join(' AND ')})`;
  switch (op) {
    case '=':
    case '<=>':
      return equal(op);
    case '<>':
      return `(NOT ${equal('=')})`;
    case '<':
    case '>':
    case '<=':
    case '>=':
      return ordered(op, pairs);
    default:
      throw sqlError(1241, 1);
  }
}

/** The first pair that differs decides. */
function ordered(op: '<' | '>' | '<=' | '>=', pairs: readonly (readonly [Piece, Piece])[]): string {
  const [[a, b], ...rest] = pairs as [readonly [Piece, Piece], ...(readonly [Piece, Piece])[]];
  if (rest.length === 0) return compare(op, a, b);
  return `(${compare(op.slice(0, 1), a, b)} OR (${compare('=', a, b)} AND ${ordered(op, rest)}))`;
}

/** `(a, b) IN ((1, 2), …)` or of a subquery. */
export function rowsIn(translator: Translator, expr: Expr & { k: 'in' }, at: Position): Piece | undefined {
  if (expr.x.k !== 'row') return undefined;
  const left = expr.x.items.map((each) => expressionPiece(translator, each, at));
  const { among } = expr;
  const not = expr.not ? 'NOT ' : '';
  if ('k' in among) {
    const { sql, columns } = translator.select(among, at.scope);
    if (columns.length !== left.length) throw sqlError(1241, left.length);
    return {
      sql: `((${left.map((each, i) => compared(each, [{ sql: '', type: columns[i]!.type }])).join(', ')}) ${not}IN (${sql}))`,
      type: INT,
    };
  }
  const any = among.map((each) => {
    const items = itemsOf(each).map((item) => expressionPiece(translator, item, at));
    if (items.length !== left.length) throw sqlError(1241, left.length);
    return rowText(
      '=',
      left.map((x, i) => [x, items[i]!] as const),
    );
  });
  return { sql: `(${not}(${any.join(' OR ')}))`, type: INT };
}

/** True where one row is (ANY) or every row is (ALL); unknown where a NULL could decide it. */
export function quantifiedPiece(translator: Translator, expr: Expr & { k: 'quantified' }, at: Position): Piece {
  const x = expressionPiece(translator, expr.x, at);
  const { sql, columns } = translator.select(expr.select, at.scope);
  if (columns.length !== 1) throw sqlError(1241, 1);
  const [column] = columns;
  const held = compare(expr.op, x, { sql: column!.reference, type: column!.type });
  const decided = expr.all ? `coalesce(min${held}, 1) = 0, 0` : `coalesce(max${held}, 0) = 1, 1`;
  return {
    sql: `(SELECT iif(${decided}, iif(count(*) > count${held}, NULL, ${expr.all ? 1 : 0})) FROM (${sql}))`,
    type: INT,
  };
}

export function regexpPiece(translator: Translator, expr: Expr & { k: 'regexp' }, at: Position): Piece {
  const [x, pattern] = [expressionPiece(translator, expr.x, at), expressionPiece(translator, expr.pattern, at)];
  const sql = `my_regexp(${asText(x).sql}, ${asText(pattern).sql}, ${areExact([x, pattern]) ? 0 : 1})`;
  return { sql: expr.not ? `(NOT ${sql})` : sql, type: INT };
}

const BITS: ReadonlySet<string> = new Set(['|', '&', '^', '<<', '>>']);

/** Unsigned numbers of 64 bits. */
export function bitsPiece(op: string, left: Piece, right: Piece): Piece | undefined {
  if (!BITS.has(op)) return undefined;
  const type = { k: 'int', name: 'bigint', unsigned: true } as const;
  return { sql: `my_bits('${op}', ${asNumber(left).sql}, ${asNumber(right).sql})`, type };
}
