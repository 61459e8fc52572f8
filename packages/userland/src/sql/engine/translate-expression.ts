/**
 * Expressions of MySQL as SQLite's: the two differ in what they compare and divide. Types are known here, so that text meets number as in MySQL (as a number), whole
 * numbers divide into DECIMAL, and capitals equal small letters unless a column says otherwise.
 */
import { sqlError, unsupportedSql } from '../errors.ts';
import type { BinaryOperator, Expr } from '../language/ast.ts';
import { timeText } from '../time-text.ts';
import {
  type ColumnType,
  DATE,
  DECIMAL_DIGITS,
  DOUBLE,
  decimal,
  INT,
  isJson,
  isNumeric,
  isText,
  type SqlValue,
  TEXT,
} from '../types.ts';
import { arithmetic, decimalOf, negative } from './arithmetic.ts';
import { madeOf } from './call-table.ts';
import {
  asBytes,
  asDigits,
  asNumber,
  asText,
  commonType,
  fractionDigits,
  inType,
  isTime,
  truth,
  valuePiece,
} from './conversions.ts';
import { literal } from './fragments.ts';
import type { Piece, Scope } from './scope.ts';
import { areExact, compared } from './text-comparison.ts';
import { callPiece } from './translate-call.ts';
import { bitsPiece, quantifiedPiece, regexpPiece, rowsCompared, rowsIn } from './translate-predicate.ts';
import { shiftPiece } from './translate-time.ts';
import type { OutputColumn, Translator } from './translator.ts';

/** Where an expression stands. */
export interface Position {
  readonly scope: Scope;
  /** MySQL's name of the clause: `field list`, `where clause`. */
  readonly clause: string;
  /** Whether names of the SELECT list count here. */
  readonly aliases?: boolean;
  /** Where aggregate functions may not stand. */
  readonly noAggregates?: boolean;
  /** Where window functions may stand. */
  readonly windows?: boolean;
  /** Among the arguments of an aggregate function. */
  readonly inAggregate?: boolean;
}

const COMPARISONS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>=', '<=>']);

export function expressionPiece(translator: Translator, expr: Expr, at: Position): Piece {
  const written = writtenPiece(translator, expr, at);
  const piece: Piece = isTruth(expr) ? { ...written, truth: true } : written;
  return at.inAggregate === true ? piece : at.scope.rolledUp(piece);
}

export function whereText(translator: Translator, where: Expr, scope: Scope): string {
  return truth(expressionPiece(translator, where, { scope, clause: 'where clause', noAggregates: true }));
}

function isTruth(expr: Expr): boolean {
  if (expr.k === 'literal') return expr.truth === true;
  if (expr.k === 'binary') return COMPARISONS.has(expr.op) || /^(AND|OR|XOR)$/.test(expr.op);
  return expr.k === 'unary' ? expr.op === 'NOT' : /^(is|in|between|like|regexp|exists|quantified)$/.test(expr.k);
}

function writtenPiece(translator: Translator, expr: Expr, at: Position): Piece {
  const piece = (x: Expr): Piece => expressionPiece(translator, x, at);
  switch (expr.k) {
    case 'literal':
      return literalPiece(expr.value, expr.scale);
    case 'param':
      return valuePiece(translator.param(expr.index));
    case 'column':
      return columnPiece(expr.table, expr.name, at);
    case 'variable':
      return literalPiece(translator.variable(expr.name));
    case 'user-variable':
      return translator.userVariable(expr.name);
    case 'unary':
      return unaryPiece(expr.op, piece(expr.x));
    case 'binary':
      return rowsCompared(translator, expr, at) ?? binaryPiece(expr.op, piece(expr.left), piece(expr.right));
    case 'row':
      throw sqlError(1241, 1);
    case 'quantified':
      return quantifiedPiece(translator, expr, at);
    case 'regexp':
      return regexpPiece(translator, expr, at);
    case 'shift':
      return shiftPiece(piece(expr.x), piece(expr.by), expr.unit, expr.back);
    case 'collate': {
      const x = asText(piece(expr.x));
      return {
        ...x,
        sql: `(${x.sql} COLLATE ${expr.binary ? 'BINARY' : 'NOCASE'})`,
        collation: expr.binary ? 'binary' : 'nocase',
        explicit: true,
      };
    }
    case 'is':
      return isPiece(piece(expr.x), expr.what, expr.not);
    case 'in':
      return inPiece(translator, expr, at);
    case 'between': {
      const x = piece(expr.x);
      const both = `(${compare('>=', x, piece(expr.low))} AND ${compare('<=', x, piece(expr.high))})`;
      return { sql: expr.not ? `(NOT ${both})` : both, type: INT };
    }
    case 'like':
      return likePiece(piece(expr.x), piece(expr.pattern), expr);
    case 'case':
      return casePiece(expr, piece);
    case 'cast':
      return castPiece(piece(expr.x), expr.type);
    case 'call':
      return callPiece(translator, expr, at);
    case 'subquery': {
      const { sql, columns } = translator.select(expr.select, at.scope);
      if (columns.length !== 1) throw sqlError(1241, 1);
      // SQLite takes the first row of several: MySQL calls that an error.
      return {
        sql: `(SELECT my_single(count(*), max(v)) FROM (SELECT ${columns[0]!.reference} AS v FROM (${sql}) LIMIT 2))`,
        type: columns[0]!.type,
      };
    }
    case 'exists':
      return { sql: `EXISTS (${translator.select(expr.select, at.scope).sql})`, type: INT };
  }
}

function columnPiece(table: string | undefined, name: string, at: Position): Piece {
  if (at.aliases === true && table === undefined) {
    const alias = at.scope.aliases.get(name.toLowerCase());
    if (alias !== undefined) return alias;
  }
  return at.scope.find(table, name, at.clause);
}

/** A literal as a statement writes it: a scale makes DECIMAL, a negative one DOUBLE. */
function literalPiece(value: SqlValue, scale?: number): Piece {
  if (scale === undefined || typeof value !== 'number') return valuePiece(value);
  if (scale < 0) return { sql: literal(value, true), type: DOUBLE, constant: value };
  if (scale > DECIMAL_DIGITS - 1) throw unsupportedSql(`DECIMAL of more than ${DECIMAL_DIGITS} digits`);
  return { sql: literal(value, true), type: decimal(scale), constant: value };
}

function unaryPiece(op: '-' | 'NOT' | '~', x: Piece): Piece {
  if (op === 'NOT') return { sql: `(NOT ${truth(x)})`, type: INT };
  return op === '~' ? bitsPiece('^', x, valuePiece(-1))! : negative(asNumber(x));
}

function binaryPiece(op: BinaryOperator, left: Piece, right: Piece): Piece {
  const bits = bitsPiece(op, left, right);
  if (bits !== undefined) return bits;
  if (COMPARISONS.has(op)) return { sql: compare(op, left, right), type: INT };
  switch (op) {
    case 'AND':
    case 'OR':
      return { sql: `(${truth(left)} ${op} ${truth(right)})`, type: INT };
    case 'XOR':
      return { sql: `((NOT ${truth(left)}) <> (NOT ${truth(right)}))`, type: INT };
    default:
      return arithmetic(op, asNumber(left), asNumber(right));
  }
}

export function compare(op: string, left: Piece, right: Piece): string {
  const [a, b] = aligned(left, right);
  return `(${compared(a, [b])} ${op === '<=>' ? 'IS' : op} ${b.sql})`;
}

/** Both sides as values of one kind ("Type Conversion in Expression Evaluation"). */
function aligned(left: Piece, right: Piece): [Piece, Piece] {
  const [l, r] = [left.type, right.type];
  if (l.k === 'null' || r.k === 'null') return [left, right];
  if (isJson(l) !== isJson(r)) return [plainJson(left, right), plainJson(right, left)];
  if (l.k === r.k && l.k !== 'datetime') return [left, right];
  if (isTime(l) || isTime(r))
    return isTime(l) ? alignedTime(left, right) : (alignedTime(right, left).reverse() as [Piece, Piece]);
  if (isNumeric(l) || isNumeric(r)) return [asNumber(left), asNumber(right)];
  if (l.k === 'blob' || r.k === 'blob') return [asBytes(left), asBytes(right)];
  return [left, right];
}

/** JSON beside what is none: its number, or its text without quotes. */
function plainJson(x: Piece, other: Piece): Piece {
  if (!isJson(x.type)) return x;
  if (isNumeric(other.type)) return asNumber(x);
  return { sql: `my_json_unquote(${x.sql})`, type: madeOf([x], TEXT) };
}

function alignedTime(time: Piece, other: Piece): [Piece, Piece] {
  if (isNumeric(other.type) || other.type.k === 'blob') throw unsupportedSql('comparison of a time with a number');
  if (time.type.k === 'date' && other.type.k === 'date') return [time, other];
  const kind =
    time.type.k === 'date' && typeof other.constant === 'string' && !/\d[ T]\d/.test(other.constant)
      ? 'date'
      : 'datetime';
  const digits = Math.max(fractionDigits(time), fractionDigits(other));
  const full = (x: Piece): Piece => {
    if (kind === 'datetime') return asDigits(x, digits);
    return typeof x.constant === 'string'
      ? { ...x, sql: literal(timeText(x.constant, kind) ?? x.constant), type: DATE }
      : x;
  };
  return [full(time), full(other)];
}

function likePiece(x: Piece, pattern: Piece, { escape: sign, not }: Expr & { k: 'like' }): Piece {
  const [whole, form] = [asText(x).sql, asText(pattern).sql];
  if (areExact([x, pattern])) {
    const sql = `my_like_exactly(${whole}, ${form}, ${literal(sign)})`;
    return { sql: not ? `(NOT ${sql})` : sql, type: INT };
  }
  const escaping = sign === '' ? '' : ` ESCAPE ${literal(sign)}`;
  return { sql: `(${whole} ${not ? 'NOT ' : ''}LIKE ${form}${escaping})`, type: INT };
}

function isPiece(x: Piece, what: null | boolean, not: boolean): Piece {
  const sql = what === null ? `(${x.sql} IS NULL)` : `coalesce((NOT ${truth(x)}) = ${what ? 0 : 1}, 0)`;
  return { sql: not ? `(NOT ${sql})` : sql, type: INT };
}

function inPiece(translator: Translator, expr: Expr & { k: 'in' }, at: Position): Piece {
  const rows = rowsIn(translator, expr, at);
  if (rows !== undefined) return rows;
  const x = expressionPiece(translator, expr.x, at);
  const not = expr.not ? 'NOT ' : '';
  if ('k' in expr.among) {
    const { sql, columns } = translator.select(expr.among, at.scope);
    if (columns.length !== 1) throw sqlError(1241, 1);
    const [{ reference, type }] = columns as [OutputColumn];
    return { sql: `(${compared(x, [{ sql: reference, type }])} ${not}IN (${sql}))`, type: INT };
  }
  const all = expr.among.map((each) => expressionPiece(translator, each, at));
  const pairs = all.map((each) => aligned(x, each));
  // One left side for all where no member wants another.
  if (pairs.every(([left]) => left.sql === pairs[0]![0].sql)) {
    const left = pairs[0]![0];
    const right = pairs.map(([, each]) => each);
    return { sql: `(${compared(left, right)} ${not}IN (${right.map(({ sql }) => sql).join(', ')}))`, type: INT };
  }
  const any = `(${all.map((each) => compare('=', x, each)).join(' OR ')})`;
  return { sql: expr.not ? `(NOT ${any})` : any, type: INT };
}

function casePiece(expr: Expr & { k: 'case' }, piece: (x: Expr) => Piece): Piece {
  const base = expr.base && piece(expr.base);
  const results = expr.whens.map(([, then]) => piece(then));
  const otherwise = expr.otherwise && piece(expr.otherwise);
  const type = commonType([...results, ...(otherwise ? [otherwise] : [])]);
  const whens = expr.whens.map(([when], i) => {
    const condition = base ? compare('=', base, piece(when)) : truth(piece(when));
    return `WHEN ${condition} THEN ${inType(results[i]!, type)}`;
  });
  return { sql: `(CASE ${whens.join(' ')}${otherwise ? ` ELSE ${inType(otherwise, type)}` : ''} END)`, type };
}

function castPiece(x: Piece, type: ColumnType): Piece {
  switch (type.k) {
    case 'int':
      return { sql: `my_cast_int(${asNumberExactly(x)}, ${type.unsigned ? 1 : 0})`, type };
    case 'decimal':
      return { ...decimalOf(asNumber(x).sql, type.scale), type };
    case 'blob':
      return { ...asBytes(x), type };
    case 'double':
      return { sql: `(1.0 * ${asNumber(x).sql})`, type };
    case 'date':
      return { sql: `my_time('date', ${asText(x).sql}, 0)`, type };
    case 'datetime':
      return { sql: `my_time('datetime', ${asText(x).sql}, ${type.fraction})`, type };
    case 'text': {
      // What is too long is cut, with a warning in MySQL ("Cast Functions and Operators").
      const { sql } = asText(x);
      return { sql: type.length < 65_535 ? `my_left(${sql}, ${type.length})` : sql, type };
    }
    default:
      return { ...asText(x), type };
  }
}

/** Text is read as a whole number there, so that no digit is lost on the way. */
function asNumberExactly(x: Piece): string {
  return isText(x.type) ? x.sql : asNumber(x).sql;
}
