/**
 * Every pair of `pairs/`: outputs, exceptions, exit status and guaranteed orders as in CPython 3.11, ratios of time within 15 %. CPython's halves mostly sleep and
 * so run side by side; what then differs from ours is asked again alone, as a neighbour may have come in between, and only what differs every time is a difference.
 */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, type RunnerTestSuite } from 'vitest';
import { COMPARING_CLOCKS } from '../comparing-clocks.ts';
import { agrees, differences, type Outcome, ratiosOf, ratioText } from './compare.ts';
import type { Pair } from './pair.ts';
import { pythonVersion, runAllReal, runOurs, runReal } from './run-pair.ts';

/** Asked again, the middle one of so many counts. */
const RUNS_AGAIN = 3;
const AT_ONCE = 4;
const files = readdirSync(fileURLToPath(new URL('pairs/', import.meta.url)));
const names = files.filter((file) => file.endsWith('.py')).map((file) => file.slice(0, -'.py'.length));
const pairs = await Promise.all(
  names.map(async (name) => [name, ((await import(`./pairs/${name}.ts`)) as { default: Pair }).default] as const),
);
/** What CPython did at first, by name. */
let first: Promise<ReadonlyMap<string, Outcome>> | undefined;

it('has CPython 3.11, and both halves of every pair', () => {
  expect(pythonVersion()).toMatch(/^Python 3\.11\./);
  expect(files.filter((file) => file.endsWith('.ts')).sort()).toEqual(names.map((name) => `${name}.ts`).sort());
});

/** All, or those that `-t` chose. */
const namesAsked = ({ tasks }: RunnerTestSuite): string[] =>
  tasks.filter(({ mode }) => mode !== 'skip').map((task) => task.name.split(' ')[0]!);

function complaints(pair: Pair, real: readonly Outcome[], ours: Outcome): string[] {
  const ratios = ratiosOf(pair, real, ours).filter((ratio) => !agrees(ratio));
  return [...real.flatMap((outcome) => differences(pair, outcome, ours)), ...ratios.map(ratioText)];
}

describe('each pair', () => {
  it.for(pairs)('%s is the same in CPython and in ours', COMPARING_CLOCKS, async ([name, pair], { task }) => {
    const ours = await runOurs(pair);
    expect(ours.problems).toEqual([]);
    first ??= runAllReal(namesAsked(task.suite!), AT_ONCE);
    let real = [(await first).get(name)!];
    if (complaints(pair, real, ours).length > 0) {
      real = [];
      while (real.length < (pair.ratios === undefined ? 1 : RUNS_AGAIN)) real.push(await runReal(name));
    }
    while (real.length < (pair.runs ?? 1)) real.push(await runReal(name));
    expect(complaints(pair, real, ours), real.map(({ stderr }) => stderr).join('') + ours.stderr).toEqual([]);
    for (const ratio of ratiosOf(pair, real, ours)) console.log(`${name}: ${ratioText(ratio)}`);
  });
});
