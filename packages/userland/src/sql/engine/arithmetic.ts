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
  if (op === 'DIV')
    return { sql: whole(`my_div(${a.sql}, ${b.sql}, ${Math.max(digitsOf(a), digitsOf(b))})`, type), type };
  if (type.k === 'double')
    return { sql: op === '/' || op === '%' ? called(op, a, b, '') : `(1.0 * ${a.sql} ${op} ${b.sql})`, type };
  if (type.k === 'decimal') return decimalPiece(op, a, b, type.scale);
  return { sql: op === '%' ? plain : whole(plain, type), type };
}

/** MySQL keeps what is behind the point in groups of nine digits, and cuts a quotient there. */
const QUOTIENT_DIGITS = 9;

function digitsOf({ type, loose }: Piece): number {
  return loose === true ? QUOTIENT_DIGITS : scaleOf(type);
}

function called(op: string, a: Piece, b: Piece, more: string): string {
  return `my_${op === '/' ? 'divide' : 'mod'}(${a.sql}, ${b.sql}${more})`;
}

function whole(sql: string, type: ColumnType): string {
  return `${type.k === 'int' && type.unsigned ? 'my_unsigned' : 'my_bigint'}(${sql})`;
}

function decimalPiece(op: string, a: Piece, b: Piece, scale: number): Piece {
  const loose = op === '/' || a.loose === true || b.loose === true;
  const value =
    op === '/'
      ? called(op, a, b, `, ${QUOTIENT_DIGITS}`)
      : op === '%'
        ? called(op, a, b, `, ${scale}`)
        : `(${a.sql} ${op} ${b.sql})`;
  return decimalOf(value, scale, loose);
}

export function decimalOf(sql: string, scale: number, loose = false): Piece {
  return { sql: `my_${loose ? 'loose' : 'decimal'}(${sql}, ${scale})`, type: decimal(scale), ...(loose && { loose }) };
}

/** An unsigned operand makes an unsigned result; of a remainder the dividend decides. */
function arithmeticType(op: string, a: ColumnType, b: ColumnType): ColumnType {
  const unsigned = isUnsigned(a) || (op !== '%' && isUnsigned(b));
  const integer = { ...BIGINT, unsigned } as ColumnType;
  if (op === 'DIV') return integer;
  if ([a, b].some(({ k }) => k === 'double' || k === 'float')) return DOUBLE;
  // The quotient of exact values has four digits more than the dividend (div_precision_increment).
  if (op === '/') return decimal(Math.min(scaleOf(a) + 4, DECIMAL_DIGITS - 1));
  if (a.k !== 'decimal' && b.k !== 'decimal') return integer;
  return decimal(Math.min(op === '*' ? scaleOf(a) + scaleOf(b) : Math.max(scaleOf(a), scaleOf(b)), DECIMAL_DIGITS - 1));
}

function isUnsigned(type: ColumnType): boolean {
  return type.k === 'int' && type.unsigned;
}

export function negative({ sql, type, loose }: Piece): Piece {
  return { sql: `(- ${sql})`, type: type.k === 'int' ? BIGINT : type, ...(loose && { loose }) };
}
