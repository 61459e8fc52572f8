/** Random socket calls: each answers on a simulated host what it answers on the kernel of this machine. Needs root and Python 3. CALLS_SEED and CALLS_CASES make another run. */
import { Stream } from '@netarium/core/random/random.ts';
import { expect, test } from 'vitest';
import { compareCalls } from './compare-calls.ts';
import { randomCalls } from './random-calls.ts';

const SEED = Number(process.env.CALLS_SEED ?? 1);
const CASES = Number(process.env.CALLS_CASES ?? 300);
/** The rest are ports that an ended connection keeps or gives back, and the order of two reasons to refuse. */
const AGREEMENT_MIN = 0.97;

test(`${CASES} random sequences of calls with seed ${SEED}: the kernel's values and errno`, async () => {
  const random = new Stream(SEED, 'calls');
  const { differences } = await compareCalls(Array.from({ length: CASES }, () => randomCalls(random)));
  const told = differences.map(({ sent, ours, kernel }) => ({ sent, ours, kernel }));
  expect(told.length / CASES, JSON.stringify(told.slice(0, 3), undefined, 1)).toBeLessThanOrEqual(1 - AGREEMENT_MIN);
});
