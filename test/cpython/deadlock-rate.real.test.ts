/**
 * How often the noodle-and-fork program deadlocks: over seeds in ours, over runs in CPython 3.11. Single outcomes are luck on both sides; the rate is
 * decided by what the interpreter profile and the costs stand for (wake-up latency, hand-over in the kernel, `print` letting the interpreter lock go),
 * and on a machine whose cores are all busy by its neighbours.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { bench } from '@netarium/core/syscall/kernel.test-util.ts';
import { noodles } from '@netarium/labs/noodles-and-forks/programs.ts';
import { expect, it } from 'vitest';
import { COMPARING_CLOCKS } from '../comparing-clocks.ts';

const FILE = fileURLToPath(new URL('noodles.py', import.meta.url));
const SEEDS = 60;
const RUNS = 16;
const AT_ONCE = 2;
/** Whoever eats says so every 0.2 s. */
const SILENCE_MS = 1000;

async function realDeadlocks(): Promise<boolean> {
  const child = spawn('python3', ['-u', FILE], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  let silent: NodeJS.Timeout | undefined;
  child.stdout.on('data', () => {
    clearTimeout(silent);
    silent = setTimeout(() => child.kill('SIGKILL'), SILENCE_MS);
  });
  await closed;
  clearTimeout(silent);
  return child.exitCode !== 0;
}

async function oursDeadlocks(seed: number): Promise<boolean> {
  const world = bench({}, { seed, cpu: { cores: 2, scheduler: { scheduler: 'eevdf' } } });
  const { process } = world.start(noodles, ['noodles', 'printed']);
  await world.run(5_000_000_000);
  return process.exitStatus === undefined;
}

it('is alike in ours and in CPython', { ...COMPARING_CLOCKS, timeout: 120_000 }, async () => {
  let ours = 0;
  for (let seed = 1; seed <= SEEDS; seed++) if (await oursDeadlocks(seed)) ours++;
  let real = 0;
  for (let run = 0; run < RUNS; run += AT_ONCE) {
    const stuck = await Promise.all(Array.from({ length: AT_ONCE }, realDeadlocks));
    real += stuck.filter(Boolean).length;
  }
  console.log(`deadlocks: ours ${ours} of ${SEEDS} seeds, CPython ${real} of ${RUNS} runs`);
  // Three standard deviations of so few runs are a third.
  expect(Math.abs(ours / SEEDS - real / RUNS)).toBeLessThan(0.34);
  expect(ours).toBeGreaterThan(0);
  expect(ours).toBeLessThan(SEEDS);
});
