/** Expressions of REGEXP: what they find, what is refused by name, and that none of them takes its time. */
import { expect, test } from 'vitest';
import { Expressions, replaced } from './regexp.ts';

const matches = (text: string, pattern: string, ignoreCase = true): boolean =>
  new Expressions().of(pattern, ignoreCase).test([...text]);

test.each([
  ['abc', '^a', true],
  ['ABC', 'b', true],
  ['a1', '\\d', true],
  ['ab', '\\D\\d', false],
  ['x-y', '^[\\w-]+$', true],
  ['a.b', '^a[\\.]b$', true],
  ['a]b', 'a[\\]]b', true],
  ['a b', 'a\\sb', true],
  ['one two', '\\btwo\\b', true],
  ['<b>', '\\<b\\>', true],
  ['张三', '^.{2}$', true],
])('%s REGEXP %s: %s', (text, pattern, wanted) => {
  expect(matches(text, pattern)).toBe(wanted);
});

test('capitals count where they are told to', () => {
  expect(matches('ABC', 'b', false)).toBe(false);
});

test('an expression that would take ages by backtracking ends at once', () => {
  expect(matches('a'.repeat(2000), '^(a|aa)+(a*)*b$')).toBe(false);
});

test.each(['(?=a)', 'a*?', 'a++', '\\p{L}', '\\Aa'])('%s is refused by name', (pattern) => {
  expect(() => matches('a', pattern)).toThrow(/ in REGEXP'$/);
});

test('a mistake is told', () => {
  expect(() => matches('a', '(')).toThrow(expect.objectContaining({ errno: 1139 }));
});

test('every match is replaced, an empty one once', () => {
  const all = new Expressions();
  expect(replaced([...'a1b22'], all.of('[0-9]+', true), '<\\0>')).toBe('a<1>b<22>');
  expect(replaced([...'John Smith'], all.of('(\\w+) (\\w+)', true), '\\2, \\1')).toBe('Smith, John');
  expect(replaced([...'ab'], all.of('x*', true), '-')).toBe('-a-b-');
});
