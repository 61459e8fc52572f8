/**
 * Preemption and fairness beside the kernel of this machine: processes that never wait share one core, and get CPU time in the same proportions on a
 * simulated host and here, within 15 % of the median of the real runs. What else this machine does at the time takes from all of them alike.
 */
import { host, lab } from '@netarium/core/check/lab.ts';
import { runLab } from '@netarium/core/check/run-lab.ts';
import { turn } from '@netarium/core/syscall/kernel.test-util.ts';
import type { ProgramModule } from '@netarium/core/syscall/program.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { systemImage } from '@netarium/userland/image.ts';
import { expect, test } from 'vitest';
import { COMPARING_CLOCKS } from '../comparing-clocks.ts';
import { askPython } from './python.ts';

const SECONDS = 2;
const RUNS = 3;
const WITHIN = 0.15;
const NS = 1_000_000_000;
const PORTION_NS = 100_000;

/** Nice values of the processes on the core; the proportions are to the first. */
const SCENARIOS: Readonly<Record<string, readonly number[]>> = {
  'two equal ones': [0, 0],
  'four equal ones': [0, 0, 0, 0],
  'nice 0 and nice 3': [0, 3],
  'nice 0 and nice 5': [0, 5],
  'two of nice 0 and one of nice 5': [0, 0, 5],
};

interface Real {
  readonly forbidden: string;
  readonly used: readonly (readonly number[])[];
}

const proportions = (used: readonly number[]): number[] => used.slice(1).map((seconds) => used[0]! / seconds);

/** Portions of work that each process got done. */
async function ours(nices: readonly number[]): Promise<number[]> {
  const done = nices.map(() => 0);
  const main: ProgramModule = {
    async main(sys) {
      const startNs = (await sys.clock_gettime('monotonic')) + 0.2 * NS;
      for (const i of nices.keys()) await sys.fork('spin', [i, startNs]);
      for (const _ of nices) await sys.waitpid(-1);
      return 0;
    },
    async spin(sys: Sys, i: number, startNs: number) {
      await sys.sched_setaffinity(0, [0]);
      await sys.nice(nices[i]!);
      await sys.nanosleep(startNs - (await sys.clock_gettime('monotonic')));
      for (; (await sys.clock_gettime('monotonic')) < startNs + SECONDS * NS; done[i]!++) await sys.cpu(PORTION_NS);
      return 0;
    },
  };
  const definition = lab({
    id: 'scheduling',
    machines: { h: host() },
    programs: { main },
    script: async ({ h }) => void expect((await h.sh('exec main')).status).toBe(0),
  });
  const { problems } = await runLab(definition, { image: systemImage(), turn });
  expect(problems).toEqual([]);
  return done;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

test('shares of one core by nice value, as from the kernel', { ...COMPARING_CLOCKS, timeout: 180_000 }, async ({
  skip,
}) => {
  const runs: Real[] = [];
  for (let i = 0; i < RUNS; i++)
    runs.push(askPython<Real>('scheduling.py', { seconds: SECONDS, scenarios: Object.values(SCENARIOS) }, 60_000));
  const why = runs[0]!.forbidden;
  if (why !== '') skip(`this kernel forbids it: ${why}`);
  for (const [at, [name, nices]] of Object.entries(SCENARIOS).entries()) {
    const real = runs.map(({ used }) => proportions(used[at]!));
    const simulated = proportions(await ours(nices));
    for (const [i, ratio] of simulated.entries()) {
      const measured = real.map((ratios) => ratios[i]!);
      const middle = median(measured);
      const spread = `${Math.min(...measured).toFixed(3)} to ${Math.max(...measured).toFixed(3)}`;
      console.log(`${name}, to the ${i + 2}.: ours ${ratio.toFixed(3)}, the kernel ${middle.toFixed(3)} (${spread})`);
      expect(Math.abs(ratio / middle - 1), `${name}: ours ${ratio}, the kernel ${spread}`).toBeLessThanOrEqual(WITHIN);
    }
  }
});
