/**
 * npx tsx bench/micro/growth.ts: what an event costs in worlds of 10 to 10,000 hosts around one router, each of which sends 100 UDP requests a
 * second and answers as many. Each size in a fresh process, three times, medians of the run's CPU time without the building of the world.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from '../workload.ts';
import { run } from '../workloads/b-udp-star.ts';

/** Hosts, and requests of each, so that every world fires about two million events. */
const SIZES = [
  [10, 40_000],
  [100, 4_000],
  [1_000, 400],
  [10_000, 40],
] as const;
const RUNS = 3;

const [hosts, requests] = process.argv.slice(2).map(Number);
if (hosts !== undefined)
  console.log(JSON.stringify(run('default', { kind: 'router', hosts, requests: requests! }).details));
else {
  for (const size of SIZES) {
    const costs = Array.from({ length: RUNS }, () => {
      const args = ['--import', 'tsx', fileURLToPath(import.meta.url), ...size.map(String)];
      const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
      return (JSON.parse(stdout) as { nsPerEvent: number }).nsPerEvent;
    });
    console.log(`${size[0]} hosts: ${median(costs)} ns an event (${costs.join(', ')})`);
  }
}
