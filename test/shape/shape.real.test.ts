/**
 * Window and throughput of an upload beside the real kernel's, second by second, on six paths with Reno and CUBIC (`npm run shape` prints the table);
 * then forty uploads at once, which lose packets all the time: what gets through, how evenly, and how much is sent again.
 * Needs root, /dev/net/tun and Python 3.
 */
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { COMPARING_CLOCKS } from '../comparing-clocks.ts';
import { type Distance, distance, type Shape, shapeOf } from './compare.ts';
import { kernelCrowd, kernelUploads } from './kernel-arm.ts';
import { crowd, type Point, pathName, points, type Share } from './points.ts';
import { simulatedCrowd, simulatedUpload } from './simulated.ts';

const SECONDS = 8;
const AT_ONCE = 6;
/** Paths that were off are asked again with fewer neighbours. */
const AT_ONCE_AGAIN = 2;
/** The machine is shared: a stall of it shows in the kernel's arm alone, so a single path may be off further than all together. */
const MEAN_MAX = 0.08;
const ONE_MAX = 0.25;
const CROWD_SECONDS = 5;
const SENT_AGAIN_MAX = 0.25;
/** In virtual time nothing jitters, so a full drop-tail queue goes on favouring the same flows for longer (phase effects: Floyd and Jacobson, 1992). */
const EVENNESS_MAX = 0.2;
const able = process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/dev/net/tun');

/** How far ours is from the kernel on each path. Ours is worked out while the kernel sends, which goes first on the machine (kernel.py). */
async function distances(asked: readonly Point[], atOnce: number): Promise<ReadonlyMap<Point, Distance>> {
  const sending = kernelUploads(asked, atOnce);
  const ours: Shape[] = [];
  for (const point of asked) ours.push(shapeOf(await simulatedUpload(point), SECONDS));
  const theirs = await sending;
  return new Map(asked.map((point, i) => [point, distance(ours[i]!, shapeOf(theirs[i]!, SECONDS))]));
}

const CURVES = ['cwnd', 'goodput'] as const;
const over = ([, apart]: readonly [Point, Distance], max: number): boolean =>
  CURVES.some((curve) => apart[curve] > max);

test.skipIf(!able)('cwnd and goodput follow the kernel on every path', COMPARING_CLOCKS, async () => {
  let apart = await distances(points(1, SECONDS), AT_ONCE);
  if (faults(apart).length > 0) {
    const off = [...apart].filter((each) => over(each, MEAN_MAX)).map(([point]) => point);
    apart = new Map([...apart, ...(await distances(off, AT_ONCE_AGAIN))]);
  }
  expect(faults(apart), told(apart)).toEqual([]);
});

function faults(apart: ReadonlyMap<Point, Distance>): string[] {
  const mean = (curve: keyof Distance): number =>
    [...apart.values()].reduce((sum, each) => sum + each[curve], 0) / apart.size;
  return [
    ...CURVES.filter((curve) => mean(curve) >= MEAN_MAX).map((curve) => `${curve} on the mean`),
    ...[...apart].filter((each) => over(each, ONE_MAX)).map(([point]) => nameOf(point)),
  ];
}

const nameOf = ({ algorithm, path }: Point): string => `${algorithm}, ${pathName(path)}`;
const told = (apart: ReadonlyMap<Point, Distance>): string =>
  JSON.stringify(Object.fromEntries([...apart].map(([point, each]) => [nameOf(point), each])), undefined, 1);

interface Crowding {
  readonly goodputMbit: number;
  /** Jain's index: 1 where all get the same. */
  readonly evenness: number;
  readonly sentAgain: number;
}

function crowding(shares: readonly Share[], seconds: number): Crowding {
  const sum = (of: (share: Share) => number): number => shares.reduce((total, share) => total + of(share), 0);
  const acked = sum(([bytes]) => bytes);
  return {
    goodputMbit: (acked * 8) / seconds / 1e6,
    evenness: acked ** 2 / (shares.length * sum(([bytes]) => bytes ** 2)),
    sentAgain: sum(([, again]) => again),
  };
}

describe.skipIf(!able).concurrent.each(['reno', 'cubic'] as const)('forty uploads at once, %s', (algorithm) => {
  test('share the path and lose as on the kernel', COMPARING_CLOCKS, async () => {
    const asked = crowd(algorithm, CROWD_SECONDS);
    const sending = kernelCrowd(asked);
    const ours = crowding(await simulatedCrowd(asked), CROWD_SECONDS);
    const theirs = crowding(await sending, CROWD_SECONDS);
    const told = JSON.stringify({ ours, theirs });
    expect(ours.goodputMbit / theirs.goodputMbit, told).toBeCloseTo(1, 1);
    expect(Math.abs(ours.evenness - theirs.evenness), told).toBeLessThan(EVENNESS_MAX);
    expect(Math.abs(ours.sentAgain / theirs.sentAgain - 1), told).toBeLessThan(SENT_AGAIN_MAX);
  });
});
