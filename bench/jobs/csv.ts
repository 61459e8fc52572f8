/**
 * npx tsx bench/jobs/csv.ts [--rows 2710037] [--workers 8] [--rounds 3] [--libraries DIR]: the notes' CSV job on this machine beside Python, in turn, on the same file, printing to
 * a file. First the reader alone: ours, by the file's bytes through `sys`, and csv.reader; then the pool: `netarium real csv` (its start and ledger included) and
 * ThreadPoolExecutor; then the simulated pool, less the time of reading. `--libraries`: a folder with the libraries of csv-readers.mjs. Needs `npm run build`.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CsvScanner } from '@netarium/userland/jobs/csv/scanner.ts';
import { median } from '../workload.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const NETARIUM = process.env.NETARIUM ?? here('../../packages/cli/bin/netarium.js');
const BATCH = 100;
const LIBRARIES = ['papaparse', 'd3-dsv', 'csv-parse', 'fast-csv'];

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '2710037' },
    workers: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '3' },
    libraries: { type: 'string' },
  },
});
const rows = Number(values.rows);
const folder = mkdtempSync(join(tmpdir(), 'netarium-csv-'));
const file = join(folder, 'erotic.csv');
const out = join(folder, 'out');

interface Run {
  readonly seconds: number;
  /** User and system time of all its threads. */
  readonly cpuSeconds: number;
  readonly peakMiB: number;
}

/** Runs a program under GNU time. */
function timed(command: string, args: readonly string[], output: number | 'pipe'): Run & { readonly stdout: string } {
  const start = performance.now();
  const { stdout, stderr, status } = spawnSync('/usr/bin/time', ['-f', 'time %U %S %M', command, ...args], {
    stdio: ['ignore', output, 'pipe'],
    encoding: 'utf8',
    env: { ...process.env, NODE_PATH_CSV: values.libraries },
  });
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(`${command} ${args[0]}: ${stderr}`);
  const [, user, system, peak] = /time (\S+) (\S+) (\d+)\s*$/.exec(stderr)!;
  return { seconds, cpuSeconds: Number(user) + Number(system), peakMiB: Number(peak) / 1024, stdout };
}

/** The same for a program that tells what it did, and how long that took without its own start. */
function told(command: string, args: readonly string[]): Run & { readonly wrong?: number } {
  const run = timed(command, args, 'pipe');
  const result = JSON.parse(run.stdout);
  if (result.rows !== rows) throw new Error(`${args[0]}: ${result.rows} rows`);
  return { ...run, ...result };
}

/** Our reader in this process: every field of every row found, the column's bytes copied out. */
function scan(): Run {
  const [start, before] = [performance.now(), process.cpuUsage()];
  const fd = openSync(file, 'r');
  const scanner = new CsvScanner();
  const value = new Uint8Array(4096);
  let found = -1;
  for (;;) {
    const bytes = new Uint8Array(262_144);
    const length = readSync(fd, bytes);
    if (length === 0) scanner.finish();
    else scanner.feed(bytes.subarray(0, length));
    while (scanner.next()) if (scanner.columns === 3 && scanner.copyTo(0, value, 0) > 0) found++;
    if (length === 0) break;
  }
  closeSync(fd);
  if (found !== rows) throw new Error(`the scanner found ${found} rows`);
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6, peakMiB: 0 };
}

/** Each id exactly once, in whatever order. */
function checkOutput(): void {
  const ids = readFileSync(out, 'latin1').split('\n');
  ids.pop();
  if (ids.length !== rows || new Set(ids).size !== rows)
    throw new Error(`${ids.length} ids, ${new Set(ids).size} different`);
}

/** `csv --print` on the machine's kernel. */
function ours(workers: string): Run {
  rmSync(`${file}.ledger`, { force: true });
  const fd = openSync(out, 'w');
  const args = [NETARIUM, 'real', 'csv', file, '--column', 'subscription_id', '--workers', workers, '--print'];
  const run = timed(process.execPath, args, fd);
  closeSync(fd);
  checkOutput();
  return run;
}

const python = (workers: string): Run => told('python3', [here('csv-pool.py'), file, out, workers, String(BATCH)]);

function show(what: string, runs: readonly Run[], beside?: readonly Run[], more = ''): void {
  const [seconds, cpu] = [median(runs.map((run) => run.seconds)), median(runs.map((run) => run.cpuSeconds))];
  const theirs = beside && [median(beside.map((run) => run.seconds)), median(beside.map((run) => run.cpuSeconds))];
  const ratio =
    theirs && `, ${(theirs[0]! / seconds).toFixed(2)} x as fast as Python (CPU ${(theirs[1]! / cpu).toFixed(2)} x)`;
  const figures = `${seconds.toFixed(2)} s, CPU ${cpu.toFixed(2)} s, ${(rows / seconds / 1e6).toFixed(2)} M rows/s`;
  console.log(`${what.padEnd(44)} ${figures}${ratio ?? ''}${more}`);
}

spawnSync(process.execPath, [NETARIUM, 'real', 'make-csv', '--rows', values.rows, file]);
const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
console.log(`${rows} rows, ${statSync(file).size} bytes, sha256 ${sha256}`);
const found = { scan: [] as Run[], reader: [] as Run[], single: [] as Run[], pool: [] as Run[], python: [] as Run[] };
for (let round = 0; round < Number(values.rounds); round++) {
  found.reader.push(python('0'));
  found.scan.push(scan());
  found.single.push(ours('0'));
  found.python.push(python(values.workers));
  found.pool.push(ours(values.workers));
}
const peakMiB = Math.max(...found.pool.map((run) => run.peakMiB));
show('reader: csv.reader of Python', found.reader);
show('reader: ours', found.scan, found.reader);
for (const library of values.libraries === undefined ? [] : LIBRARIES) {
  const run = told(process.execPath, [here('csv-readers.mjs'), file, library]);
  show(`reader: ${library}`, [run], undefined, `, ${run.wrong} rows wrong`);
}
show('whole job in one thread, ledger and all', found.single, found.reader);
show(`pool: ThreadPoolExecutor(${values.workers}) of Python`, found.python);
show(`pool: csv --workers ${values.workers}`, found.pool, found.python, `, peak ${peakMiB.toFixed(0)} MiB`);
rmSync(folder, { recursive: true, force: true });
