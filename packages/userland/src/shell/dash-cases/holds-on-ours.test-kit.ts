/** The scripts of a table, each on a simulated host of its own. `test/real-dash.ts` runs the same by the real dash. */
import { describe, expect, it } from 'vitest';
import { makeHost } from '../shell-bench.test-util.ts';
import type { DashCase } from './case.ts';

export function holdsOnOurs(who: string, table: ReadonlyMap<string, readonly DashCase[]>): void {
  describe.each([...table])(`${who}: %s`, (_topic, cases) => {
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
