/** Pieces of SQL: literals and names, quoted so that no value can become code. */
import { hex } from '@netarium/core/base/bytes.ts';
import type { SqlValue } from '../types.ts';

/** A name in SQLite's SQL. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A name in MySQL's SQL, as SHOW, errors and the journal write it. */
export function backtick(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** A value in SQLite's SQL. */
export function literal(value: SqlValue, real = false): string {
  if (value === null) return 'NULL';
  if (typeof value === 'bigint') return value >= -(1n << 63n) && value < 1n << 63n ? String(value) : `${value}.0`;
  if (typeof value === 'number') return numberText(value, real);
  if (typeof value === 'string') return textLiteral(value);
  return `x'${hex(value)}'`;
}

function numberText(value: number, real: boolean): string {
  // SQLite reads it as infinite again.
  if (!Number.isFinite(value)) return value > 0 ? '9e999' : '-9e999';
  const text = Object.is(value, -0) ? '0' : String(value);
  return Number.isSafeInteger(value) && real ? `${text}.0` : text;
}

/** A NUL would end the text of a statement: such a text travels as bytes. */
function textLiteral(value: string): string {
  if (!value.includes('\0')) return `'${value.replaceAll("'", "''")}'`;
  return `my_join(${value
    .split('\0')
    .map((part) => `'${part.replaceAll("'", "''")}'`)
    .join(',')})`;
}
