/**
 * `log-writer --file FILE`: a log that is written by one thread, behind a bounded queue, so that who logs does not wait for the disk. Records are the lines of
 * standard input, or with `--records N` those of `--threads` callers, which shows how long they wait. A full queue makes callers wait (`--policy block`)
 * or drops the record and counts it (`drop`). SIGTERM and SIGINT end the logging; what is in the queue is still written.
 *
 * A full disk is one line on standard error and exit code 1; the file then ends with a whole line.
 */
import type { ProgramModule } from '@netarium/core/syscall/program.ts';
import type { Cloneable, Sys } from '@netarium/core/syscall/sys.ts';
import { ToolError, tool } from '../../coreutils/tool.ts';
import { errnoOf, unless } from '../../lib/failure.ts';
import { formatFixed } from '../../lib/numbers.ts';
import { countOption } from '../../lib/option-values.ts';
import type { ParsedOptions, ProgramOptions } from '../../lib/options.ts';
import { print } from '../../lib/stdio.ts';
import { at } from '../lib/place.ts';
import { WorkQueue } from '../lib/work-queue.ts';
import { LogFile } from './log-file.ts';
import { MAX_RECORD_BYTES, RecordReader } from './record-reader.ts';
import { call, Logger, type Policy, type Shared, share, type Written, write } from './threads.ts';

const NS_PER_MS = 1_000_000;

export const options: ProgramOptions = {
  name: 'log-writer',
  usage: 'log-writer --file FILE [--queue N] [--policy block|drop] [--records N [--threads N] [--rate N]] [--disk ms]',
  options: [
    { names: ['--file'], value: 'FILE', help: 'where the records go; made or appended to' },
    { names: ['--queue'], value: 'N', help: 'records that the queue holds (1000)' },
    { names: ['--policy'], value: 'P', help: 'what a full queue means for a caller: block (default) or drop' },
    { names: ['--records'], value: 'N', help: 'make so many records instead of reading them' },
    { names: ['--threads'], value: 'N', help: 'callers that make them (4)' },
    { names: ['--rate'], value: 'N', help: 'records a second of each caller; 0, the default, is as fast as it can' },
    { names: ['--disk'], value: 'ms', help: 'what a slow disk adds to each batch of up to 100 records, in ms' },
  ],
};

interface Settings {
  readonly file: string;
  readonly queue: number;
  readonly policy: Policy;
  readonly diskNs: number;
  readonly rate: number;
  /** Records of each caller; none where they are read. */
  readonly callers: readonly number[];
  readonly reads: boolean;
}

function settingsOf(given: ParsedOptions): Settings {
  const number = (name: string, fallback: number, least: number, most: number): number =>
    countOption('log-writer', given, name, fallback, least, most);
  const file = given.value('--file');
  const policy = given.value('--policy') ?? 'block';
  if (file === undefined || given.operands.length > 0) throw new ToolError(`usage: ${options.usage}`, 2);
  if (policy !== 'block' && policy !== 'drop') throw new ToolError(`--policy ${policy}: neither block nor drop`, 2);
  const reads = !given.has('--records');
  for (const name of ['--threads', '--rate'])
    if (reads && given.has(name)) throw new ToolError(`${name} is for --records`, 2);
  const threads = number('--threads', 4, 1, 64);
  const records = number('--records', 0, 1, 1_000_000_000);
  const callers = Array.from({ length: threads }, (_, i) => Math.floor((records + i) / threads));
  const rest = { rate: number('--rate', 0, 0, 1_000_000), diskNs: number('--disk', 0, 0, 60_000) * NS_PER_MS };
  return { file, policy, queue: number('--queue', 1000, 1, 1_000_000), ...rest, callers: reads ? [] : callers, reads };
}

const main = tool(
  options,
  async ({ sys, options: given }) => {
    const settings = settingsOf(given);
    const file = await at(settings.file, LogFile.open(sys, settings.file));
    // A file that may not grow any more is EFBIG, not the end (setrlimit(2)).
    await sys.sigaction('SIGXFSZ', 'ignore');
    const shared = await share(sys, settings.queue, settings.policy);
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      await sys.sigaction(signal, { handler: (inner) => inner.cell_store(shared.stopped, 1) });
    const writer = await sys.thread_create('write', [file.handle, settings.diskNs, shared as Cloneable], {
      name: 'writer',
    });
    // A thread takes its time to begin: nobody logs before it is there.
    await ready(sys, shared.ready);
    const [logged, cut] = settings.reads
      ? await readRecords(sys, shared)
      : [await makeRecords(sys, settings, shared), 0];
    await new WorkQueue(sys, shared.queue).put(null);
    const written = (await sys.thread_join(writer)) as Written;
    await file.close();
    return report(sys, settings, shared, logged, cut, written);
  },
  { usageStatus: 2 },
);

async function ready(sys: Sys, semaphore: number): Promise<void> {
  while (
    (await unless(
      sys.sem_wait(semaphore).then(() => true),
      'EINTR',
    )) === undefined
  );
}

async function readRecords(sys: Sys, shared: Shared): Promise<readonly [logged: number, cut: number]> {
  const reader = new RecordReader(sys, 0);
  const logger = new Logger(sys, shared);
  let logged = 0;
  for (;;) {
    try {
      const record = await reader.next();
      if (record === undefined || !(await logger.log(record))) break;
      logged++;
    } catch (error) {
      if (errnoOf(error) !== 'EINTR') throw error;
      // A signal: its handler has said what it means.
      if ((await sys.cell_load(shared.stopped)) !== 0) break;
    }
  }
  await logger.end();
  return [logged, reader.cut];
}

async function makeRecords(sys: Sys, { callers, rate }: Settings, shared: Shared): Promise<number> {
  const tids: number[] = [];
  for (const [i, records] of callers.entries()) {
    const name = `caller-${i + 1}`;
    tids.push(await sys.thread_create('call', [name, records, rate, shared as Cloneable], { name }));
  }
  let logged = 0;
  for (const tid of tids) logged += (await sys.thread_join(tid)) as number;
  return logged;
}

async function report(
  sys: Sys,
  { file }: Settings,
  shared: Shared,
  logged: number,
  cut: number,
  { lines, lost, batches, problem }: Written,
): Promise<number> {
  const dropped = (await sys.cell_load(shared.dropped)) as number;
  const longestNs = (await sys.cell_load(shared.longestNs)) as number;
  const words = [`${lines} written`, `${dropped} dropped`];
  if (lost > 0) words.push(`${lost} lost`);
  if (cut > 0) words.push(`${cut} cut to ${MAX_RECORD_BYTES} bytes`);
  const longest = `longest wait of a caller ${formatFixed(longestNs, NS_PER_MS, 3)} ms`;
  await print(sys, `${logged} records: ${words.join(', ')}; ${batches} batches; ${longest}\n`);
  if (problem !== '') throw new ToolError(`${file}: ${problem}`);
  return 0;
}

export const logWriter: ProgramModule = { main, call, write };
