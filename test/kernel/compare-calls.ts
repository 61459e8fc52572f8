/** Random socket calls on a simulated host and on the kernel of this machine: the same value or errno for each. Needs root (network namespaces) and Python 3. */
import { host, lab } from '@netarium/core/check/lab.ts';
import { runLab } from '@netarium/core/check/run-lab.ts';
import { turn } from '@netarium/core/syscall/kernel.test-util.ts';
import { systemImage } from '@netarium/userland/image.ts';
import { calls } from '../two-arms/calls.ts';
import { askPython } from './python.ts';

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

/** After each call the host gets a moment. */
const SETTLE_MS = 3;
const spelt = (calls: readonly string[]): string => calls.map((call) => `${call}; sleep ${SETTLE_MS}`).join('; ');

export interface CallsDifference {
  readonly number: number;
  readonly sent: readonly string[];
  readonly ours: readonly string[];
  readonly kernel: readonly string[];
}

export async function compareCalls(cases: readonly (readonly string[])[], twice = false) {
  const texts = cases.map(spelt);
  const ask = (): string[][] => askPython('run_calls.py', texts, 60_000 + texts.length * 200);
  const theirs = ask();
  const again = twice ? ask() : theirs;
  const differences: CallsDifference[] = [];
  let unstable = 0;
  for (const [number, text] of texts.entries()) {
    const [ours, kernel] = [await simulatedCalls(text), theirs[number]!];
    if (kernel.join() !== again[number]!.join()) unstable++;
    else if (kernel.join() !== ours.join()) differences.push({ number, sent: cases[number]!, ours, kernel });
  }
  return { differences, unstable };
}
