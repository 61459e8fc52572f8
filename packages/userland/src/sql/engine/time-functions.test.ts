/** Calendar arithmetic of SQL: months of other lengths, weeks by their modes, formats both ways. MariaDB holds more of it in test/real. */
import { expect, test } from 'vitest';
import { TIME_FUNCTIONS } from './time-functions.ts';

const call = (name: string, ...args: (string | number | null)[]): unknown => TIME_FUNCTIONS[name]!(...args);

test.each([
  ['2026-01-31', 1, 'MONTH', '2026-02-28'],
  ['2024-02-29', 1, 'YEAR', '2025-02-28'],
  ['2026-03-31', -1, 'QUARTER', '2025-12-31'],
  ['2026-12-31 23:59:59', 1, 'SECOND', '2027-01-01 00:00:00'],
  ['2026-01-01', 36, 'HOUR', '2026-01-02 12:00:00'],
  ['9999-12-31', 1, 'DAY', null],
  ['2026-01-01 00:00:00.25', 1.5, 'SECOND', '2026-01-01 00:00:01.75'],
  ['2026-01-01', -1, 'MICROSECOND', '2025-12-31 23:59:59.999999'],
  ['2026-02-30', 1, 'DAY', null],
])('%s and %s %s: %s', (from, by, unit, wanted) => {
  expect(call('time_shift', 'text', from, by, unit, 0, unit === 'MICROSECOND' ? 6 : 0)).toBe(wanted);
});

test('a month has gone by when its day and time are there again', () => {
  expect(call('timestampdiff', 'MONTH', '2026-01-31', '2026-02-28')).toBe(0);
  expect(call('timestampdiff', 'MONTH', '2026-01-31 10:00:00', '2026-03-31 09:59:59')).toBe(1);
  expect(call('timestampdiff', 'YEAR', '2026-05-05', '2000-05-06')).toBe(-25);
  expect(call('timestampdiff', 'MONTH', '2026-01-31 10:00:00.5', '2026-03-31 10:00:00.4')).toBe(1);
  expect(call('timestampdiff', 'MICROSECOND', '2026-01-01 00:00:00.5', '2026-01-01')).toBe(-500_000);
});

// The days around New Year, as MariaDB 10.11 numbers them.
test.each([
  ['2026-01-01', 0, 0],
  ['2026-01-01', 1, 1],
  ['2026-01-01', 2, 52],
  ['2026-01-01', 3, 1],
  ['2026-01-01', 6, 53],
  ['2025-12-31', 3, 1],
  ['2026-12-31', 3, 53],
])('the week of %s in mode %s is %s', (day, mode, week) => {
  expect(call('week', day, mode, 0)).toBe(week);
});

test('what DATE_FORMAT wrote STR_TO_DATE reads', () => {
  const format = '%d.%c.%Y %h:%i:%s %p';
  const text = call('date_format', '2026-11-05 13:02:03', format) as string;
  expect(text).toBe('05.11.2026 01:02:03 PM');
  expect(call('str_to_date', text, format, 'datetime', 0)).toBe('2026-11-05 13:02:03');
  expect(call('str_to_date', '31.02.2026', '%d.%m.%Y', 'date', 0)).toBeNull();
});
