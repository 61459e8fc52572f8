/** Each target for five seconds in CI, for one elsewhere; `npm run fuzz` does it for as long as one likes. */
import { expect, test } from 'vitest';
import { fuzz } from './engine.ts';
import { targets } from './targets.ts';

const SECONDS = process.env.CI === undefined ? 1 : 5;
const OUTCOMES = 11;

test.each(targets)(`$name, ${SECONDS} s`, async (target) => {
  const { cases, outcomes, finds } = await fuzz(target, 1, SECONDS, OUTCOMES);
  expect(finds).toEqual([]);
  // The search begins, and comes to several ends.
  expect(cases).toBeGreaterThan(target.corpus().length);
  expect(outcomes).toBeGreaterThanOrEqual(OUTCOMES);
});

test('what a target throws is found, with its input', async () => {
  const target = {
    name: 'brittle',
    corpus: () => ['[1]', '{"a": "b"}'],
    run: (input: string) => JSON.stringify(JSON.parse(input)),
  };
  const { finds } = await fuzz(target, 1, 1);
  expect(finds.length).toBeGreaterThan(0);
  for (const { input } of finds) expect(() => target.run(input)).toThrow();
});
