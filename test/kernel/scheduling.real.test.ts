/**
 * Preemption and fairness beside the kernel of this machine: processes that never wait share one core, and get CPU time in the same proportions on a
 * simulated host and here, within 15 %. What else this machine does at the time takes from all of them alike; what then is off is asked again, and the median counts.
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

const SECONDS = 1;
const RUNS_AGAIN = 3;
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

interface Shares {
  readonly name: string;
  readonly nices: readonly number[];
  /** Of each process but the first, in the simulation and in the kernel's runs. */
  readonly simulated: readonly number[];
  readonly real: readonly (readonly number[])[];
}

const measured = ({ real }: Shares, i: number): number[] => real.map((ratios) => ratios[i]!);
const agrees = (shares: Shares): boolean =>
  shares.simulated.every((ratio, i) => Math.abs(ratio / median(measured(shares, i)) - 1) <= WITHIN);

function told(shares: Shares): string {
  const parts = shares.simulated.map((ratio, i) => {
    const real = measured(shares, i);
    const spread = real.length === 1 ? '' : ` (${Math.min(...real).toFixed(3)} to ${Math.max(...real).toFixed(3)})`;
    return `to the ${i + 2}.: ours ${ratio.toFixed(3)}, the kernel ${median(real).toFixed(3)}${spread}`;
  });
  return `${shares.name}, ${parts.join('; ')}`;
}

/** Scenarios in so many runs of the kernel. */
function withReal(asked: readonly Omit<Shares, 'real'>[], runs: number): Shares[] {
  const scenarios = Array.from({ length: runs }, () => asked.map(({ nices }) => nices)).flat();
  const { used } = askPython<Real>('scheduling.py', { seconds: SECONDS, scenarios }, 120_000);
  return asked.map((shares, at) => ({
    ...shares,
    real: used.filter((_, i) => i % asked.length === at).map(proportions),
  }));
}

test('shares of one core by nice value, as from the kernel', { ...COMPARING_CLOCKS, timeout: 180_000 }, async ({
  skip,
}) => {
  const { forbidden } = askPython<Real>('scheduling.py', { seconds: 0, scenarios: [] }, 60_000);
  if (forbidden !== '') skip(`this kernel forbids it: ${forbidden}`);
  const simulated = await Promise.all(
    Object.entries(SCENARIOS).map(async ([name, nices]) => ({
      name,
      nices,
      simulated: proportions(await ours(nices)),
    })),
  );
  const shares = withReal(simulated, 1);
  const off = shares.filter((each) => !agrees(each));
  const again = off.length === 0 ? [] : withReal(off, RUNS_AGAIN);
  for (const each of [...shares.filter(agrees), ...again]) console.log(told(each));
  expect(again.filter((each) => !agrees(each)).map(told)).toEqual([]);
});
