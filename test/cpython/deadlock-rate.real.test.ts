/**
 * How often the noodle-and-fork program deadlocks: over seeds in ours, over runs in CPython 3.11. Single outcomes are luck on both sides; the rate is
 * decided by what the interpreter profile and the costs stand for (wake-up latency, hand-over in the kernel, `print` letting the interpreter lock go).
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { bench } from '@netarium/core/syscall/kernel.test-util.ts';
import { noodles } from '@netarium/labs/noodles-and-forks/programs.ts';
import { expect, it } from 'vitest';

const FILE = fileURLToPath(new URL('noodles.py', import.meta.url));
const SEEDS = 60;
const RUNS = 16;
/** An undisturbed dinner takes 0.8 s. */
const PATIENCE_MS = 1500;

function realDeadlocks(): boolean {
  const { error } = spawnSync('python3', ['-u', FILE], { timeout: PATIENCE_MS, killSignal: 'SIGKILL' });
  return error !== undefined;
}

async function oursDeadlocks(seed: number): Promise<boolean> {
  const world = bench({}, { seed, cpu: { cores: 2, scheduler: { scheduler: 'eevdf' } } });
  const { process } = world.start(noodles, ['noodles', 'printed']);
  await world.run(5_000_000_000);
  return process.exitStatus === undefined;
}

it('is alike in ours and in CPython', async () => {
  let ours = 0;
  for (let seed = 1; seed <= SEEDS; seed++) if (await oursDeadlocks(seed)) ours++;
  let real = 0;
  for (let run = 0; run < RUNS; run++) if (realDeadlocks()) real++;
  console.log(`deadlocks: ours ${ours} of ${SEEDS} seeds, CPython ${real} of ${RUNS} runs`);
  // Three standard deviations of so few runs are a third.
  expect(Math.abs(ours / SEEDS - real / RUNS)).toBeLessThan(0.34);
  expect(ours).toBeGreaterThan(0);
  expect(ours).toBeLessThan(SEEDS);
}, 120_000);
