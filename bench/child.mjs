/** child.mjs BUNDLE MODE VARIANT: runs one workload once in this process, fresh, and prints what it cost as one JSON line. */
import { existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [bundle, mode, variant] = process.argv.slice(2);
const workload = await import(pathToFileURL(bundle).href);
/** Nanoseconds that this thread, the main one, has had a processor; undefined where the kernel keeps no such account (CONFIG_SCHED_INFO). */
function mainThreadNs() {
  const file = '/proc/thread-self/schedstat';
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split(' ')[0]) : undefined;
}

const ownBefore = mainThreadNs();
const before = process.cpuUsage();
const start = performance.now();
const { hops, details = {} } = await workload.run(mode, JSON.parse(variant));
const wallSeconds = (performance.now() - start) / 1000;
// All threads of the process, compiler and collector included, and the building of the world: nothing is left out.
const { user, system } = process.cpuUsage(before);
// What the program itself takes: the compiler's and most of the collector's work is done beside it.
const mainThreadCpuSeconds = ownBefore === undefined ? null : (mainThreadNs() - ownBefore) / 1e9;
// Not getrusage: its maximum begins with the parent's memory at the fork.
const peakRssMiB = Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024);
const cpuSeconds = (user + system) / 1e6;
console.log(JSON.stringify({ mode, hops, cpuSeconds, mainThreadCpuSeconds, wallSeconds, peakRssMiB, details }));
