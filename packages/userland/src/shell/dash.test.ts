/** Our shell, held to what dash prints. `test/shell-dash.real.test.ts` holds the same table to the real dash. */
import { describe, expect, it } from 'vitest';
import { DASH_CASES } from './dash-cases/all.ts';
import { makeHost } from './shell-bench.test-util.ts';

for (const [topic, cases] of DASH_CASES) {
  describe(`sh: ${topic}`, () => {
    it.each(cases.map((entry) => [entry.name, entry] as const))('%s', async (_name, entry) => {
      const host = await makeHost();
      const { stdout, stderr, status } = await host.sh(entry.script);
      expect({ stdout, stderr, status }).toEqual({
        stdout: entry.stdout,
        stderr: entry.stderr ?? '',
        status: entry.status ?? 0,
      });
    });
  });
}
