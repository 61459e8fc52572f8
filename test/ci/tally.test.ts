import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { TestModule } from 'vitest/node';
import { count, line, outcomesOf, readExcuses } from '../../scripts/tally-reporter.ts';

const outcomes = [
  { name: 'a', state: 'passed' },
  { name: 'b', state: 'skipped' },
  { name: 'c', state: 'failed', why: '1 is not 2' },
] as const;

test('a skip is a skip where nobody asks why', () => {
  expect(line(count(outcomes))).toBe('1 passed, 1 failed, 1 skipped');
});

test('an unlisted skip counts as failed, a listed one does not', () => {
  expect(count(outcomes, new Set()).failures).toEqual([
    'b: skipped without an entry in test/skips.json',
    'c: 1 is not 2',
  ]);
  expect(line(count(outcomes, new Set()))).toBe('1 passed, 2 failed');
  expect(line(count(outcomes, new Set(['b'])))).toBe('1 passed, 1 failed, 1 skipped');
});

test('a test that never ended has failed', () => {
  expect(count([{ name: 'a', state: 'pending' }])).toMatchObject({ failed: 1, failures: ['a: pending'] });
});

test('an excuse without a reason is none', () => {
  expect(() => readExcuses('[{ "test": "a" }]')).toThrow('reason');
  expect(readExcuses('[{ "test": "a", "reason": "no such kernel module" }]')).toEqual(new Set(['a']));
});

test('a module that did not load and a hook that threw have failed', () => {
  const module = {
    relativeModuleId: 'a.test.ts',
    errors: () => [new Error('import')],
    children: {
      allTests: () => [{ fullName: 'a', result: () => ({ state: 'passed' }) }],
      allSuites: () => [{ errors: () => [new Error('beforeAll')] }],
    },
  } as unknown as TestModule;
  expect([...outcomesOf(module)].map(({ state, why }) => why ?? state)).toEqual(['passed', 'import', 'beforeAll']);
});

test('the sum of two runs; a run that said nothing has failed', () => {
  const sum = (text: string): { said: string; status: number | null } => {
    const file = join(mkdtempSync(join(tmpdir(), 'netarium-sum-')), 'tally');
    writeFileSync(file, text);
    const script = fileURLToPath(new URL('../../scripts/sum.mjs', import.meta.url));
    const { stdout, status } = spawnSync(process.execPath, [script, file, '2'], { encoding: 'utf8' });
    return { said: stdout.trim(), status };
  };
  const run = '{"passed":2,"failed":0,"skipped":1,"failures":[]}\n';
  const failed = '{"passed":1,"failed":1,"skipped":0,"failures":["a: 1 is not 2"]}\n';
  expect(sum(run + run)).toEqual({ said: '4 passed, 0 failed, 2 skipped', status: 0 });
  expect(sum(run)).toEqual({ said: '2 passed, 1 failed, 1 skipped', status: 1 });
  expect(sum(run + failed)).toEqual({ said: 'failed: a: 1 is not 2\n3 passed, 1 failed, 1 skipped', status: 1 });
  expect(sum('')).toEqual({ said: '0 passed, 2 failed', status: 1 });
  expect(sum('{"passed":0,"failed":0,"skipped":0,"failures":[]}\n'.repeat(2))).toEqual({
    said: '0 passed, 2 failed',
    status: 1,
  });
});
