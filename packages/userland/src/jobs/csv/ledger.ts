/**
 * The ledger of a CSV job: which tasks are done, so that a job that was killed goes on where it was. A text file that only grows, a line for each message:
 *
 *     csv-ledger 1 <job> <size of the output at the start, or -> <check>
 *     <first task> <tasks> <rows> <end in the file> <size of the output, or -> <check>
 *     complete <tasks> <rows> <check>
 *
 * A line is one write(2) to a descriptor in append mode, so that lines of several threads never mix. `kill -9` may tear the last one: from the first line whose
 * check does not fit, the file is cut off. What a task did and no line says is done again: a submission carries the same key both times, and an output in a file
 * is cut back to the size that the last whole line names. Survives the death of the process, not of the machine (no fsync(2)).
 */
import { encodeUtf8, latin1 } from '@netarium/core/base/utf8.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { ToolError } from '../../coreutils/tool.ts';
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
export async function record(sys: Sys, fd: number, done: DoneTasks, outputSize: number | undefined): Promise<void> {
  const { first, tasks, rows, endByte } = done;
  await sys.write(fd, encodeUtf8(lineOf(`${first} ${tasks} ${rows} ${endByte} ${sizeText(outputSize)}`)));
}

export async function recordComplete(sys: Sys, fd: number, tasks: number, rows: number): Promise<void> {
  await sys.write(fd, encodeUtf8(lineOf(`complete ${tasks} ${rows}`)));
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
  const lines: DoneTasks[] = [];
  let head: { readonly job: string; readonly base: number | undefined } | undefined;
  let outputSize: number | undefined;
  let [complete, start] = [false, 0];
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    const line = text.slice(start, end);
    const body = line.slice(0, Math.max(0, line.length - 9));
    if (lineOf(body) !== `${line}\n`) break;
    if (head === undefined) {
      const found = /^csv-ledger 1 ([0-9a-f]{16}) (\d{1,15}|-)$/.exec(body);
      if (found === null) break;
      head = { job: found[1]!, base: sizeOf(found[2]!) };
      outputSize = head.base;
    } else if (/^complete \d{1,15} \d{1,15}$/.test(body)) complete = true;
    else {
      const found = /^(\d{1,10}) (\d{1,6}) (\d{1,15}) (\d{1,15}) (\d{1,15}|-)$/.exec(body);
      if (found === null) break;
      lines.push({
        first: Number(found[1]),
        tasks: Number(found[2]),
        rows: Number(found[3]),
        endByte: Number(found[4]),
      });
      outputSize = sizeOf(found[5]!);
    }
    start = end + 1;
  }
  return head && { job: head.job, lines, complete, outputSize, wholeBytes: start };
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
