import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { afterAll, expect, test } from 'vitest';
import { CallStacks } from './call-stacks.ts';

const folder = mkdtempSync(join(tmpdir(), 'netarium-stacks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PROGRAM = `(call, deep) => {
  const down = (left) => left === 0
    ? call()
    : down(left - 1);
  return down(deep);
}`;

/** The lines of a program's frames, the innermost first, when it has called itself so often. */
function linesAt(deep: number): number[] {
  const filename = join(folder, 'program.js');
  writeFileSync(filename, PROGRAM);
  const stacks = new CallStacks();
  const program = runInThisContext(PROGRAM, { filename }) as (call: () => string, deep: number) => string;
  const site = program(() => stacks.callSite(), deep);
  const { frames, files } = stacks.text();
  expect(files.map(({ name }) => name.endsWith('program.js'))).toEqual([true]);
  return site.split(' ').map((number) => frames[Number(number)]!.line);
}

const recursed = (times: number): number[] => Array<number>(times).fill(4);

test.each([0, 3, 20, 21, 22, 23, 24, 60])('a program that called itself %i times has a frame for each', (deep) => {
  expect(linesAt(deep)).toEqual([3, ...recursed(deep), 5]);
});

test('a stack deeper than a hundred frames is cut', () => {
  const lines = linesAt(500);
  expect(lines.slice(0, 80)).toEqual([3, ...recursed(79)]);
  expect(lines.length).toBeLessThanOrEqual(100);
});
