/**
 * The table that our tools are held to (`packages/userland/src/coreutils/gnu-cases`), run with Debian's own: coreutils, grep, sed, findutils,
 * diffutils, procps, xxd and hexdump. In an empty directory, as root, with the environment of a simulated host.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GNU_CASES } from '../packages/userland/src/coreutils/gnu-cases/all.ts';

const ENVIRONMENT = {
  HOME: '/root',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C.UTF-8',
};

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'coreutils-gnu-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

for (const [topic, cases] of GNU_CASES) {
  describe(`Debian's tools: ${topic}`, () => {
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
