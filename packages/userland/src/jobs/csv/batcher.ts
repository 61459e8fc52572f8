/**
 * Rows become tasks of a hundred, and tasks the messages that go to workers: several in one, since what passes between threads costs by the message. A task's
 * bytes are what is printed or submitted: the column's values, one a line, in quotes where they would not be one line otherwise.
 */
import { assert } from '@netarium/core/base/assert.ts';
import type { CsvScanner } from './scanner.ts';

/** Contiguous tasks. A plain object of numbers and bytes: it passes between threads. */
export interface Message {
  readonly [key: string]: number | readonly number[] | Uint8Array;
  /** Number of its first task, from 0. */
  readonly first: number;
  /** Where the bytes of each task end. */
  readonly ends: readonly number[];
  readonly rows: number;
  /** Where in the file the first row after them begins. */
  readonly endByte: number;
  readonly bytes: Uint8Array;
}

export interface BatcherOptions {
  readonly column: number;
  /** Rows of a task. */
  readonly batch: number;
  /** At most so many tasks in a message; asked when the first task is complete, with the bytes that it took of the file. */
  readonly tasksPerMessage: (bytesOfTask: number) => number;
  /** Number of the first task, and where in the file it begins. */
  readonly first: number;
  readonly startByte: number;
  /** Tasks that are done already are left out. */
  readonly isDone: (task: number) => boolean;
}

const [LF, QUOTE] = [10, 34];

export class Batcher {
  private buffer = new Uint8Array(65_536);
  private at = 0;
  private ends: number[] = [];
  private rows = 0;
  private rowsOfTask = 0;
  private task: number;
  private endByte = 0;
  private limit = 0;
  /** The task that ended last was done before: it comes after those of the message. */
  private skipped = false;

  constructor(private readonly options: BatcherOptions) {
    this.task = options.first;
  }

  /** Takes the row that the scanner found. True: a message is full, take it. */
  add(scanner: CsvScanner): boolean {
    this.put(scanner);
    this.rowsOfTask++;
    return this.rowsOfTask === this.options.batch && this.endTask(scanner.byte);
  }

  /** The rest, when there are no more rows; undefined where nothing is left. */
  last(byte: number): Message | undefined {
    if (this.rowsOfTask > 0) this.endTask(byte);
    return this.take();
  }

  /** The tasks that are complete. */
  take(): Message | undefined {
    const { ends, rows, endByte } = this;
    if (ends.length === 0) return undefined;
    const end = ends[ends.length - 1]!;
    const bytes = this.buffer.slice(0, end);
    const first = this.task - ends.length - (this.skipped ? 1 : 0);
    this.buffer.copyWithin(0, end, this.at);
    this.at -= end;
    this.ends = [];
    this.rows = 0;
    this.skipped = false;
    return { first, ends, rows, endByte, bytes };
  }

  private endTask(byte: number): boolean {
    const done = this.options.isDone(this.task);
    this.task++;
    const rows = this.rowsOfTask;
    this.rowsOfTask = 0;
    if (done) {
      this.at = this.ends[this.ends.length - 1] ?? 0;
      this.skipped = this.ends.length > 0;
      return this.skipped;
    }
    this.endByte = byte;
    this.rows += rows;
    this.ends.push(this.at);
    if (this.limit === 0) this.limit = this.options.tasksPerMessage(byte - this.options.startByte);
    return this.ends.length >= this.limit;
  }

  private put(scanner: CsvScanner): void {
    const { column } = this.options;
    const length = scanner.length(column);
    // Room for the value with every byte doubled, two quotes and the line end.
    if (this.at + 2 * length + 3 > this.buffer.length) this.grow(2 * length + 3);
    const { buffer, at } = this;
    const end = scanner.copyBare(column, buffer, at);
    this.at = end >= 0 ? end : quoteInPlace(buffer, at, scanner.copyTo(column, buffer, at));
    buffer[this.at++] = LF;
  }

  private grow(room: number): void {
    const larger = new Uint8Array(Math.max(this.buffer.length * 2, this.at + room));
    larger.set(this.buffer.subarray(0, this.at));
    this.buffer = larger;
  }
}

/** Puts quotes around a value and doubles those within it (RFC 4180 section 2, rules 6 and 7); answers where it ends. */
function quoteInPlace(buffer: Uint8Array, start: number, end: number): number {
  let quotes = 2;
  for (let i = start; i < end; i++) if (buffer[i] === QUOTE) quotes++;
  let to = end + quotes;
  assert(to <= buffer.length, 'no room for quotes');
  const after = to;
  buffer[--to] = QUOTE;
  for (let i = end - 1; i >= start; i--) {
    const byte = buffer[i]!;
    buffer[--to] = byte;
    if (byte === QUOTE) buffer[--to] = QUOTE;
  }
  buffer[--to] = QUOTE;
  return after;
}
