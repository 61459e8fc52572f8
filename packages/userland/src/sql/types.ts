/**
 * Types of columns: which values they hold, and how a value comes in, by MySQL's strict mode (MySQL Reference Manual, "Data Types" and "Server SQL Modes"): what does
 * not fit is an error, never cut. DECIMAL has at most 15 digits here, so that each of its values is one double and arithmetic, rounded to the scale, is exact.
 */
import { sameBytes } from '@netarium/core/base/bytes.ts';
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { type SqlError, sqlError } from './errors.ts';
import { JsonError, readJson } from './json.ts';
import { timeText } from './time-text.ts';

export type SqlValue = null | number | bigint | string | Uint8Array;

export type ColumnType =
  | { readonly k: 'int'; readonly name: IntegerName; readonly unsigned: boolean }
  | { readonly k: 'double' }
  | { readonly k: 'float' }
  | { readonly k: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly k: 'text'; readonly name: string; readonly length: number; readonly binary: boolean }
  | { readonly k: 'blob'; readonly name: string; readonly length: number }
  | { readonly k: 'date' }
  /** With so many digits of fractions of a second, none to six. */
  | { readonly k: 'datetime'; readonly name: 'datetime' | 'timestamp'; readonly fraction: number }
  | { readonly k: 'enum'; readonly values: readonly string[] }
  | { readonly k: 'null' };

export type IntegerName = 'tinyint' | 'smallint' | 'mediumint' | 'int' | 'bigint';

export const BIGINT: ColumnType = { k: 'int', name: 'bigint', unsigned: false };
export const INT: ColumnType = { k: 'int', name: 'int', unsigned: false };
export const DOUBLE: ColumnType = { k: 'double' };
export const TEXT = { k: 'text', name: 'varchar', length: 65_535, binary: false } as const satisfies ColumnType;
export const datetime = (fraction: number) =>
  ({ k: 'datetime', name: 'datetime', fraction }) as const satisfies ColumnType;
export const DATETIME: ColumnType = datetime(0);
export const DATE: ColumnType = { k: 'date' };
export const BLOB: ColumnType = { k: 'blob', name: 'blob', length: 65_535 };
/** JSON is text that is looked through when it is stored. */
export const JSON_TYPE = {
  k: 'text',
  name: 'json',
  length: 4_294_967_295,
  binary: false,
} as const satisfies ColumnType;
export const NULL_TYPE: ColumnType = { k: 'null' };
export const decimal = (scale: number): ColumnType => ({ k: 'decimal', precision: DECIMAL_DIGITS, scale });

/** A double holds each decimal number of so many digits apart. */
export const DECIMAL_DIGITS = 15;

const INTEGER_BITS: ReadonlyMap<IntegerName, bigint> = new Map([
  ['tinyint', 8n],
  ['smallint', 16n],
  ['mediumint', 24n],
  ['int', 32n],
  ['bigint', 64n],
]);

export function isNumeric(type: ColumnType): boolean {
  return type.k === 'int' || type.k === 'double' || type.k === 'float' || type.k === 'decimal';
}

export function isJson(type: ColumnType): boolean {
  return type.k === 'text' && type.name === 'json';
}

export function isText(type: ColumnType): boolean {
  return type.k === 'text' || type.k === 'enum';
}

/** As SHOW CREATE TABLE and DESCRIBE write it. */
export function typeText(type: ColumnType): string {
  switch (type.k) {
    case 'int':
      return type.name + (type.unsigned ? ' unsigned' : '');
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'text':
      return sized(type) ? `${type.name}(${type.length})` : type.name;
    case 'blob':
      return sized(type) ? `${type.name}(${type.length})` : type.name;
    case 'enum':
      return `enum(${type.values.map((value) => `'${value.replaceAll("'", "''")}'`).join(',')})`;
    case 'datetime':
      return type.name + (type.fraction > 0 ? `(${type.fraction})` : '');
    default:
      return type.k;
  }
}

function sized({ name }: { readonly name: string }): boolean {
  return /char$|binary$/.test(name);
}

/** Whom to blame. */
export interface Target {
  readonly column: string;
  readonly row: number;
}

/** The value as the column keeps it; throws what strict mode says of one that does not fit. NULL is the caller's business. */
export function storedValue(value: Exclude<SqlValue, null>, type: ColumnType, to: Target): SqlValue {
  switch (type.k) {
    case 'int':
      return storedInteger(value, type, to);
    case 'decimal':
      return storedDecimal(numberOf(value, 'decimal', to), type.precision, type.scale, to);
    case 'double':
      return numberOf(value, 'double', to);
    case 'float':
      return Math.fround(numberOf(value, 'float', to));
    case 'date':
    case 'datetime':
      return storedTime(textOf(value), type, to);
    case 'enum':
      return storedEnum(textOf(value), type.values, to);
    case 'blob': {
      const bytes = value instanceof Uint8Array ? value : encodeUtf8(textOf(value));
      if (bytes.length > type.length) throw sqlError(1406, to.column, to.row);
      return bytes;
    }
    case 'text': {
      const text = textOf(value);
      if (value instanceof Uint8Array && !sameBytes(encodeUtf8(text), value))
        throw sqlError(1366, 'string', shownBytes(value), to.column, to.row);
      if (text.length > type.length && [...text].length > type.length) throw sqlError(1406, to.column, to.row);
      if (isJson(type)) checkJson(text, to);
      return text;
    }
    case 'null':
      return value;
  }
}

function checkJson(text: string, { column }: Target): void {
  try {
    readJson(text);
  } catch (error) {
    throw error instanceof JsonError ? sqlError(3140, error.message, error.at, column) : error;
  }
}

/** As MySQL writes bytes that are no text. */
function shownBytes(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, 6), (byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  );
  return shown.join('') + (bytes.length > 6 ? '...' : '');
}

function storedInteger(value: Exclude<SqlValue, null>, type: ColumnType & { k: 'int' }, to: Target): SqlValue {
  const number = typeof value === 'bigint' ? value : integerOf(value, to);
  const bits = INTEGER_BITS.get(type.name)!;
  // SQLite's integers end at 2^63 - 1: the upper half of BIGINT UNSIGNED is out of range here.
  const [low, high] = type.unsigned
    ? [0n, (1n << (bits === 64n ? 63n : bits)) - 1n]
    : [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n];
  if (number < low || number > high) throw sqlError(1264, to.column, to.row);
  return compact(number);
}

function integerOf(value: number | string | Uint8Array, to: Target): bigint {
  if (typeof value !== 'number') {
    const text = textOf(value).trim();
    if (/^[+-]?\d{1,30}$/.test(text)) return BigInt(text);
    value = numberOf(value, 'integer', to);
  }
  if (Math.abs(value) >= 1e20) throw sqlError(1264, to.column, to.row);
  // Half away from zero.
  return BigInt(value < 0 ? -Math.round(-value) : Math.round(value));
}

function numberOf(value: Exclude<SqlValue, null>, kind: string, to: Target): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  const text = textOf(value);
  if (!/^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(text)) {
    const number = /^\s*[+-]?(\d+\.?\d*|\.\d+)/.test(text);
    throw number ? sqlError(1265, to.column, to.row) : sqlError(1366, kind, text, to.column, to.row);
  }
  return Number(text);
}

function storedDecimal(value: number, precision: number, scale: number, to: Target): number {
  const rounded = roundDecimal(value, scale);
  const [whole] = decimalText(Math.abs(rounded), scale).split('.');
  if (whole!.replace(/^0/, '').length > precision - scale) throw sqlError(1264, to.column, to.row);
  return rounded;
}

function storedEnum(text: string, values: readonly string[], to: Target): string {
  const found = values.find((each) => each.toLowerCase() === text.toLowerCase());
  if (found === undefined) throw sqlError(1265, to.column, to.row);
  return found;
}

/** To so many digits after the point, half away from zero, as the decimal number that a double of 15 digits stands for. */
export function roundDecimal(value: number, scale: number): number {
  return Number(decimalText(value, scale));
}

/** A double as a decimal number with so many digits after the point. */
export function decimalText(value: number, scale: number): string {
  const { digits, point } = decimalDigits(value);
  const keep = point + scale;
  let kept = keep > 0 ? BigInt(digits.slice(0, keep).padEnd(keep, '0')) : 0n;
  if (keep >= 0 && keep < digits.length && digits[keep]! >= '5') kept++;
  const text = String(kept).padStart(scale + 1, '0');
  const whole = text.slice(0, text.length - scale);
  return `${kept !== 0n && value < 0 ? '-' : ''}${whole}${scale === 0 ? '' : `.${text.slice(text.length - scale)}`}`;
}

/** The same without what comes after those digits. */
export function cutDecimal(value: number, scale: number): number {
  const { digits, point } = decimalDigits(value);
  const kept = digits.slice(0, Math.max(point + scale, 0));
  return kept === '' ? 0 : Number(`${value < 0 ? '-' : ''}0.${kept}e${point}`);
}

/** The absolute value is 0.digits times ten to the power of `point`. */
function decimalDigits(value: number): { readonly digits: string; readonly point: number } {
  const [mantissa, exponent] = Math.abs(value)
    .toExponential(DECIMAL_DIGITS - 1)
    .split('e');
  return { digits: mantissa!.replace('.', ''), point: Number(exponent) + 1 };
}

/** A number where it is exact, else a bigint. */
export function compact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

export function textOf(value: Exclude<SqlValue, null>): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return decodeUtf8(value);
  return typeof value === 'number' && !Number.isSafeInteger(value) ? doubleText(value) : String(value);
}

/** A value as text, as MySQL writes it for its type. */
export function valueText(value: Exclude<SqlValue, null>, type: ColumnType): string {
  if (type.k === 'decimal' && typeof value === 'number') return decimalText(value, type.scale);
  if (type.k === 'float' && typeof value === 'number') return floatText(value);
  return typeof value === 'number' && type.k === 'double' ? doubleText(value) : textOf(value);
}

/** As MySQL writes a DOUBLE: the shortest digits that come back, an exponent from 1e15 on. */
export function doubleText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  const text = String(value);
  if (text.includes('e')) return text.replace('e+', 'e');
  return Math.abs(value) >= 1e15 ? value.toExponential().replace('e+', 'e') : text;
}

/** The shortest digits that come back to the same single-precision number. */
export function floatText(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return doubleText(Number(text));
  }
  return doubleText(value);
}

function storedTime(text: string, type: ColumnType & { k: 'date' | 'datetime' }, to: Target): string {
  const stored = timeText(text, type.k, type.k === 'datetime' ? type.fraction : 0);
  if (stored === undefined) throw incorrectTime(type.k, text, to);
  return stored;
}

function incorrectTime(kind: string, text: string, { column, row }: Target): SqlError {
  return sqlError(1292, kind, text, column, row);
}
