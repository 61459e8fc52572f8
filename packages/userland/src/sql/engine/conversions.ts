/** Pieces of SQL as another type: what MySQL does where a text meets a number ("Type Conversion in Expression Evaluation"). */
import { unsupportedSql } from '../errors.ts';
import { FRACTION_MAX, fractionOf, timeText } from '../time-text.ts';
import {
  BIGINT,
  BLOB,
  type ColumnType,
  DOUBLE,
  datetime,
  decimal,
  isJson,
  isNumeric,
  isText,
  NULL_TYPE,
  type SqlValue,
  TEXT,
} from '../types.ts';
import { literal } from './fragments.ts';
import type { Piece } from './scope.ts';

/** A value that came from outside, or is known. */
export function valuePiece(value: SqlValue): Piece {
  if (value === null) return { sql: 'NULL', type: NULL_TYPE };
  if (typeof value === 'string') return { sql: literal(value), type: TEXT, constant: value };
  if (value instanceof Uint8Array) return { sql: literal(value), type: BLOB };
  if (typeof value === 'bigint' || Number.isSafeInteger(value))
    return { sql: literal(value), type: BIGINT, constant: value };
  return { sql: literal(value, true), type: DOUBLE, constant: value };
}

/** A text counts as the number that it begins with. */
export function truth(x: Piece): string {
  return isText(x.type) ? asNumber(x).sql : x.sql;
}

export function asNumber(x: Piece): Piece {
  if (isNumeric(x.type) || x.type.k === 'null') return x;
  if (isTime(x.type)) throw unsupportedSql('arithmetic with a time');
  if (isJson(x.type)) return { sql: `my_json_number(${x.sql})`, type: DOUBLE };
  if (typeof x.constant === 'string' && isNumberText(x.constant))
    return { sql: literal(Number(x.constant), true), type: DOUBLE };
  return { sql: `my_number(${x.sql})`, type: DOUBLE };
}

/** Nothing but a number, and blanks around it. */
export function isNumberText(text: string): boolean {
  return /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/.test(text);
}

/** The number that a text begins with, 0 where there is none. */
export function numberPrefix(text: string): number {
  return Number(/^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/.exec(text)?.[1] ?? 0);
}

export function asText(x: Piece): Piece {
  if (isText(x.type) || isTime(x.type) || x.type.k === 'null') return x;
  const to = (sql: string): Piece => ({ sql, type: TEXT });
  switch (x.type.k) {
    case 'decimal':
      return to(`my_decimal_text(${x.sql}, ${x.type.scale})`);
    case 'double':
      return to(`my_double_text(${x.sql})`);
    case 'float':
      return to(`my_float_text(${x.sql})`);
    default:
      return to(`CAST(${x.sql} AS TEXT)`);
  }
}

export function asBytes(x: Piece): Piece {
  return x.type.k === 'blob' ? x : { sql: `CAST(${asText(x).sql} AS BLOB)`, type: BLOB };
}

/** One type for values that meet in a column. */
export function commonType(pieces: readonly Pick<Piece, 'type'>[]): ColumnType {
  const types = pieces.map(({ type }) => type).filter(({ k }) => k !== 'null');
  const [first] = types;
  if (first === undefined) return NULL_TYPE;
  if (first.k === 'datetime' && types.every(({ k }) => k === 'datetime'))
    return { ...first, fraction: Math.max(...types.map(digitsOf)) };
  const exact = types.some((type) => type.k === 'text' && type.binary);
  if (first.k === 'text' && types.every(({ k }) => k === 'text'))
    return { ...(types.every((type) => isJson(type) === isJson(first)) ? first : TEXT), binary: exact };
  if (types.every(({ k }) => k === first.k && k !== 'decimal' && k !== 'int')) return first;
  // Of integers that are not alike comes a BIGINT; with a sign where one has it.
  if (types.every(({ k }) => k === 'int')) return types.every((type) => sameInteger(type, first)) ? first : BIGINT;
  if (types.every(isNumeric)) {
    if (types.some(({ k }) => k === 'double' || k === 'float')) return DOUBLE;
    return types.some(({ k }) => k === 'decimal') ? decimal(Math.max(...types.map(scaleOf))) : BIGINT;
  }
  return types.some(({ k }) => k === 'blob') ? BLOB : { ...TEXT, binary: exact };
}

/** Digits of a fraction of a second. */
function digitsOf(type: ColumnType): number {
  return type.k === 'datetime' ? type.fraction : 0;
}

/** A time with as many digits as a type has: times of one column, and times that are compared, have the same. */
export function asDigits(x: Piece, fraction: number): Piece {
  const type = datetime(fraction);
  if (typeof x.constant === 'string')
    return { ...x, sql: literal(timeText(x.constant, 'datetime', fraction) ?? x.constant), type };
  if (x.type.k === 'date') return { sql: `(${x.sql} || '${` 00:00:00${zeros(0, fraction)}`}')`, type };
  if (x.type.k !== 'datetime' || x.type.fraction > fraction)
    return { sql: `my_time('datetime', ${asText(x).sql}, ${fraction})`, type };
  return x.type.fraction === fraction ? x : { sql: `(${x.sql} || '${zeros(x.type.fraction, fraction)}')`, type };
}

function zeros(from: number, to: number): string {
  return (from === 0 && to > 0 ? '.' : '') + '0'.repeat(to - from);
}

/** As it stands beside others of one type. */
export function inType(x: Piece, type: ColumnType): string {
  return type.k === 'datetime' && x.type.k === 'datetime' ? asDigits(x, type.fraction).sql : x.sql;
}

/** Digits behind the seconds that a value of this kind may have. */
export function fractionDigits({ type, constant }: Piece): number {
  if (typeof constant === 'string') return fractionOf(constant);
  return isTime(type) ? digitsOf(type) : type.k === 'null' ? 0 : FRACTION_MAX;
}

export function scaleOf(type: ColumnType): number {
  return type.k === 'decimal' ? type.scale : 0;
}

export function isTime(type: ColumnType): boolean {
  return type.k === 'date' || type.k === 'datetime';
}

function sameInteger(a: ColumnType, b: ColumnType): boolean {
  return a.k === 'int' && b.k === 'int' && a.name === b.name && a.unsigned === b.unsigned;
}
