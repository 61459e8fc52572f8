/**
 * Arithmetic of MySQL ("Arithmetic Operators"): whole numbers stay whole or are out of range, DECIMAL is rounded to its scale after each step. A quotient has more digits
 * than are shown and goes on with them ("loose"): it is rounded when somebody looks at it or keeps it.
 */
import { BIGINT, type ColumnType, DECIMAL_DIGITS, DOUBLE, decimal } from '../types.ts';
import { scaleOf } from './conversions.ts';
import type { Piece } from './scope.ts';

/** Both sides are numbers. */
export function arithmetic(op: string, a: Piece, b: Piece): Piece {
  const type = arithmeticType(op, a.type, b.type);
  const plain = `(${a.sql} ${op} ${b.sql})`;
  if (op === 'DIV') return { sql: whole(`my_div(${a.sql}, ${b.sql}, ${wholeDigits(a, b)})`, type), type };
  if (type.k === 'double')
    return { sql: op === '/' || op === '%' ? called(op, a, b, '') : `(1.0 * ${a.sql} ${op} ${b.sql})`, type };
  if (type.k === 'decimal') return decimalPiece(op, a, b, type.scale);
  return { sql: op === '%' ? plain : whole(plain, type), type };
}

/** MySQL keeps what is behind the point in groups of nine digits, and cuts a quotient there. */
const GROUP = 9;
/** So many digits a quotient of exact values has more than the dividend (div_precision_increment). */
const QUOTIENT_MORE = 4;

function digitsOf({ type, loose }: Piece): number {
  return loose ?? scaleOf(type);
}

/** Digits behind the point by which both become whole numbers: all that they show, but of a quotient's others the first group, which a double still holds. */
function wholeDigits(a: Piece, b: Piece): number {
  return Math.max(...[a, b].map(({ type, loose = 0 }) => Math.max(scaleOf(type), Math.min(loose, GROUP))));
}

/** Digits that a quotient goes on with: more than are shown. */
function quotientDigits(a: number, b: number): number {
  const grouped = (digits: number): number => GROUP * Math.ceil(digits / GROUP);
  const [x, y] = [grouped(a), grouped(b)];
  return grouped(x + y + Math.max(QUOTIENT_MORE - (x - a) - (y - b), 0));
}

function called(op: string, a: Piece, b: Piece, more: string): string {
  return `my_${op === '/' ? 'divide' : 'mod'}(${a.sql}, ${b.sql}${more})`;
}

function whole(sql: string, type: ColumnType): string {
  return `${type.k === 'int' && type.unsigned ? 'my_unsigned' : 'my_bigint'}(${sql})`;
}

function decimalPiece(op: string, a: Piece, b: Piece, scale: number): Piece {
  const [x, y] = [digitsOf(a), digitsOf(b)];
  if (op === '/') {
    const digits = quotientDigits(x, y);
    return decimalOf(called(op, a, b, `, ${digits}`), scale, digits);
  }
  const value = op === '%' ? called(op, a, b, `, ${wholeDigits(a, b)}`) : `(${a.sql} ${op} ${b.sql})`;
  if (a.loose === undefined && b.loose === undefined) return decimalOf(value, scale);
  return decimalOf(value, scale, op === '*' ? x + y : Math.max(x, y));
}

export function decimalOf(sql: string, scale: number, loose?: number): Piece {
  return { sql: `my_${loose ? 'loose' : 'decimal'}(${sql}, ${scale})`, type: decimal(scale), ...(loose && { loose }) };
}

/** An unsigned operand makes an unsigned result; of a remainder the dividend decides. */
function arithmeticType(op: string, a: ColumnType, b: ColumnType): ColumnType {
  const unsigned = isUnsigned(a) || (op !== '%' && isUnsigned(b));
  const integer = { ...BIGINT, unsigned } as ColumnType;
  if (op === 'DIV') return integer;
  if ([a, b].some(({ k }) => k === 'double' || k === 'float')) return DOUBLE;
  if (op === '/') return decimal(Math.min(scaleOf(a) + QUOTIENT_MORE, DECIMAL_DIGITS - 1));
  if (a.k !== 'decimal' && b.k !== 'decimal') return integer;
  return decimal(Math.min(op === '*' ? scaleOf(a) + scaleOf(b) : Math.max(scaleOf(a), scaleOf(b)), DECIMAL_DIGITS - 1));
}

function isUnsigned(type: ColumnType): boolean {
  return type.k === 'int' && type.unsigned;
}

export function negative({ sql, type, loose }: Piece): Piece {
  return { sql: `(- ${sql})`, type: type.k === 'int' ? BIGINT : type, ...(loose && { loose }) };
}
