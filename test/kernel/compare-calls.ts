/** Random socket calls on a simulated host and on the kernel of this machine: the same value or errno for each. Needs root (network namespaces) and Python 3. */
import { host, lab } from '@netarium/core/check/lab.ts';
import { runLab } from '@netarium/core/check/run-lab.ts';
import { systemImage } from '@netarium/userland/image.ts';
import { calls } from '../two-arms/calls.ts';
import { askPython } from './python.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What each step answers, line by line. */
export async function simulatedCalls(steps: string): Promise<readonly string[]> {
  let told: readonly string[] = [];
  const definition = lab({
    id: 'calls',
    machines: { a: host() },
    programs: { calls },
    async script({ a }) {
      const { stdout, stderr } = await a.sh(`calls '${steps}'`);
      told = `${stdout}${stderr}`.split('\n').filter(Boolean);
    },
  });
  await runLab(definition, { image: systemImage(), turn }, { seed: 1 });
  return told;
}

export interface CallsDifference {
  readonly sent: readonly string[];
  readonly ours: readonly string[];
  readonly kernel: readonly string[];
}

export async function compareCalls(cases: readonly string[], twice = false) {
  const ask = (): string[][] => askPython('run_calls.py', cases, 60_000 + cases.length * 200);
  const theirs = ask();
  const again = twice ? ask() : theirs;
  const differences: CallsDifference[] = [];
  let unstable = 0;
  for (const [i, steps] of cases.entries()) {
    const ours = await simulatedCalls(steps);
    if (theirs[i]!.join() !== again[i]!.join()) unstable++;
    else if (theirs[i]!.join() !== ours.join()) differences.push({ sent: [steps], ours, kernel: theirs[i]! });
  }
  return { differences, unstable };
}
