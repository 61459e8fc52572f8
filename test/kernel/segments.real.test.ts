/**
 * Our TCP and the kernel of this machine, behind the same hand-played peer: the same random segments and calls into both must give the same
 * segments and results. Needs root (a network namespace), /dev/net/tun and Python 3. SEGMENTS_SEED and SEGMENTS_CASES make another run.
 */
import { Stream } from '@netarium/core/random/random.ts';
import { expect, test } from 'vitest';
import { COMPARING_CLOCKS } from '../comparing-clocks.ts';
import { compareSegments } from './compare-segments.ts';
import { RandomSegments } from './random-segments.ts';

const SEED = Number(process.env.SEGMENTS_SEED ?? 1);
const CASES = Number(process.env.SEGMENTS_CASES ?? 1000);
/** The rest are timers that run out between two steps of a busy machine, and memory accounting that ours does not have. */
const TOLERATED = 0.02 * CASES;

test(`${CASES} random conversations with seed ${SEED}: the kernel's segments and errno`, COMPARING_CLOCKS, () => {
  const source = new RandomSegments(new Stream(SEED, 'segments'));
  const asked = Array.from({ length: CASES }, () => source.next());
  let { differences } = compareSegments(asked);
  // Alone, fewer are late.
  if (differences.length > TOLERATED) differences = compareSegments(differences.map(({ steps }) => steps)).differences;
  const differing = differences.map(
    ({ steps, ours, kernel }) =>
      `${JSON.stringify(steps)}\n  kernel ${kernel.join('\n         ')}\n  ours   ${ours.join('\n         ')}`,
  );
  expect(differing.length, differing.slice(0, 5).join('\n')).toBeLessThanOrEqual(TOLERATED);
});
