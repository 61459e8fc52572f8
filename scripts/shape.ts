/**
 * Our congestion window and throughput beside the kernel's: one upload on each of six paths, with Reno and with CUBIC, the kernel's through a
 * relay in user space, ours over a cable with the same rate, queue, delay and lost packets. Prints the mean window, the goodput and how far the curves lie
 * apart, second by second. Needs Linux, root, /dev/net/tun and Python 3.
 *
 *     npm run shape -- [--seed 1] [--seconds 15] [--at-once 3] [--twice] [--json]
 *
 * `--twice` runs the kernel's arm again and prints how far the kernel is from itself: the noise of the measurement.
 */
import { parseArgs } from 'node:util';
import { type Distance, distance, type Shape, shapeOf } from '../test/shape/compare.ts';
import { kernelUploads } from '../test/shape/kernel-arm.ts';
import { type Point, pathName, points } from '../test/shape/points.ts';
import { simulatedUpload } from '../test/shape/simulated.ts';

interface Row {
  readonly point: Point;
  readonly ours: Shape;
  readonly kernel: Shape;
  readonly apart: Distance;
  readonly noise: Distance | undefined;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const percent = (part: number): string => `${(part * 100).toFixed(1)} %`.padStart(7);
const mbit = (shape: Shape): string => ((mean(shape.acked) * 8) / 1e6).toFixed(2).padStart(6);
const window = (shape: Shape): string => mean(shape.cwnd).toFixed(1).padStart(6);

function line({ point, ours, kernel, apart, noise }: Row): string {
  const name = `${point.algorithm.padEnd(5)} ${pathName(point.path)}`.padEnd(48);
  const own = noise === undefined ? '' : `   ${percent(noise.cwnd)} ${percent(noise.goodput)}`;
  return `${name} ${window(kernel)} ${window(ours)} ${percent(apart.cwnd)}  ${mbit(kernel)} ${mbit(ours)} ${percent(apart.goodput)}${own}`;
}

function head(twice: boolean): string {
  const columns = ` ${'cwnd'.padStart(6)} ${'ours'.padStart(6)} ${'apart'.padStart(7)}  ${'Mbit/s'.padStart(6)} ${'ours'.padStart(6)} ${'apart'.padStart(7)}`;
  return ''.padEnd(48) + columns + (twice ? '   kernel from itself' : '');
}

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '15' },
    'at-once': { type: 'string', default: '3' },
    twice: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
const asked = points(Number(values.seed), seconds);
const shapes = async (): Promise<readonly Shape[]> =>
  (await kernelUploads(asked, Number(values['at-once']))).map((samples) => shapeOf(samples, seconds));
const [first, second] = [await shapes(), values.twice ? await shapes() : undefined];
const rows: Row[] = [];
for (const [i, point] of asked.entries()) {
  const [kernel, ours] = [first[i]!, shapeOf(await simulatedUpload(point), seconds)];
  const noise = second && distance(second[i]!, kernel);
  rows.push({ point, ours, kernel, apart: distance(ours, kernel), noise });
}
const over = (pick: (row: Row) => number): number => mean(rows.map(pick));
if (values.json) {
  process.stdout.write(`${JSON.stringify(rows, (key, value) => (key === 'lost' ? undefined : value))}\n`);
} else {
  const total = `mean: cwnd ${percent(over(({ apart }) => apart.cwnd))}, goodput ${percent(over(({ apart }) => apart.goodput))}`;
  process.stdout.write(`${[head(values.twice), ...rows.map(line), total].join('\n')}\n`);
}
