/** Decoders, packet scripts and socket calls for five seconds in CI, all others for one. `npm run fuzz` does it for as long as one likes. */
import { expect, test } from 'vitest';
import { fuzz } from './engine.ts';
import { targets } from './targets.ts';

const LONGER = ['decoder', 'script', 'calls'];
const OUTCOMES = 11;

function secondsOf(name: string): number {
  return process.env.CI !== undefined && LONGER.includes(name) ? 5 : 1;
}

test.each(targets)('$name', async (target) => {
  const { cases, outcomes, finds } = await fuzz(target, 1, secondsOf(target.name), OUTCOMES);
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
