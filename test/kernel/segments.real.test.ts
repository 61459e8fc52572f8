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
const AGREEMENT_MIN = 0.98;

test(`${CASES} random conversations with seed ${SEED}: the kernel's segments and errno`, COMPARING_CLOCKS, () => {
  const source = new RandomSegments(new Stream(SEED, 'segments'));
  const { differences } = compareSegments(Array.from({ length: CASES }, () => source.next()));
  const differing = differences.map(
    ({ number, steps, ours, kernel }) =>
      `case ${number}: ${JSON.stringify(steps)}\n  kernel ${kernel.join('\n         ')}\n  ours   ${ours.join('\n         ')}`,
  );
  expect(differing.length / CASES, differing.slice(0, 5).join('\n')).toBeLessThanOrEqual(1 - AGREEMENT_MIN);
});
