import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('docs/coverage is what the programs carry out', { timeout: 60_000 }, () => {
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const words = ['--import', 'tsx', 'scripts/coverage.ts', '--check'];
  const { status, stderr } = spawnSync(process.execPath, words, { cwd, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
});
