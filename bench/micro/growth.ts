/**
 * npx tsx bench/micro/growth.ts: what an event costs in worlds of 10 to 10,000 hosts around one router, each with the same traffic. `pages`: each
 * host loads a page every 30 s. `requests`: each sends a UDP request every 10 ms and answers one, the most unkind order for a processor's cache, as
 * each event visits a host that was not visited for milliseconds. Each size in a fresh process, three times, medians of the run's CPU time without
 * the building of the world.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { bundle } from '../bundle.ts';
import { median, type Variant } from '../workload.ts';

interface Traffic {
  readonly file: string;
  /** So much of each host that every world fires two to six million events. */
  readonly variants: readonly (Variant & { readonly hosts: number })[];
}

const TRAFFICS: Readonly<Record<string, Traffic>> = {
  pages: {
    file: 'f-pages.ts',
    variants: [
      { hosts: 10, pages: 1_000 },
      { hosts: 100, pages: 100 },
      { hosts: 1_000, pages: 11 },
      { hosts: 10_000, pages: 3 },
    ],
  },
  requests: {
    file: 'b-udp-star.ts',
    variants: [
      { kind: 'router', hosts: 10, seconds: 400 },
      { kind: 'router', hosts: 100, seconds: 40 },
      { kind: 'router', hosts: 1_000, seconds: 4 },
      { kind: 'router', hosts: 10_000, seconds: 0.4 },
    ],
  },
};
const RUNS = 3;
const child = fileURLToPath(new URL('../child.mjs', import.meta.url));

interface Line {
  readonly second: { readonly details: { readonly nsPerEvent: number } };
}

for (const [name, { file, variants }] of Object.entries(TRAFFICS)) {
  const script = await bundle(fileURLToPath(new URL(`../workloads/${file}`, import.meta.url)));
  const costs = variants.map((variant) => {
    const runs = Array.from({ length: RUNS }, () => {
      const args = [child, script, 'default', JSON.stringify(variant)];
      const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
      return (JSON.parse(stdout) as Line).second.details.nsPerEvent;
    });
    console.log(`${name}, ${variant.hosts} hosts: ${median(runs)} ns an event (${runs.join(', ')})`);
    return median(runs);
  });
  console.log(`${name}: the dearest is ${(Math.max(...costs) / Math.min(...costs)).toFixed(2)} x the cheapest`);
}
