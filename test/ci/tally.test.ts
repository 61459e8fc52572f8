import { expect, test } from 'vitest';
import { count, line, readExcuses } from '../../scripts/tally-reporter.ts';

const outcomes = [
  { name: 'a', state: 'passed' },
  { name: 'b', state: 'skipped' },
  { name: 'c', state: 'failed' },
] as const;

test('a skip is a skip where nobody asks why', () => {
  expect(line(count(outcomes))).toBe('1 passed, 1 failed, 1 skipped');
});

test('an unlisted skip counts as failed, a listed one does not', () => {
  expect(count(outcomes, new Set()).unexcused).toEqual(['b']);
  expect(line(count(outcomes, new Set()))).toBe('1 passed, 2 failed');
  expect(line(count(outcomes, new Set(['b'])))).toBe('1 passed, 1 failed, 1 skipped');
});

test('a test that never ended has failed', () => {
  expect(count([{ name: 'a', state: 'pending' }])).toMatchObject({ passed: 0, failed: 1 });
});

test('an excuse without a reason is none', () => {
  expect(() => readExcuses('[{ "test": "a" }]')).toThrow('reason');
  expect(readExcuses('[{ "test": "a", "reason": "no such kernel module" }]')).toEqual(new Set(['a']));
});
