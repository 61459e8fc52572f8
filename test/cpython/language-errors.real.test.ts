/**
 * Errors of the Python language itself, as CPython 3.11 has them on our retelling of the notes' programs. They are recorded, never imitated: the labs quote
 * `recorded-errors.ts`, and this test holds those quotations to the real interpreter.
 */
import { spawnSync } from 'node:child_process';
import { recordedErrors } from '@netarium/labs/lib/recorded-errors.ts';
import { expect, it } from 'vitest';

it.each([...recordedErrors])('%s', (_name, { program, lastLine, version }) => {
  const { stderr, status } = spawnSync('python3', ['-c', program], { encoding: 'utf8', timeout: 20_000 });
  expect(status).toBe(1);
  expect(stderr.trimEnd().split('\n').at(-1)).toBe(lastLine);
  expect(spawnSync('python3', ['--version'], { encoding: 'utf8' }).stdout).toContain(`Python ${version}.`);
});
