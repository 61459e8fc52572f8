/** Window functions, and aggregates over a window: SQLite has them as MySQL has ("Window Functions"); names, numbers of arguments and types are checked here. */
import { sqlError, unsupportedSql } from '../errors.ts';
import type { Bound, Expr, Window } from '../language/ast.ts';
import { BIGINT, DOUBLE } from '../types.ts';
import type { Piece } from './scope.ts';
import { ordered } from './text-comparison.ts';
import { expressionPiece, type Position } from './translate-expression.ts';
import type { Translator } from './translator.ts';

type Call = Expr & { k: 'call' };

/** ` OVER (…)`, to stand behind a function. */
export function overText(translator: Translator, over: Window | string, at: Position): string {
  if (at.windows !== true) throw sqlError(at.inAggregate === true ? 4074 : 4015);
  return ` OVER (${windowText(translator, typeof over === 'string' ? { base: over, ...NOTHING } : over, at)})`;
}

const NOTHING = { partitionBy: [], orderBy: [] } as const;

function windowText(translator: Translator, window: Window, at: Position): string {
  const { partitionBy, orderBy, frame } = withBase(window, at, 0);
  const inside = { ...at, windows: false };
  const sorted = (expr: Expr): string => ordered(expressionPiece(translator, expr, inside));
  const parts: string[] = [];
  if (partitionBy.length > 0) parts.push(`PARTITION BY ${partitionBy.map(sorted).join(', ')}`);
  if (orderBy.length > 0)
    parts.push(
      `ORDER BY ${orderBy.map(({ expr, descending }) => `${sorted(expr)}${descending ? ' DESC' : ''}`).join(', ')}`,
    );
  if (frame !== undefined) {
    const end = frame.end ?? { k: 'CURRENT ROW' };
    parts.push(`${frame.unit} BETWEEN ${boundText(frame.start)} AND ${boundText(end)}`);
  }
  return parts.join(' ');
}

/** A window that names another one has its partitions, and its order where it has none itself. */
function withBase(window: Window, at: Position, depth: number): Window {
  if (window.base === undefined) return window;
  const found = at.scope.windows.get(window.base.toLowerCase());
  if (found === undefined || depth > at.scope.windows.size) throw sqlError(4009, window.base);
  const base = withBase(found, at, depth + 1);
  if (window.partitionBy.length > 0 || (window.orderBy.length > 0 && base.orderBy.length > 0))
    throw unsupportedSql('a window that changes the one it names');
  const frame = window.frame ?? base.frame;
  return {
    partitionBy: base.partitionBy,
    orderBy: window.orderBy.length > 0 ? window.orderBy : base.orderBy,
    ...(frame && { frame }),
  };
}

function boundText(bound: Bound): string {
  return 'by' in bound ? `${bound.by} ${bound.k}` : bound.k;
}

export function windowPiece(translator: Translator, call: Call, at: Position): Piece {
  const { name, args, over } = call;
  const window = overText(translator, over!, at);
  const inside = { ...at, windows: false };
  const pieces = args.map((arg) => expressionPiece(translator, arg, inside));
  const sql = `${name.toLowerCase()}(${pieces.map((piece) => piece.sql).join(', ')})${window}`;
  switch (name) {
    case 'PERCENT_RANK':
    case 'CUME_DIST':
      // MariaDB tells ten digits.
      return { sql: `round(${sql}, 10)`, type: DOUBLE };
    case 'NTILE':
      if (constant(name, pieces[0]!) < 1) throw sqlError(4024, name);
      return { sql, type: BIGINT };
    case 'LAG':
    case 'LEAD':
      return value(pieces[0]!, `${offset(name, pieces)}${window}`);
    case 'NTH_VALUE':
      // There is no such row, MariaDB says; SQLite calls it an error.
      return value(pieces[0]!, constant(name, pieces[1]!) < 1 ? 'NULL' : sql);
    case 'FIRST_VALUE':
    case 'LAST_VALUE':
      return value(pieces[0]!, sql);
    default:
      return { sql, type: BIGINT, notNull: true };
  }
}

/** So many rows before is as many with a minus behind. */
function offset(name: string, [x, rows]: readonly Piece[]): string {
  const by = rows === undefined ? 1 : constant(name, rows);
  return `${(name === 'LAG') === by >= 0 ? 'lag' : 'lead'}(${x!.sql}, ${by < 0 ? -by : by})`;
}

/** The value of another row: of the same type, but it may be missing. */
function value({ type, loose }: Piece, sql: string): Piece {
  return { sql, type, ...(loose && { loose }) };
}

function constant(name: string, { constant: number }: Piece): number {
  if (typeof number !== 'number') throw unsupportedSql(`${name} of a computed number`);
  return number;
}
