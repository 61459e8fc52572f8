/**
 * `csv FILE --column NAME --print|--submit URL`: a table of any length, row by row: the values of one column in tasks of a hundred, done by a pool of threads.
 * Each value is printed or submitted exactly once, also when the job is killed and resumed: `ledger.ts` says what is done. Memory does not grow with the
 * file. What is printed to a pipe or a terminal cannot be taken back: a job that goes on after a kill prints the values of unrecorded tasks again there.
 */
import { hex } from '@netarium/core/base/bytes.ts';
import { Sha256 } from '@netarium/core/base/sha256.ts';
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { ProgramModule } from '@netarium/core/syscall/program.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { ToolError, tool } from '../../coreutils/tool.ts';
import { printError, writeAll } from '../../lib/stdio.ts';
import { at, openAt } from '../lib/place.ts';
import { printable } from '../lib/printable.ts';
import { counted, Progress, perSecond, seconds } from '../lib/progress.ts';
import { Batcher } from './batcher.ts';
import { type Ledger, openLedger, recordComplete, recordSynced } from './ledger.ts';
import { type CsvSettings, options, settingsOf } from './options.ts';
import { Pool, worker } from './pool.ts';
import { CsvError, CsvScanner } from './scanner.ts';
import type { RunnerSetup } from './task-runner.ts';

const READ_BYTES = 262_144;
/** Of the file's beginning and end: what tells it from another one, besides its size. */
const SAMPLE_BYTES = 4096;
/** So many messages for each worker, where the file has that many tasks; and never more tasks in one than this. */
const MESSAGES_PER_WORKER = 8;
const MAX_TASKS_PER_MESSAGE = 64;
const FAILED_SHOWN = 10;

const main = tool(
  options,
  async ({ sys, options: given, operands }) => {
    const settings = settingsOf(given, operands);
    const fd = await openAt(sys, settings.path, { read: true, cloexec: true });
    const size = await sizeOfFile(sys, fd, settings.path);
    const job = await jobOf(sys, fd, size, settings);
    // Before anything is written down: what cannot begin leaves no ledger that says so.
    const header = await headerOf(sys, fd, settings);
    const output = await sys.fstat(1);
    const toFile = settings.url === '' && output.type === 'file';
    const ledger = await openLedger(sys, settings.ledger, job, settings.resume, toFile ? output.size : undefined);
    if (toFile) await cutOutput(sys, ledger, settings.resume, output.size);
    const outputSize = toFile ? await sys.cell_create((await sys.fstat(1)).size) : -1;
    const setup: RunnerSetup = {
      job,
      ledger: ledger.fd,
      ledgerPath: settings.ledger,
      mutex: await sys.mutex_create({ label: 'output and ledger' }),
      outputSize,
      nextSync: await sys.cell_create(0),
      stop: await sys.cell_create(false),
      ready: await sys.cell_create(0),
      url: settings.url,
      retries: settings.retries,
      timeoutNs: settings.timeoutNs,
    };
    const pool = await Pool.create(sys, settings.workers, settings.batch, setup);
    return new CsvJob(sys, fd, size, settings, header, ledger, pool, await Progress.create(sys), outputSize).run();
  },
  { usageStatus: 2 },
);

export const csv: ProgramModule = { main, worker };

class CsvJob {
  private scanner: CsvScanner;

  constructor(
    private readonly sys: Sys,
    private readonly fd: number,
    private readonly size: number,
    private readonly settings: CsvSettings,
    private readonly header: Header,
    private readonly ledger: Ledger,
    private readonly pool: Pool,
    private readonly progress: Progress,
    /** A cell with the size of standard output, where that is a file; -1 otherwise. */
    private readonly outputSize: number,
  ) {
    this.scanner = header.scanner;
  }

  async run(): Promise<number> {
    try {
      await this.rows();
      await this.pool.finish(() => this.show());
      this.pool.mayGoOn();
    } catch (error) {
      await this.pool.abandon();
      await this.progress.clear();
      throw placed(this.settings.path, error);
    }
    await this.progress.clear();
    return this.summary();
  }

  private async rows(): Promise<void> {
    const { ledger, settings, header } = this;
    const { first, startByte } = ledger.done;
    if (first > 0) {
      // Rows count the header too. The last task may have been short, but then nothing comes after it.
      await this.sys.lseek(this.fd, startByte, 'set');
      this.scanner = new CsvScanner({ blanks: settings.blanks }, startByte, 1 + first * settings.batch);
    }
    const batcher = new Batcher({
      column: header.column,
      batch: settings.batch,
      tasksPerMessage: (bytes) => this.tasksPerMessage(bytes),
      first,
      startByte: first > 0 ? startByte : this.scanner.byte,
      isDone: (task) => ledger.done.has(task),
    });
    for (;;) {
      while (this.scanner.next()) {
        if (this.scanner.columns !== header.columns) throw this.wrongColumns();
        if (batcher.add(this.scanner)) await this.pool.put(batcher.take()!, () => this.show());
      }
      if (this.scanner.finished) break;
      await feed(this.sys, this.fd, this.scanner, settings.path);
    }
    const last = batcher.last(this.scanner.byte);
    if (last !== undefined) await this.pool.put(last, () => this.show());
  }

  private wrongColumns(): CsvError {
    const { rows, rowByte, columns } = this.scanner;
    return new CsvError(rows - 1, rowByte, `${columns} columns where the header has ${this.header.columns}`);
  }

  /** Enough messages for all workers, and several tasks in each where the file is long. */
  private tasksPerMessage(bytesOfTask: number): number {
    const tasks = Math.floor(this.size / Math.max(1, bytesOfTask));
    const share = Math.floor(tasks / (Math.max(1, this.settings.workers) * MESSAGES_PER_WORKER));
    return Math.max(1, Math.min(MAX_TASKS_PER_MESSAGE, share));
  }

  private show(): Promise<void> {
    const { totals } = this.pool;
    const rows = totals.rows + this.ledger.done.rows;
    return this.progress.show(
      this.scanner.byte,
      this.size,
      (elapsedNs) =>
        `${rows} rows, ${totals.tasks + this.ledger.done.count} tasks, ${perSecond(totals.rows, elapsedNs)}`,
    );
  }

  /** What was done, on standard error where values were printed. Answers the exit code. */
  private async summary(): Promise<number> {
    const { sys, pool, ledger, settings } = this;
    const { totals } = pool;
    const elapsedNs = (await sys.clock_gettime('monotonic')) - this.progress.startNs;
    const [rows, tasks] = [totals.rows + ledger.done.rows, totals.tasks + ledger.done.count];
    const { failed } = totals;
    if (this.outputSize >= 0)
      await at(settings.ledger, recordSynced(sys, ledger.fd, 1, (await sys.cell_load(this.outputSize)) as number));
    if (failed.length === 0) await at(settings.ledger, recordComplete(sys, ledger.fd, tasks, rows));
    const lines = [
      `${rows} rows, ${tasks} tasks, the last of ${lastTask(rows, settings.batch)}, ${counted(pool.started, 'thread')}, ${seconds(elapsedNs)}, ${perSecond(totals.rows, elapsedNs)}`,
    ];
    if (ledger.done.count > 0) lines.push(`${ledger.done.count} of the tasks were done before`);
    if (totals.repeated > 0) lines.push(`${totals.repeated} submissions were sent again`);
    if (pool.started > 0) lines.push(`tasks by thread: ${totals.byWorker.join(' ')}`);
    await writeAll(sys, settings.url === '' ? 2 : 1, `${lines.join('\n')}\n`);
    if (failed.length === 0) return 0;
    for (const { task, reason } of failed.slice(0, FAILED_SHOWN))
      await printError(sys, `csv: task ${task}: ${reason}\n`);
    await printError(sys, `csv: ${failed.length} tasks failed; --resume tries them again\n`);
    return 1;
  }
}

/** The first row, and the scanner behind it. */
interface Header {
  readonly scanner: CsvScanner;
  readonly columns: number;
  /** The place of the column that is wanted. */
  readonly column: number;
}

async function headerOf(sys: Sys, fd: number, { path, column: wanted, blanks }: CsvSettings): Promise<Header> {
  const scanner = new CsvScanner({ blanks });
  try {
    while (!scanner.next()) {
      if (scanner.finished) throw new ToolError(`${path}: empty, not even a header`);
      await feed(sys, fd, scanner, path);
    }
  } catch (error) {
    throw placed(path, error);
  }
  const names = Array.from({ length: scanner.columns }, (_, column) => scanner.text(column));
  const column = names.indexOf(wanted);
  if (column < 0) throw new ToolError(`${path}: no column '${wanted}' in ${printable(names.join(', '))}`);
  return { scanner, columns: scanner.columns, column };
}

/** The file's next bytes, or its end. */
async function feed(sys: Sys, fd: number, scanner: CsvScanner, path: string): Promise<void> {
  const bytes = await at(path, sys.read(fd, READ_BYTES));
  if (bytes.length > 0) scanner.feed(bytes);
  else scanner.finish();
}

/** A fault in the table, with the name of its file. */
function placed(path: string, error: unknown): unknown {
  return error instanceof CsvError ? new ToolError(`${path}: ${error.message}`) : error;
}

/** Rows of the last task. */
function lastTask(rows: number, batch: number): number {
  return rows === 0 ? 0 : ((rows - 1) % batch) + 1;
}

async function sizeOfFile(sys: Sys, fd: number, path: string): Promise<number> {
  const { type, size } = await sys.fstat(fd);
  if (type === 'directory') throw new ToolError(`${path}: Is a directory`);
  if (type !== 'file') throw new ToolError(`${path}: not a regular file: a job that resumes reads it again`);
  return size;
}

/** The job's name: the same for the same file, column and batch size. Leaves the descriptor at the file's beginning. */
async function jobOf(sys: Sys, fd: number, size: number, { path, column, batch }: CsvSettings): Promise<string> {
  const sum = new Sha256();
  sum.update(encodeUtf8(`${size} ${batch} ${column}\n`));
  sum.update(await at(path, sys.read(fd, SAMPLE_BYTES)));
  await sys.lseek(fd, Math.max(0, size - SAMPLE_BYTES), 'set');
  sum.update(await at(path, sys.read(fd, SAMPLE_BYTES)));
  await sys.lseek(fd, 0, 'set');
  return hex(sum.digest()).slice(0, 16);
}

/** Makes the output file what the ledger says that it was: what a killed job printed and did not write down is cut off. */
async function cutOutput(sys: Sys, ledger: Ledger, resume: boolean, size: number): Promise<void> {
  const keep = ledger.outputSize;
  if (!resume || keep === undefined) return;
  if (size < keep)
    throw new ToolError(
      `standard output: ${size} bytes where the ledger has ${keep}: append to the earlier output (>>)`,
    );
  await at('standard output', sys.ftruncate(1, keep));
  await sys.lseek(1, 0, 'end');
}
