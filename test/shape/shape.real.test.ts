/**
 * Window and throughput of an upload beside the real kernel's, second by second, on six paths with Reno and CUBIC (`npm run shape` prints the table).
 * Needs root, /dev/net/tun and Python 3.
 */
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { COMPARING_CLOCKS } from '../comparing-clocks.ts';
import { type Distance, distance, shapeOf } from './compare.ts';
import { kernelUploads } from './kernel-arm.ts';
import { pathName, points } from './points.ts';
import { simulatedUpload } from './simulated.ts';

const SECONDS = 10;
const AT_ONCE = 3;
/** The machine is shared: a stall of it shows in the kernel's arm alone, so a single path may be off further than all together. */
const MEAN_MAX = 0.08;
const ONE_MAX = 0.25;
const able = process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/dev/net/tun');

test.skipIf(!able)('cwnd and goodput follow the kernel on every path', COMPARING_CLOCKS, async () => {
  const asked = points(1, SECONDS);
  const theirs = await kernelUploads(asked, AT_ONCE);
  const apart = new Map<string, Distance>();
  for (const [i, point] of asked.entries()) {
    const ours = shapeOf(await simulatedUpload(point), SECONDS);
    apart.set(`${point.algorithm}, ${pathName(point.path)}`, distance(ours, shapeOf(theirs[i]!, SECONDS)));
  }
  const told = JSON.stringify(Object.fromEntries(apart), undefined, 1);
  for (const curve of ['cwnd', 'goodput'] as const) {
    const errors = [...apart.values()].map((each) => each[curve]);
    expect(errors.reduce((sum, each) => sum + each, 0) / errors.length, told).toBeLessThan(MEAN_MAX);
    expect(Math.max(...errors), told).toBeLessThan(ONE_MAX);
  }
});
