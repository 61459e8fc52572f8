/**
 * What it costs that a run is asked where its programs make their calls, as recordings want it: CPU time of the same lab without and with the command line's
 * `CallSite`, in turns, and per system call. The digests are equal, or this fails.
 *
 *     npx tsx bench/micro/call-sites.ts [lab] [rounds]
 */
import { strict as assert } from 'node:assert';
import { runLab } from '@netarium/core/check/run-lab.ts';
import type { Recorder } from '@netarium/core/record/recorder.ts';
import { catalogue } from '@netarium/labs/catalogue/index.ts';
import { environment } from '../../packages/cli/src/environment.ts';
import { CallStacks } from '../../packages/cli/src/source/call-stacks.ts';

const [lab = 'threaded-server', rounds = '5'] = process.argv.slice(2);
const definition = await catalogue.get(lab)!();
let calls = 0;
const recorder = (heard: Recorder): void => heard.on('thread.call', () => void calls++);

async function timed(more: {
  readonly callSite?: () => string;
}): Promise<{ readonly ms: number; readonly digest: string }> {
  const before = process.cpuUsage();
  const { runDigest } = await runLab(definition, { ...environment(), ...more }, { listener: { recorder } });
  const { user, system } = process.cpuUsage(before);
  return { ms: (user + system) / 1000, digest: runDigest };
}

const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

const [plain, asked]: [number[], number[]] = [[], []];
// The first round warms up, and reads the source maps.
for (let round = 0; round <= Number(rounds); round++) {
  calls = 0;
  const [without, seen] = [await timed({}), await timed({ callSite: new CallStacks().callSite })];
  assert.equal(seen.digest, without.digest);
  if (round === 0) continue;
  plain.push(without.ms);
  asked.push(seen.ms);
}
const [before, after] = [middle(plain), middle(asked)];
console.log(`${lab}: ${before.toFixed(0)} ms without, ${after.toFixed(0)} ms with, ${calls} calls`);
console.log(`${((1000 * (after - before)) / calls).toFixed(1)} us of CPU time per call`);
