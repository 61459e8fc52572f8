/**
 * `read-two-files [--how serial|processes|apply|pool] [--disk MS] FILE...`: reads files and prints their texts, in the order in which they were named:
 *
 * - `serial`: one after the other, by the program itself;
 * - `processes`: a process for each file. Memory is separate, so that each sends what it has read through a pipe of its own;
 * - `apply`: a pool, but `apply` waits for its task: one after the other all the same;
 * - `pool`: `map` of the pool.
 *
 * `--disk` adds to each reading what a slow disk would take. A file that cannot be read is one line on standard error and exit code 1; the others are printed.
 */
import { SysError } from '@netarium/core/base/errno.ts';
import { asksForHelp, helpText } from '../coreutils/tool.ts';
import { formatFixed } from '../lib/numbers.ts';
import { countOption } from '../lib/option-values.ts';
import { type ProgramOptions, parseOptions, UsageError } from '../lib/options.ts';
import { readFile, writeAll } from '../lib/stdio.ts';
import type { Connection } from '../runtimes/multiprocessing/connection.ts';
import { Pipe } from '../runtimes/multiprocessing/connection.ts';
import { Pool } from '../runtimes/multiprocessing/pool.ts';
import { Process } from '../runtimes/multiprocessing/process.ts';
import { EOFError } from '../runtimes/threading/errors.ts';
import { python } from '../runtimes/threading/program.ts';
import type { Python } from '../runtimes/threading/python.ts';

const NAME = 'read-two-files';
const WAYS = ['serial', 'processes', 'apply', 'pool'] as const;
type Way = (typeof WAYS)[number];

const MAX_PROCESSES = 61;
const MAX_DISK_MS = 3_600_000;
const NS_PER_MS = 1_000_000;
const NS_PER_SECOND = 1_000_000_000;

export const options: ProgramOptions = {
  name: NAME,
  usage: 'read-two-files [--how way] [--processes N] [--disk ms] file...',
  options: [
    { names: ['--how'], value: 'way', help: `${WAYS.join(', ')} (default pool)` },
    { names: ['--processes'], value: 'N', help: 'processes of the pool (default: a process for each file)' },
    { names: ['--disk'], value: 'ms', help: 'what a slow disk adds to each reading, in milliseconds' },
  ],
};

/** What was read, or why not; and by whom. */
type Result =
  | { readonly path: string; readonly pid: number; readonly bytes: Uint8Array }
  | { readonly path: string; readonly pid: number; readonly error: string };

interface Settings {
  readonly way: Way;
  readonly processes: number;
  readonly diskMs: number;
  readonly paths: readonly string[];
}

export const readTwoFiles = python('3.11', {
  async main(py, argv) {
    if (asksForHelp(argv)) {
      await py.writeAll(1, helpText(options));
      return py.exit(0);
    }
    let settings: Settings;
    try {
      settings = settingsOf(argv.slice(1));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      await py.writeAll(2, `${error.message}\n`);
      return py.exit(2);
    }
    const { way, paths } = settings;
    const fromNs = await py.monotonicNs();
    const results = await READERS[way](py, settings);
    const tookNs = (await py.monotonicNs()) - fromNs;
    let failed = 0;
    for (const result of results) {
      if ('error' in result) failed++;
      await tell(py, result);
    }
    const seconds = formatFixed(tookNs, NS_PER_SECOND, 3);
    await py.print(`${way}: ${paths.length - failed} of ${paths.length} files in ${seconds} s`);
    if (failed > 0) py.exit(1);
  },
  read,
  async readAndSend(py: Python, path: string, diskMs: number, to: Connection) {
    await to.send(await read(py, path, diskMs));
    await to.close();
  },
});

function settingsOf(words: readonly string[]): Settings {
  const given = parseOptions(options, words);
  const paths = given.operands;
  if (paths.length === 0) throw new UsageError(`usage: ${options.usage}`);
  const way = (given.value('--how') ?? 'pool') as Way;
  if (!WAYS.includes(way)) throw new UsageError(`${NAME}: --how is one of ${WAYS.join(', ')}`);
  const fallback = Math.min(paths.length, MAX_PROCESSES);
  const processes = countOption(NAME, given, '--processes', fallback, 1, MAX_PROCESSES);
  return { way, processes, diskMs: countOption(NAME, given, '--disk', 0, 0, MAX_DISK_MS), paths };
}

async function read(py: Python, path: string, diskMs: number): Promise<Result> {
  const pid = await py.sys.getpid();
  try {
    if (diskMs > 0) await py.sys.nanosleep(diskMs * NS_PER_MS);
    return { path, pid, bytes: await readFile(py.sys, path) };
  } catch (error) {
    if (error instanceof SysError) return { path, pid, error: error.reason.text };
    throw error;
  }
}

async function tell(py: Python, result: Result): Promise<void> {
  if ('error' in result) {
    await py.writeAll(2, `read-two-files: ${result.path}: ${result.error}\n`);
    return;
  }
  const { path, pid, bytes } = result;
  await py.print(`${path}: ${bytes.length} bytes, read by process ${pid}`);
  await writeAll(py.sys, 1, bytes);
  if (bytes.length > 0 && bytes.at(-1) !== 10) await py.print();
}

type Reader = (py: Python, settings: Settings) => Promise<readonly Result[]>;

const READERS: Readonly<Record<Way, Reader>> = {
  async serial(py, { paths, diskMs }) {
    const results: Result[] = [];
    for (const path of paths) results.push(await read(py, path, diskMs));
    return results;
  },

  async processes(py, { paths, diskMs }) {
    const started: [string, Process, Connection][] = [];
    for (const path of paths) {
      const [ours, theirs] = await Pipe(py, false);
      const process = await Process.create(py, { target: 'readAndSend', args: [path, diskMs, theirs] });
      await process.start();
      // The child has its own: the pipe ends when the child does.
      await theirs.close();
      started.push([path, process, ours]);
    }
    const results: Result[] = [];
    for (const [path, process, ours] of started) {
      results.push(await received(path, process, ours));
      await ours.close();
      await process.join();
    }
    return results;
  },

  apply: (py, settings) =>
    withPool(py, settings, async (pool) => {
      const results: Result[] = [];
      for (const path of settings.paths) results.push((await pool.apply('read', [path, settings.diskMs])) as Result);
      return results;
    }),

  pool: (py, settings) =>
    withPool(py, settings, async (pool) => {
      const calls = settings.paths.map((path) => [path, settings.diskMs]);
      return (await pool.starmap('read', calls, 1)) as readonly Result[];
    }),
};

async function received(path: string, process: Process, from: Connection): Promise<Result> {
  try {
    return (await from.recv()) as Result;
  } catch (error) {
    if (!(error instanceof EOFError)) throw error;
    await process.join();
    return { path, pid: (await process.pid()) ?? 0, error: `its process ended with ${await process.exitcode()}` };
  }
}

async function withPool(py: Python, { processes }: Settings, use: (pool: Pool) => Promise<readonly Result[]>) {
  const pool = await Pool.create(py, processes);
  const results = await use(pool);
  await pool.close();
  await pool.join();
  return results;
}
