/**
 * child.mjs BUNDLE MODE VARIANT: runs one workload twice in this process, fresh, and prints what each run cost as one JSON line. In the first the engine still
 * compiles; the second is what a hop costs.
 */
import { existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [bundle, mode, variant] = process.argv.slice(2);
const workload = await import(pathToFileURL(bundle).href);

/** Nanoseconds that this thread, the main one, has had a processor; undefined where the kernel keeps no such account (CONFIG_SCHED_INFO). */
function mainThreadNs() {
  const file = '/proc/thread-self/schedstat';
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split(' ')[0]) : undefined;
}

async function run() {
  const ownBefore = mainThreadNs();
  const before = process.cpuUsage();
  const { hops, details = {} } = await workload.run(mode, JSON.parse(variant));
  // All threads of the process, compiler and collector included, and the building of the world: nothing is left out.
  const { user, system } = process.cpuUsage(before);
  // What the program itself takes: the compiler's and most of the collector's work is done beside it.
  const mainThreadCpuSeconds = ownBefore === undefined ? null : (mainThreadNs() - ownBefore) / 1e9;
  return { hops, cpuSeconds: (user + system) / 1e6, mainThreadCpuSeconds, details };
}

const first = await run();
const second = await run();
if (first.hops !== second.hops || first.details.digest !== second.details.digest)
  throw new Error(`two runs in one process differ: ${JSON.stringify([first, second])}`);
// Not getrusage: its maximum begins with the parent's memory at the fork.
const peakRssMiB = Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024);
console.log(JSON.stringify({ first, second, peakRssMiB }));
