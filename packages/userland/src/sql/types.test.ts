/** Values come into columns by strict mode; DECIMAL is exact. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ColumnType, cutDecimal, decimalText, doubleText, roundDecimal, storedValue, valueText } from './types.ts';

const to = { column: 'c', row: 1 };
const int = (name: 'tinyint' | 'int' | 'bigint', unsigned = false): ColumnType => ({ k: 'int', name, unsigned });
const errno = (run: () => unknown): number => {
  try {
    run();
  } catch (error) {
    return (error as { errno: number }).errno;
  }
  return 0;
};

test('decimals are rounded half away from zero, by their digits and not by their doubles', () => {
  expect([1.005, 2.675, -1.005, 0.5, 1.45].map((x) => roundDecimal(x, 2))).toEqual([1.01, 2.68, -1.01, 0.5, 1.45]);
  expect(decimalText(0, 2)).toBe('0.00');
  expect(decimalText(-0.001, 2)).toBe('0.00');
  expect(decimalText(1e14, 0)).toBe('100000000000000');
  expect(decimalText(0.99999, 4)).toBe('1.0000');
});

test('a decimal of at most fifteen digits comes back as it was written', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -999_999_999_999_999, max: 999_999_999_999_999 }),
      fc.integer({ min: 0, max: 14 }),
      (digits, scale) => {
        const sign = digits < 0 ? '-' : '';
        const text = String(Math.abs(digits)).padStart(scale + 1, '0');
        const written = scale === 0 ? sign + text : `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`;
        expect(decimalText(Number(written), scale)).toBe(written);
      },
    ),
  );
});

test('a quotient is cut, not rounded', () => {
  expect(cutDecimal(2 / 3, 9)).toBe(0.666666666);
  expect(cutDecimal(-2 / 3, 9)).toBe(-0.666666666);
  expect(cutDecimal(0.3 / 0.1, 9)).toBe(3);
  expect(cutDecimal(1e-12, 9)).toBe(0);
});

describe('integers', () => {
  test('within their bounds', () => {
    expect(storedValue('127', int('tinyint'), to)).toBe(127);
    expect(errno(() => storedValue(128, int('tinyint'), to))).toBe(1264);
    expect(storedValue(255, int('tinyint', true), to)).toBe(255);
    expect(errno(() => storedValue(-1, int('tinyint', true), to))).toBe(1264);
    expect(storedValue(9223372036854775807n, int('bigint'), to)).toBe(9223372036854775807n);
    expect(errno(() => storedValue(9223372036854775808n, int('bigint'), to))).toBe(1264);
  });

  test('of other values', () => {
    expect(storedValue(1.5, int('int'), to)).toBe(2);
    expect(storedValue(-1.5, int('int'), to)).toBe(-2);
    expect(storedValue(' 7 ', int('int'), to)).toBe(7);
    expect(errno(() => storedValue('seven', int('int'), to))).toBe(1366);
    expect(errno(() => storedValue('7 dwarfs', int('int'), to))).toBe(1265);
  });
});

test('text is as long as its letters', () => {
  const type: ColumnType = { k: 'text', name: 'varchar', length: 2, binary: false };
  expect(storedValue('张三', type, to)).toBe('张三');
  expect(storedValue('😀😀', type, to)).toBe('😀😀');
  expect(errno(() => storedValue('abc', type, to))).toBe(1406);
});

test('ENUM, DATE, DECIMAL', () => {
  expect(storedValue('RED', { k: 'enum', values: ['red', 'green'] }, to)).toBe('red');
  expect(errno(() => storedValue('blue', { k: 'enum', values: ['red'] }, to))).toBe(1265);
  expect(storedValue('2026-1-5', { k: 'date' }, to)).toBe('2026-01-05');
  expect(errno(() => storedValue('2026-02-29', { k: 'date' }, to))).toBe(1292);
  expect(errno(() => storedValue(1000, { k: 'decimal', precision: 5, scale: 2 }, to))).toBe(1264);
});

test('whole numbers are written with all of their digits, as keys and as texts', () => {
  expect([1234567890123456, -(2 ** 53) + 1, 2n ** 60n].map((value) => valueText(value, int('bigint')))).toEqual([
    '1234567890123456',
    '-9007199254740991',
    '1152921504606846976',
  ]);
  expect(valueText(1e15, { k: 'double' })).toBe('1e15');
  expect(storedValue(1234567890123456, { k: 'text', name: 'varchar', length: 20, binary: false }, to)).toBe(
    '1234567890123456',
  );
});

test('doubles as MySQL writes them', () => {
  expect([1e10, 1e15, 1.5e300, 0.1, 1e-7].map(doubleText)).toEqual(['10000000000', '1e15', '1.5e300', '0.1', '1e-7']);
});
