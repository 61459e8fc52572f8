/**
 * The scripts of a table by this machine's own dash and its tools, each in an empty directory of its own, named `sh`, with the environment of a
 * simulated host: were an expectation wrong, or the real thing another version, a test says so.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DashCase } from '@netarium/userland/shell/dash-cases/case.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ENVIRONMENT = {
  HOME: '/root',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C.UTF-8',
};

export function holdsOnTheRealOne(who: string, table: ReadonlyMap<string, readonly DashCase[]>): void {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'real-dash-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  describe.each([...table])(`${who}: %s`, (_topic, cases) => {
    it.each(cases.map((entry) => [entry.name, entry] as const))('%s', (_name, entry) => {
      const real = spawnSync('dash', ['-c', entry.script], {
        argv0: 'sh',
        cwd: directory,
        env: ENVIRONMENT,
        input: '',
        timeout: 20_000,
        encoding: 'utf8',
      });
      expect(real.error).toBeUndefined();
      expect({ stdout: real.stdout, stderr: real.stderr, status: real.status }).toEqual({
        stdout: entry.stdout,
        stderr: entry.stderr ?? '',
        status: entry.status ?? 0,
      });
    });
  });
}
