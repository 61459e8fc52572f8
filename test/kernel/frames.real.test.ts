/**
 * Our network layer and the kernel of this machine, as routers in the same place, are sent the same random frames; they must answer with the
 * same bytes. Needs root (network namespaces) and Python 3 (packet sockets). KERNEL_SEED and KERNEL_CASES make another run.
 */
import { expect, test } from 'vitest';
import { compareFrames } from './compare-frames.ts';
import { RandomFrames } from './random-frames.ts';

const SEED = Number(process.env.KERNEL_SEED ?? 1);
const CASES = Number(process.env.KERNEL_CASES ?? 1000);

test(`${CASES} random frames from seed ${SEED}: the same answers as the kernel`, () => {
  const random = new RandomFrames(SEED);
  const { differences, answered } = compareFrames(Array.from({ length: CASES }, () => random.next()));
  expect(answered).toBeGreaterThan(CASES / 5);
  expect(differences).toEqual([]);
});

test.each(['arp', 'icmp', 'frag', 'udp'] as const)('%s: cases that ask for an answer, and get the same', (area) => {
  const random = new RandomFrames(SEED, area);
  const { differences, answered } = compareFrames(Array.from({ length: 300 }, () => random.next()));
  expect(answered).toBeGreaterThan(300 / 2);
  expect(differences).toEqual([]);
});
