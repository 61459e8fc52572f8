/**
 * Every lab of the catalogue: all checks met as it is, each counter-run turns what it names into "not met", and nothing is left over. In parts by the labs'
 * first letters (`labs-a-e.test.ts` …), so that they run side by side.
 */
import type { LabDefinition } from '@netarium/core/check/lab.ts';
import type { LabRun } from '@netarium/core/check/lab-run.ts';
import { runLab } from '@netarium/core/check/run-lab.ts';
import { turn } from '@netarium/core/syscall/kernel.test-util.ts';
import { systemImage } from '@netarium/userland/image.ts';
import { describe, expect, it } from 'vitest';
import { catalogue } from './catalogue/index.ts';

const run = (lab: LabDefinition, set: Record<string, number | string | boolean> = {}): Promise<LabRun> =>
  runLab(lab, { image: systemImage(), turn }, { set });

const verdicts = (result: LabRun, ids: readonly string[]) =>
  result.checks.filter(({ id }) => ids.includes(id)).map(({ id, verdict, saw }) => `${id}: ${verdict} (${saw})`);

/** The labs whose names begin with a letter from `first` to `last`. */
export async function testLabs(first: string, last: string): Promise<void> {
  const part = [...catalogue].filter(([id]) => id[0]! >= first && id[0]! <= last);
  const labs = await Promise.all(part.map(async ([id, load]) => [id, await load()] as const));
  describe.each(labs)('%s', testLab);
}

function testLab(id: string, lab: LabDefinition): void {
  const counterRuns = Object.entries(lab.counterRuns ?? {});

  it('meets its checks and leaves nothing over', async () => {
    expect(lab.id).toBe(id);
    const result = await run(lab);
    expect(result.checks.filter(({ verdict }) => verdict !== 'met')).toEqual([]);
    expect(result.problems).toEqual([]);
  });

  it.each(counterRuns)('counter-run %s', async (_, { set, flips }) => {
    const result = await run(lab, set);
    expect(verdicts(result, flips).filter((line) => !line.includes(': not met'))).toEqual([]);
    expect(flips.every((flip) => result.checks.some((check) => check.id === flip))).toBe(true);
    expect(result.problems).toEqual([]);
  });

  it('has a counter-run for every check of a row or claim', () => {
    const flipped = new Set(counterRuns.flatMap(([, { flips }]) => flips));
    const never = Object.entries(lab.checks ?? {}).filter(
      ([check, { row, claim }]) => (row !== undefined || claim !== undefined) && !flipped.has(check),
    );
    expect(never.map(([check]) => check)).toEqual([]);
  });
}
