/** Every mutant of mutants.ts still applies; whether it is caught is what `npm run mutants` finds out. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { mutants } from './mutants.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test.each(mutants)('$name', ({ file, from, to, tests }) => {
  expect(readFileSync(`${root}/${file}`, 'utf8').split(from).length - 1, `${file}: ${from}`).toBe(1);
  expect(to).not.toBe(from);
  expect(tests.filter((path) => !existsSync(`${root}/${path}`))).toEqual([]);
});

test('there are at least thirty, and no name twice', () => {
  expect(mutants.length).toBeGreaterThanOrEqual(30);
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
});
