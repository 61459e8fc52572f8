import { expect, test } from 'vitest';
import { fractionOf, timeText } from './time-text.ts';

test.each([
  ['2024-02-29', 0, '2024-02-29 00:00:00'],
  ['2024-2-9 1:2:3', 0, '2024-02-09 01:02:03'],
  ['2024-02-29T01:02:03.9876', 0, '2024-02-29 01:02:03'],
  ['2024-02-29 01:02:03.9876', 3, '2024-02-29 01:02:03.987'],
  ['2024-02-29 01:02:03.5', 6, '2024-02-29 01:02:03.500000'],
  ['2024-02-29', 1, '2024-02-29 00:00:00.0'],
  ['2024-02-29 24:00:00', 0, undefined],
  ['2023-02-29 00:00:00', 0, undefined],
  ['2024-02-29 01:02:03.x', 3, undefined],
])('%s with %i digits is %s', (text, fraction, wanted) => expect(timeText(text, 'datetime', fraction)).toBe(wanted));

test('dates', () => {
  expect(timeText('2024-02-29 01:02:03.5', 'date', 3)).toBe('2024-02-29');
  expect(timeText('2023-02-29', 'date')).toBeUndefined();
});

test('digits that a text has', () => {
  expect(['2024-02-29', '2024-02-29 01:02:03.25', '2024-02-29 01:02:03.12345678', 'x.5'].map(fractionOf)).toEqual([
    0, 2, 6, 0,
  ]);
});
