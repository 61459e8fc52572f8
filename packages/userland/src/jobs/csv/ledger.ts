/**
 * The ledger of a CSV job: which tasks are done, so that a job that was killed goes on where it was. A text file that only grows, a line for each message:
 *
 *     csv-ledger 1 <job> <size of the output at the start, or -> <check>
 *     <first task> <tasks> <rows> <end in the file> <check>
 *     synced <size of the output> <check>
 *     complete <tasks> <rows> <check>
 *
 * A line is one write(2) to a descriptor in append mode, so that lines of several threads never mix. `kill -9` may tear the last one: from the first line whose
 * check does not fit, the file is cut off. What a task did and no line says is done again: a submission carries the same key both times, and an output in a file
 * is cut back.
 *
 * After a loss of power a file may be shorter or older than it was, each for itself. A ledger that is behind is no harm. One that is ahead of the output would be: so an
 * output in a file is brought to the disk now and then (fdatasync(2)), a line says up to where, and what comes after the last of these lines is not believed.
 */
import { encodeUtf8, latin1 } from '@netarium/core/base/utf8.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { ToolError } from '../../coreutils/tool.ts';
import { syncNameOf } from '../../lib/durable.ts';
import { unless } from '../../lib/failure.ts';
import { readFile } from '../../lib/stdio.ts';
import { at, openAt } from '../lib/place.ts';

/** Tasks that are done, with the rows in them. */
export interface DoneTasks {
  readonly first: number;
  readonly tasks: number;
  readonly rows: number;
  /** Where in the file the row after them begins; 0 where that is not known. */
  readonly endByte: number;
}

export interface Ledger {
  readonly fd: number;
  readonly done: DoneSet;
  /** What a file of output may keep; undefined where the output was no file. */
  readonly outputSize: number | undefined;
}

export class DoneSet {
  private readonly found = new Set<number>();
  rows = 0;
  /** All tasks before this one are done; where in the file it begins. */
  first = 0;
  startByte = 0;

  constructor(lines: readonly DoneTasks[]) {
    const ends = new Map<number, number>();
    for (const { first, tasks, rows, endByte } of lines) {
      for (let task = first; task < first + tasks; task++) this.found.add(task);
      if (endByte > 0) ends.set(first + tasks, endByte);
      this.rows += rows;
    }
    for (let task = 0; this.found.has(task); task++) {
      const endByte = ends.get(task + 1);
      if (endByte === undefined) continue;
      this.first = task + 1;
      this.startByte = endByte;
    }
  }

  get count(): number {
    return this.found.size;
  }

  has(task: number): boolean {
    return this.found.has(task);
  }
}

/** FNV-1a of 32 bits: enough to tell a torn line from a whole one. */
function checkOf(text: string): string {
  let hash = 0x811c_9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x0100_0193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

function lineOf(text: string): string {
  return `${text} ${checkOf(text)}\n`;
}

const sizeText = (size: number | undefined): string => (size === undefined ? '-' : String(size));
const sizeOf = (text: string): number | undefined => (text === '-' ? undefined : Number(text));

/** Adds a line. The write is whole or fails: a part of a line ends what can be believed of the file. */
export async function record(sys: Sys, fd: number, { first, tasks, rows, endByte }: DoneTasks): Promise<void> {
  await sys.write(fd, encodeUtf8(lineOf(`${first} ${tasks} ${rows} ${endByte}`)));
}

/** Brings the output to the disk, and says so. */
export async function recordSynced(sys: Sys, fd: number, output: number, outputSize: number): Promise<void> {
  await at('standard output', sys.fdatasync(output));
  await sys.write(fd, encodeUtf8(lineOf(`synced ${outputSize}`)));
}

export async function recordComplete(sys: Sys, fd: number, tasks: number, rows: number): Promise<void> {
  await sys.write(fd, encodeUtf8(lineOf(`complete ${tasks} ${rows}`)));
  await sys.fsync(fd);
}

export interface LedgerText {
  readonly job: string;
  readonly lines: readonly DoneTasks[];
  readonly complete: boolean;
  readonly outputSize: number | undefined;
  /** So many bytes of the file are whole lines. */
  readonly wholeBytes: number;
}

/** What a ledger says; undefined where not even its first line is whole. */
export function parseLedger(text: string): LedgerText | undefined {
  let believed: Omit<LedgerText, 'lines'> | undefined;
  const lines: DoneTasks[] = [];
  let linesBelieved = 0;
  for (const { body, end } of wholeLines(text)) {
    if (believed === undefined) {
      const head = /^csv-ledger 1 ([0-9a-f]{16}) (\d{1,15}|-)$/.exec(body);
      if (head === null) return undefined;
      believed = { job: head[1]!, complete: false, outputSize: sizeOf(head[2]!), wholeBytes: end };
      continue;
    }
    const complete = /^complete \d{1,15} \d{1,15}$/.test(body);
    const synced = /^synced (\d{1,15})$/.exec(body);
    const done = doneTasks(body);
    if (done !== undefined) lines.push(done);
    else if (!complete && synced === null) break;
    const outputSize: number | undefined = synced === null ? believed.outputSize : Number(synced[1]);
    // Without an output in a file there is nothing that a line could be ahead of.
    if (!complete && synced === null && outputSize !== undefined) continue;
    believed = { ...believed, complete, outputSize, wholeBytes: end };
    linesBelieved = lines.length;
  }
  return believed && { ...believed, lines: lines.slice(0, linesBelieved) };
}

/** The lines up to the first one that is not whole, without their checks, and where each ends. */
function* wholeLines(text: string): Generator<{ readonly body: string; readonly end: number }> {
  for (let start = 0, end = text.indexOf('\n'); end >= 0; start = end + 1, end = text.indexOf('\n', start)) {
    const line = text.slice(start, end);
    const body = line.slice(0, Math.max(0, line.length - 9));
    if (lineOf(body) !== `${line}\n`) return;
    yield { body, end: end + 1 };
  }
}

function doneTasks(body: string): DoneTasks | undefined {
  const found = /^(\d{1,10}) (\d{1,6}) (\d{1,15}) (\d{1,15})$/.exec(body)?.slice(1).map(Number);
  if (found === undefined) return undefined;
  const [first, tasks, rows, endByte] = found as [number, number, number, number];
  return { first, tasks, rows, endByte };
}

/** Opens the ledger of a job: a new one, or with `resume` the one that is there, its torn end cut off. */
export async function openLedger(
  sys: Sys,
  path: string,
  job: string,
  resume: boolean,
  outputSize: number | undefined,
): Promise<Ledger> {
  const found = await at(path, unless(readFile(sys, path), 'ENOENT'));
  const earlier = found === undefined ? undefined : parseLedger(latin1(found));
  if (found !== undefined && found.length > 0 && earlier === undefined && !torn(found))
    throw new ToolError(`${path}: this is not a ledger of csv; name another by --ledger`);
  if (!resume && earlier !== undefined && !earlier.complete)
    throw new ToolError(`${path}: a run that did not end is recorded here: go on with --resume, or remove the file`);
  if (resume && earlier !== undefined) return resumed(sys, path, job, earlier);
  const fd = await openAt(sys, path, { write: true, create: true, truncate: true, append: true });
  await at(path, sys.write(fd, encodeUtf8(lineOf(`csv-ledger 1 ${job} ${sizeText(outputSize)}`))));
  // An output without its ledger would be printed once more.
  await at(path, sys.fsync(fd));
  await at(path, syncNameOf(sys, path));
  return { fd, done: new DoneSet([]), outputSize };
}

/** The beginning of a first line and nothing else: the job was killed in its first instants. */
function torn(bytes: Uint8Array): boolean {
  const text = latin1(bytes);
  return !text.includes('\n') && ('csv-ledger 1 '.startsWith(text) || text.startsWith('csv-ledger 1 '));
}

async function resumed(sys: Sys, path: string, job: string, earlier: LedgerText): Promise<Ledger> {
  if (earlier.job !== job)
    throw new ToolError(`${path}: belongs to another job (the file, its column or the batch size has changed)`);
  const fd = await openAt(sys, path, { write: true, append: true });
  await at(path, sys.ftruncate(fd, earlier.wholeBytes));
  return { fd, done: new DoneSet(earlier.lines), outputSize: earlier.outputSize };
}
