/** Every pair of `pairs/`: outputs, exceptions, exit status and guaranteed orders as in CPython 3.11, ratios of time within 15 %. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { COMPARING_CLOCKS } from '../comparing-clocks.ts';
import { agrees, differences, ratiosOf, ratioText } from './compare.ts';
import type { Pair } from './pair.ts';
import { pythonVersion, runOurs, runReal } from './run-pair.ts';

/** The middle one counts. */
const RUNS_FOR_RATIOS = 3;
const files = readdirSync(fileURLToPath(new URL('pairs/', import.meta.url)));
const names = files.filter((file) => file.endsWith('.py')).map((file) => file.slice(0, -'.py'.length));
const pairs = await Promise.all(
  names.map(async (name) => [name, ((await import(`./pairs/${name}.ts`)) as { default: Pair }).default] as const),
);

it('has CPython 3.11, and both halves of every pair', () => {
  expect(pythonVersion()).toMatch(/^Python 3\.11\./);
  expect(files.filter((file) => file.endsWith('.ts')).sort()).toEqual(names.map((name) => `${name}.ts`).sort());
});

describe.each(pairs)('%s', (name, pair) => {
  it('is the same in CPython and in ours', pair.ratios === undefined ? {} : COMPARING_CLOCKS, async () => {
    const runs = pair.runs ?? (pair.ratios === undefined ? 1 : RUNS_FOR_RATIOS);
    const real = Array.from({ length: runs }, () => runReal(name));
    const ours = await runOurs(pair);
    expect(ours.problems).toEqual([]);
    for (const outcome of real) expect(differences(pair, outcome, ours), outcome.stderr + ours.stderr).toEqual([]);
    const ratios = ratiosOf(pair, real, ours);
    for (const ratio of ratios) console.log(`${name}: ${ratioText(ratio)}, ${runs} runs`);
    expect(ratios.filter((ratio) => !agrees(ratio)).map(ratioText)).toEqual([]);
  });
});
