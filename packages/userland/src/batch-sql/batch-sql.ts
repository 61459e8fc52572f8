/**
 * batch-sql: SQL over files, in the manner of Hive on MapReduce. A table is a directory of text files; a query becomes a job: a map task for each piece of each file, a
 * process of its own that reads the piece whole, then one reduce task. There are no indexes and no changes in place: INSERT adds a file, UPDATE and DELETE are refused.
 * It is no Hive: one machine, local files with commas between fields (no quotes), one table per query, one reduce task, no metastore server.
 */
import { SysError } from '@netarium/core/base/errno.ts';
import type { ProgramModule } from '@netarium/core/syscall/program.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { errorText, unless } from '../lib/failure.ts';
import { withHelp } from '../lib/help.ts';
import { countOption, secondsOption } from '../lib/option-values.ts';
import { type ParsedOptions, type ProgramOptions, parseOptions, UsageError } from '../lib/options.ts';
import { print, printError, readText, writeFile } from '../lib/stdio.ts';
import { SqlError } from '../sql/errors.ts';
import type { Expr, Insert, Select } from '../sql/language/ast.ts';
import { Reader } from '../sql/language/reader.ts';
import { parseStatement } from '../sql/language/statement.ts';
import { BatchError } from './errors.ts';
import { evaluate } from './evaluate.ts';
import { planQuery } from './query.ts';
import { type BatchColumn, type Field, fieldType, openTable, SCHEMA_FILE, schemaText } from './schema.ts';
import { splitsOf } from './splits.ts';
import { type Counters, type Job, LINE_NS, mapTask, reduceTask, taskFile } from './tasks.ts';

export const options: ProgramOptions = {
  name: 'batch-sql',
  usage: 'batch-sql [--warehouse DIR] [--split-bytes N] [--slots N] [--start SECONDS] STATEMENT',
  options: [
    { names: ['--warehouse'], value: 'DIR', help: 'where the tables are; /srv/warehouse by default' },
    { names: ['--split-bytes'], value: 'N', help: 'the longest piece of a file for one task; 65536 by default' },
    { names: ['--slots'], value: 'N', help: 'so many tasks at once; 4 by default' },
    {
      names: ['--start'],
      value: 'SECONDS',
      help: 'how long a task waits for its container before it runs; 0 by default',
    },
  ],
};

interface Settings {
  readonly warehouse: string;
  readonly splitBytes: number;
  readonly slots: number;
  readonly startNs: number;
}

const main = withHelp(options, async (sys, argv) => {
  try {
    const parsed = parseOptions(options, argv.slice(1));
    if (parsed.operands.length !== 1) throw new UsageError('batch-sql: one statement is wanted');
    await carryOut(sys, settingsOf(parsed), parsed.operands[0]!);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) await printError(sys, `${error.message}\n`);
    else await printError(sys, `batch-sql: ${reasonOf(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
});

/** The program with its entries: tasks are forked processes of it. */
export const batchSql: ProgramModule = { main, mapTask, reduceTask };

function reasonOf(error: unknown): string {
  if (error instanceof BatchError || error instanceof SqlError) return error.message;
  if (error instanceof SysError) return errorText(error);
  throw error;
}

function settingsOf(parsed: ParsedOptions): Settings {
  return {
    warehouse: parsed.value('--warehouse') ?? '/srv/warehouse',
    splitBytes: countOption('batch-sql', parsed, '--split-bytes', 65_536),
    slots: countOption('batch-sql', parsed, '--slots', 4),
    startNs: secondsOption('batch-sql', parsed, '--start', '0'),
  };
}

async function carryOut(sys: Sys, settings: Settings, sql: string): Promise<void> {
  if (/^\s*create\s+table\b/i.test(sql)) return createTable(sys, settings, sql);
  const { statement } = parseStatement(sql);
  switch (statement.k) {
    case 'select':
      return select(sys, settings, statement);
    case 'insert':
      return insert(sys, settings, statement);
    case 'update':
    case 'delete':
      // Hive's error 10294 of a table that is not transactional.
      throw new BatchError('attempt to do update or delete on a table of plain files: rows cannot be changed in place');
    default:
      throw new BatchError(`statement '${statement.k}' is not supported`);
  }
}

/** `CREATE TABLE t (a INT, b STRING) PARTITIONED BY (day STRING)`: a directory and what its files mean. */
async function createTable(sys: Sys, { warehouse }: Settings, sql: string): Promise<void> {
  const reader = new Reader(sql);
  reader.expect('CREATE', 'TABLE');
  const name = reader.name();
  const list = (partition: boolean): BatchColumn[] =>
    reader.parenthesised(() =>
      reader.list(() => ({ name: reader.name(), type: fieldType(reader.advance().text), partition })),
    );
  const columns = list(false);
  if (reader.accept('PARTITIONED', 'BY')) columns.push(...list(true));
  if (!reader.atEnd) reader.fail();
  await unless(sys.mkdir(warehouse), 'EEXIST');
  await sys.mkdir(`${warehouse}/${name}`);
  await writeFile(sys, `${warehouse}/${name}/${SCHEMA_FILE}`, schemaText(columns));
}

/** Rows come as a new file: nothing that is there is touched. */
async function insert(
  sys: Sys,
  { warehouse }: Settings,
  { table: { name }, rows, columns, onDuplicate, ignore }: Insert,
): Promise<void> {
  if (!rows || columns || onDuplicate.length > 0 || ignore) throw new BatchError('INSERT wants VALUES for all columns');
  const table = await openTable(sys, warehouse, name);
  if (table.columns.some(({ partition }) => partition))
    throw new BatchError('files of a partitioned table are put into its directories');
  const lines = rows.map((row, i) => {
    if (row.length !== table.columns.length)
      throw new BatchError(`row ${i + 1} has ${row.length} values, the table ${table.columns.length} columns`);
    return row.map((value) => written(value)).join(',');
  });
  const before = await sys.readdir(table.folder);
  const path = `${table.folder}/part-${String(before.length).padStart(5, '0')}`;
  // Under a name that no query reads until it is whole.
  await writeFile(sys, `${table.folder}/.new`, `${lines.join('\n')}\n`);
  await sys.rename(`${table.folder}/.new`, path);
}

function written(expr: Expr | undefined): string {
  if (expr === undefined) throw new BatchError('DEFAULT is not supported');
  const value = evaluate(expr, () => {
    throw new BatchError('a value names a column');
  });
  if (typeof value === 'string' && /[,\n]/.test(value)) throw new BatchError('a field with a comma or a line end');
  return value === null ? '\\N' : String(value);
}

async function select(sys: Sys, settings: Settings, statement: Select): Promise<void> {
  const from = statement.first.from;
  if (from?.k !== 'table') throw new BatchError('FROM wants one table');
  const table = await openTable(sys, settings.warehouse, from.table.name);
  const query = planQuery(statement, table);
  const splits = await splitsOf(sys, table, query, settings.splitBytes);
  const folder = `${settings.warehouse}/.job-${await sys.getpid()}`;
  await sys.mkdir(folder);
  const real = (await sys.getenv()).NETARIUM_KERNEL === 'real';
  const job: Job = { table, query, splits, folder, startNs: settings.startNs, lineNs: real ? 0 : LINE_NS };
  // Whole numbers past the safe range are compared as doubles here.
  const told = JSON.stringify(job, (_, value) => (typeof value === 'bigint' ? Number(value) : value));
  const startedNs = await sys.clock_gettime('monotonic');
  try {
    await runTasks(sys, settings.slots, splits.length, (number) => sys.fork('mapTask', [told, number]));
    await runTasks(sys, 1, 1, () => sys.fork('reduceTask', [told]));
    const { counters, rows } = JSON.parse(await readText(sys, taskFile(job, 'reduce', 0))) as {
      counters: Counters;
      rows: readonly (readonly Field[])[];
    };
    await print(
      sys,
      [query.items.map(({ name }) => name), ...rows]
        .map((row) => `${row.map((field) => field ?? 'NULL').join('\t')}\n`)
        .join(''),
    );
    const ms = Math.round(((await sys.clock_gettime('monotonic')) - startedNs) / 1e6);
    await printError(
      sys,
      `${splits.length} map tasks, 1 reduce task, ${counters.rows} rows, ${counters.pages} pages, ${counters.bytes} bytes, ${ms} ms\n`,
    );
  } finally {
    await removeFolder(sys, folder);
  }
}

/** At most so many at once; the first that fails ends the job. */
async function runTasks(
  sys: Sys,
  slots: number,
  count: number,
  start: (number: number) => Promise<number>,
): Promise<void> {
  const running = new Set<number>();
  for (let next = 0; next < count || running.size > 0; ) {
    while (next < count && running.size < slots) running.add(await start(next++));
    const ended = await sys.waitpid(-1);
    if (ended === undefined) continue;
    running.delete(ended.pid);
    if (ended.code === 0) continue;
    for (const pid of running) await unless(sys.kill(pid, 'SIGKILL'), 'ESRCH');
    for (const pid of running) await sys.waitpid(pid);
    throw new BatchError(`a task ended with ${ended.signal ?? ended.code}`);
  }
}

async function removeFolder(sys: Sys, folder: string): Promise<void> {
  for (const { name } of await sys.readdir(folder))
    if (name !== '.' && name !== '..') await sys.unlink(`${folder}/${name}`);
  await sys.rmdir(folder);
}
