/**
 * npm run bench -- [--workload A,B-router] [--mode default,full] [--reference debian,optimized] [--runs 5] [--json]
 *
 * Runs each workload and its ns-3 rival in turn, each time in a fresh process, and compares hops per CPU second by
 * medians of the same go; no stored constant is ever divided by. Ours runs twice in its process: the engine compiles in
 * the first run, the second is compared, and the ratio of the first stands beside it. `debian` is Debian's ns-3 package, `optimized` the
 * same source built in ns-3's optimized profile (built on demand, some minutes). Progress goes to stderr.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundle } from './bundle.ts';
import { type Mode, median, select, type Variant, workloads } from './workload.ts';

type Reference = 'debian' | 'optimized';

interface Row {
  workload: string;
  mode: Mode;
  reference: Reference | null;
  oursHopsPerCpuSecond: number;
  rivalHopsPerCpuSecond: number | null;
  ratio: number | null;
  /** The ratio with the CPU time of our main thread alone, where the system tells it. */
  mainThreadRatio: number | null;
  /** The ratio of the first run in each process, all threads: the compiler's work is in it. */
  firstRunRatio: number | null;
  runs: number;
  oursHops: number;
  rivalHops: number | null;
  oursCpuSeconds: number[];
  oursMainThreadCpuSeconds: (number | null)[];
  oursFirstRunCpuSeconds: number[];
  rivalCpuSeconds: number[];
  oursPeakRssMiB: number;
  details: Record<string, string | number>;
}

interface OurRun {
  hops: number;
  cpuSeconds: number;
  mainThreadCpuSeconds: number | null;
  details: Record<string, string | number>;
}

interface Ours {
  first: OurRun;
  second: OurRun;
  peakRssMiB: number;
}

const here = fileURLToPath(new URL('.', import.meta.url));
const built = join(here, 'rivals/build');
const say = (text: string): void => void process.stderr.write(`${text}\n`);

function execute(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  const { stdout, status, error } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 26,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
  return stdout;
}

const lastLine = (text: string): unknown => JSON.parse(text.trim().split('\n').at(-1) as string);

function runOurs(file: string, mode: Mode, variant: Variant): Ours {
  return lastLine(execute(process.execPath, [join(here, 'child.mjs'), file, mode, JSON.stringify(variant)])) as Ours;
}

/** Folder of the rival's programs, built where they are not. */
function prepare(reference: Reference): string {
  const programs = join(built, reference, 'bin');
  const sources = join(here, 'rivals/ns3');
  if (reference === 'debian') {
    if (!existsSync('/usr/include/ns3')) execute('sh', [join(here, '../scripts/install-debian.sh'), 'bench']);
    if (!existsSync('/usr/include/ns3')) throw new Error('ns-3 is not installed: apt-get install libns3-dev g++');
  } else {
    say('ns-3, optimized profile: building where it is not built yet');
    execute('sh', [join(sources, 'build-optimized.sh'), join(built, reference)]);
  }
  if (!existsSync(join(programs, 'e_hold'))) {
    say(`ns-3, ${reference}: compiling the rival programs`);
    const [prefix, flags] = reference === 'debian' ? [[], ''] : [[join(built, reference)], '-march=native'];
    execute('sh', [join(sources, 'build.sh'), programs, ...prefix], { NS3_CXXFLAGS: flags });
  }
  return programs;
}

interface Rival {
  hops: number;
  run_cpu_s: number;
}

function runRival(programs: string, [program, ...args]: readonly string[]): Rival {
  const lines = execute(join(programs, program as string), args).split('\n');
  return JSON.parse(lines.find((line) => line.includes('run_cpu_s')) as string) as Rival;
}

async function compare(
  id: string,
  mode: Mode,
  { rivals, runs }: { rivals: ReadonlyMap<Reference, string>; runs: number },
): Promise<Row[]> {
  const definition = workloads[id]!;
  const { variant = {} } = definition;
  const command = definition.rival[mode];
  const file = await bundle(join(here, 'workloads', definition.file));
  const ours: Ours[] = [];
  const theirs = new Map<Reference, number[]>([...rivals.keys()].map((reference) => [reference, []]));

  // Hops are deterministic: one pass with the traces connected, which would slow the timed ones.
  const [counter] = [...rivals.values()].reverse();
  const rivalHops =
    counter === undefined || command === undefined
      ? null
      : (definition.rivalHops ?? runRival(counter, [...command, '--count=1']).hops);

  for (let run = 1; run <= runs; run += 1) {
    ours.push(runOurs(file, mode, variant));
    for (const [reference, programs] of rivals) {
      if (command !== undefined) theirs.get(reference)?.push(runRival(programs, command).run_cpu_s);
    }
    const rivalText = [...theirs].map(([reference, seconds]) => `, ${reference} ${seconds.at(-1)?.toFixed(2)}`);
    say(
      `${id} ${mode} ${run}/${runs}: CPU s ours ${ours.at(-1)?.second.cpuSeconds.toFixed(2)} (first ${ours.at(-1)?.first.cpuSeconds.toFixed(2)})${rivalText.join('')}`,
    );
  }
  const hops = new Set(ours.map(({ second }) => second.hops));
  if (hops.size !== 1) throw new Error(`${id} ${mode}: hops differ from run to run: ${[...hops].join(', ')}`);

  const { hops: oursHops, details } = (ours[0] as Ours).second;
  const oursCpuSeconds = ours.map(({ second }) => second.cpuSeconds);
  const oursMainThreadCpuSeconds = ours.map(({ second }) => second.mainThreadCpuSeconds);
  const oursFirstRunCpuSeconds = ours.map(({ first }) => first.cpuSeconds);
  const own = oursMainThreadCpuSeconds.filter((seconds) => seconds !== null);
  const row = (reference: Reference | null, seconds: number[]): Row => {
    const rivalRate = rivalHops === null || seconds.length === 0 ? null : Math.round(rivalHops / median(seconds));
    const ratio = (ourSeconds: readonly number[]): number | null => {
      if (rivalRate === null || ourSeconds.length === 0) return null;
      return Math.round((oursHops / median(ourSeconds) / rivalRate) * 100) / 100;
    };
    return {
      workload: id,
      mode,
      reference,
      oursHopsPerCpuSecond: Math.round(oursHops / median(oursCpuSeconds)),
      rivalHopsPerCpuSecond: rivalRate,
      ratio: ratio(oursCpuSeconds),
      mainThreadRatio: ratio(own),
      firstRunRatio: ratio(oursFirstRunCpuSeconds),
      runs,
      oursHops,
      rivalHops,
      oursCpuSeconds,
      oursMainThreadCpuSeconds,
      oursFirstRunCpuSeconds,
      rivalCpuSeconds: seconds,
      oursPeakRssMiB: median(ours.map(({ peakRssMiB }) => peakRssMiB)),
      details,
    };
  };
  return theirs.size === 0 ? [row(null, [])] : [...theirs].map(([reference, seconds]) => row(reference, seconds));
}

function print(rows: readonly Row[]): void {
  const times = (ratio: number | null): string => (ratio === null ? '-' : `${ratio} x`);
  const cells = rows.map((row) => [
    row.workload,
    row.mode,
    row.reference ?? '-',
    row.oursHopsPerCpuSecond.toLocaleString('en'),
    row.rivalHopsPerCpuSecond?.toLocaleString('en') ?? '-',
    times(row.ratio),
    times(row.mainThreadRatio),
    times(row.firstRunRatio),
    String(row.runs),
    String(row.oursPeakRssMiB),
    row.rivalHops === null ? String(row.oursHops) : `${row.oursHops} / ${row.rivalHops}`,
  ]);
  const table = [
    [
      'workload',
      'mode',
      'ns-3',
      'hops/CPU s',
      'ns-3 hops/CPU s',
      'ratio',
      'main thread',
      'first run',
      'runs',
      'MiB',
      'hops',
    ],
    ...cells,
  ];
  const widths = (table[0] as string[]).map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  for (const line of table) console.log(line.map((cell, column) => cell.padEnd(widths[column] as number)).join('  '));
}

async function main(): Promise<void> {
  const { values: options } = parseArgs({
    options: {
      workload: { type: 'string' },
      mode: { type: 'string' },
      reference: { type: 'string' },
      runs: { type: 'string', default: '5' },
      json: { type: 'boolean', default: false },
    },
  });

  const present = Object.keys(workloads).filter((id) =>
    existsSync(join(here, 'workloads', workloads[id]?.file as string)),
  );
  const ids = options.workload === undefined ? present : select(options.workload);
  for (const id of ids) {
    if (!present.includes(id)) throw new Error(`${id} is not written yet: bench/workloads/${workloads[id]?.file}`);
  }
  const runs = Number(options.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new Error('--runs wants a whole number from 1');
  const modes = options.mode?.split(',');

  // `--reference none` measures ours alone; the optimized rival joins by itself once it has been built.
  const optimized = existsSync(join(built, 'optimized/lib/.done')) ? 'debian,optimized' : 'debian';
  const references = (options.reference ?? optimized).split(',').filter((name) => name !== 'none');
  mkdirSync(built, { recursive: true });
  const rivals = new Map<Reference, string>();
  for (const name of references) {
    if (name !== 'debian' && name !== 'optimized') throw new Error(`--reference ${name}: debian, optimized or none`);
    rivals.set(name, prepare(name));
  }

  const rows: Row[] = [];
  for (const id of ids) {
    for (const mode of workloads[id]?.modes ?? []) {
      if (modes === undefined || modes.includes(mode)) rows.push(...(await compare(id, mode, { rivals, runs })));
    }
  }
  if (options.json) console.log(JSON.stringify(rows, null, 2));
  else print(rows);
}

try {
  await main();
} catch (error) {
  say(`bench: ${(error as Error).message}`);
  process.exitCode = 3;
}
