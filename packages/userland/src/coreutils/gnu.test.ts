/** Our tools, held to what Debian's print. `test/coreutils-gnu.real.test.ts` holds the same table to the real ones. */
import { describe, expect, it } from 'vitest';
import { makeHost } from '../shell/shell-bench.test-util.ts';
import { GNU_CASES } from './gnu-cases/all.ts';

for (const [topic, cases] of GNU_CASES) {
  describe(`tools: ${topic}`, () => {
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
