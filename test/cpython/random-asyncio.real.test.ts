/** Random programs over asyncio's parts do step by step what CPython 3.11 does. `NETARIUM_ASYNCIO_SEEDS=5000` for more of them. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { bench } from '@netarium/core/syscall/kernel.test-util.ts';
import { expect, it } from 'vitest';
import { programOf, randomSpec } from './random-asyncio.ts';

const SEEDS = Number(process.env.NETARIUM_ASYNCIO_SEEDS ?? 500);
const FOREVER_NS = 8e18;

async function ours(seed: number): Promise<string[]> {
  const trace: string[] = [];
  const world = bench();
  world.start(programOf(randomSpec(seed), trace));
  await world.run(FOREVER_NS);
  if (world.crashes.length > 0) throw world.crashes[0];
  return trace;
}

it(`${SEEDS} random programs`, async () => {
  const seeds = Array.from({ length: SEEDS }, (_, i) => i + 1);
  const script = fileURLToPath(new URL('random-asyncio.py', import.meta.url));
  const { stdout, stderr, status } = spawnSync('python3', ['-P', script], {
    input: JSON.stringify(seeds.map(randomSpec)),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: 120_000,
  });
  expect(status, stderr).toBe(0);
  const real = JSON.parse(stdout) as string[][];
  const different: string[] = [];
  for (const [i, seed] of seeds.entries()) {
    const [own, theirs] = [await ours(seed), real[i]!];
    const at = theirs.findIndex((line, k) => line !== own[k]);
    if (at >= 0 || own.length !== theirs.length)
      different.push(`seed ${seed}, line ${at + 1}: CPython '${theirs[at]}', ours '${own[at]}'`);
  }
  expect(different).toEqual([]);
});
