/**
 * The table that our shell is held to (`packages/userland/src/shell/dash-cases`), run by the real dash: were an expectation wrong, or another
 * version of dash different, this says so. Named `sh`, in an empty directory, with the environment of a simulated host.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DASH_CASES } from '../packages/userland/src/shell/dash-cases/all.ts';

const ENVIRONMENT = {
  HOME: '/root',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C.UTF-8',
};

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'shell-dash-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

for (const [topic, cases] of DASH_CASES) {
  describe(`dash: ${topic}`, () => {
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
