import { expect, it } from 'vitest';
import { Glob } from './glob.ts';

it('matches as Redis does', () => {
  for (const [pattern, text, matches] of [
    ['', '', true],
    ['*', '', true],
    ['h?llo', 'hello', true],
    ['h?llo', 'hllo', false],
    ['h*llo', 'heeeello', true],
    ['*a*b*', 'xxaxxbxx', true],
    ['*a*b', 'axbx', false],
    ['h[ae]llo', 'hallo', true],
    ['h[^e]llo', 'hello', false],
    ['h[a-b]llo', 'hbllo', true],
    ['h[b-a]llo', 'hallo', true],
    ['a\\*c', 'a*c', true],
    ['a\\*c', 'abc', false],
    ['a\\', 'a\\', true],
    ['a[', 'a', false],
    ['a[b', 'ab', true],
    ['a[\\]]', 'a]', true],
    ['[]', 'x', false],
    ['[^]', 'x', true],
    ['a.c', 'abc', false],
    ['x\n*', 'x\nyz', true],
  ] as const)
    expect(new Glob(pattern).test(text), `${pattern} on ${text}`).toBe(matches);
});

it('many stars take no longer', () => {
  expect(new Glob(`${'*a'.repeat(200)}b`).test('a'.repeat(5000))).toBe(false);
});
