/**
 * A CSV reader over bytes, for files that fit no memory: RFC 4180 with the liberties that real files take. Fields in quotes may hold commas, line ends and
 * doubled quotes; rows end with LF, CRLF or CR; blanks before a field are skipped (as `csv.reader(skipinitialspace=True)` does), since the notes' own file has
 * one after each comma; empty lines are no rows; a byte order mark is none either. What is broken is an error with row and byte, never a guess: a quote inside
 * a field that has none around it, text after a closing quote, a quote that is never closed.
 *
 * Why not a library: those for Node that can be made to read this format (papaparse with a delimiter of comma and blank, d3-dsv after the blanks were taken out,
 * csv-parse, fast-csv) come to 1.9, 1.9, 0.9 and 0.4 million rows a second where Python's reader in C has 2.6 (bench/README.md); none works on bytes. Leaves
 * out: other delimiters, escapes by backslash, comments.
 */
import { assert } from '@netarium/core/base/assert.ts';
import { decodeUtf8 } from '@netarium/core/base/utf8.ts';

const [LF, CR, BLANK, QUOTE, COMMA] = [10, 13, 32, 34, 44];
/** A row longer than this has most likely lost a quote; it also bounds the memory. */
export const MAX_ROW_BYTES = 1_048_576;
const MAX_COLUMNS = 4096;
/** Beyond a piece of the file: for the beginning of a row before the next one. */
const ROOM_BYTES = 4096;

export interface ScannerOptions {
  /** `keep`: a blank is part of its field, and quotes after it are text: what a reader does that takes RFC 4180 by its letter. */
  readonly blanks?: 'skip' | 'keep';
}

/** What is wrong with the file, and where: rows count from 1, the header not included; bytes from 0. */
export class CsvError extends Error {
  override readonly name = 'CsvError';
  constructor(
    readonly row: number,
    readonly byte: number,
    readonly reason: string,
  ) {
    super(`${row <= 0 ? 'header' : `row ${row}`}, byte ${byte}: ${reason}`);
  }
}

/** The bytes at hand end before the row does. */
const MORE = -1;

export class CsvScanner {
  /** Rows so far, the header included. */
  rows: number;
  /** Fields of the row that `next` found, and where in the file it begins. */
  columns = 0;
  rowByte = 0;
  private readonly starts = new Int32Array(MAX_COLUMNS);
  private readonly ends = new Int32Array(MAX_COLUMNS);
  /** 1 for a field with doubled quotes in it. */
  private readonly doubled = new Uint8Array(MAX_COLUMNS);
  private buffer = new Uint8Array(0);
  private at = 0;
  private end = 0;
  /** Where in the file the buffer's first byte stands. */
  private base: number;
  private final = false;
  private readonly skipBlanks: boolean;

  /** `byte` and `rows`: where a scan begins that goes on with an earlier one. */
  constructor({ blanks = 'skip' }: ScannerOptions = {}, byte = 0, rows = 0) {
    this.skipBlanks = blanks === 'skip';
    this.base = byte;
    this.rows = rows;
  }

  /** Where in the file the next row begins. */
  get byte(): number {
    return this.base + this.at;
  }

  /** The file's next bytes; those of the row that was not complete stay before them. */
  feed(chunk: Uint8Array): void {
    assert(!this.final, 'bytes after the end');
    const { buffer, at } = this;
    const left = this.end - at;
    this.base += at;
    this.at = 0;
    this.end = left + chunk.length;
    if (this.end > buffer.length) {
      this.buffer = new Uint8Array(this.end + ROOM_BYTES);
      this.buffer.set(buffer.subarray(at, at + left));
    } else buffer.copyWithin(0, at, at + left);
    this.buffer.set(chunk, left);
  }

  /** Nothing more will come: the last row may lack its line end. */
  finish(): void {
    this.final = true;
  }

  get finished(): boolean {
    return this.final;
  }

  /** Finds the next row; false where the bytes at hand hold no complete one. Throws `CsvError`. */
  next(): boolean {
    if (this.base === 0 && this.at === 0 && !this.skipMark()) return false;
    for (;;) {
      const after = this.scan(this.at);
      if (after === MORE) {
        if (this.end - this.at > MAX_ROW_BYTES)
          throw this.broken(this.at, `longer than ${MAX_ROW_BYTES} bytes: is a quote missing?`);
        return false;
      }
      this.rowByte = this.base + this.at;
      this.at = after;
      if (this.columns === 0) continue;
      this.rows++;
      return true;
    }
  }

  /** The bytes of a field of the row found last, until the next `next` or `feed`. */
  bytes(column: number): Uint8Array {
    const view = this.buffer.subarray(this.starts[column]!, this.ends[column]!);
    if (this.doubled[column] === 0) return view;
    const out = new Uint8Array(view.length);
    return out.subarray(0, this.copyTo(column, out, 0));
  }

  text(column: number): string {
    return decodeUtf8(this.bytes(column));
  }

  length(column: number): number {
    return this.ends[column]! - this.starts[column]!;
  }

  /** Copies a field (room for `length(column)` must be there) and answers where it ends. */
  copyTo(column: number, target: Uint8Array, to: number): number {
    const { buffer } = this;
    const end = this.ends[column]!;
    if (this.doubled[column] === 0) {
      for (let i = this.starts[column]!; i < end; i++) target[to++] = buffer[i]!;
      return to;
    }
    for (let i = this.starts[column]!; i < end; i++) {
      target[to++] = buffer[i]!;
      // Within such a field quotes come in pairs only.
      if (buffer[i] === QUOTE) i++;
    }
    return to;
  }

  /** Copies a field that is one line as it stands, with nothing in it for which a field is put in quotes; -1 where it is not. */
  copyBare(column: number, target: Uint8Array, to: number): number {
    const { buffer } = this;
    const start = this.starts[column]!;
    const end = this.ends[column]!;
    if (start === end || buffer[start] === BLANK) return -1;
    for (let i = start; i < end; i++) {
      const byte = buffer[i]!;
      if (byte <= COMMA && (byte === QUOTE || byte === COMMA || byte === LF || byte === CR)) return -1;
      target[to++] = byte;
    }
    return to;
  }

  /** Steps over U+FEFF; false where it cannot be told yet. */
  private skipMark(): boolean {
    if (this.end < 3 && !this.final) return false;
    if (this.buffer[0] === 0xef && this.buffer[1] === 0xbb && this.buffer[2] === 0xbf) this.at = 3;
    return true;
  }

  /** The row at `start`: fills the tables, sets `columns` (0: an empty line), and answers where the next one begins. */
  private scan(start: number): number {
    const { buffer, end, starts, ends, doubled, skipBlanks } = this;
    let i = start;
    let column = 0;
    if (i >= end) return MORE;
    this.columns = 0;
    if (buffer[i] === LF || buffer[i] === CR) return this.lineEnd(i);
    for (;;) {
      if (skipBlanks) while (i < end && buffer[i] === BLANK) i++;
      if (i < end && buffer[i] === QUOTE) {
        const close = this.closing(i, column);
        if (close === MORE) return MORE;
        starts[column] = i + 1;
        ends[column] = close;
        i = close + 1;
      } else {
        starts[column] = i;
        for (; i < end; i++) {
          const byte = buffer[i]!;
          if (byte > COMMA) continue;
          if (byte === COMMA || byte === LF || byte === CR) break;
          if (byte === QUOTE && skipBlanks)
            throw this.broken(i, `column ${column + 1}: a quote inside a field that has none around it`);
        }
        if (i >= end && !this.final) return MORE;
        ends[column] = i;
        doubled[column] = 0;
      }
      column++;
      if (i < end && buffer[i] === COMMA) {
        if (column === MAX_COLUMNS) throw this.broken(i, `more than ${MAX_COLUMNS} columns`);
        i++;
        continue;
      }
      if (i < end && buffer[i] !== LF && buffer[i] !== CR)
        throw this.broken(i, `column ${column}: text after the closing quote`);
      const after = i >= end ? i : this.lineEnd(i);
      if (after !== MORE) this.columns = column;
      return after;
    }
  }

  /** The quote that closes the field whose opening quote stands at `open`. */
  private closing(open: number, column: number): number {
    const { buffer, end, final, doubled } = this;
    doubled[column] = 0;
    for (let i = open + 1; ; i += 2) {
      while (i < end && buffer[i] !== QUOTE) i++;
      if (i >= end && final) throw this.broken(open, `column ${column + 1}: the quote is never closed`);
      // The byte after a quote tells whether it closes or is one of two.
      if (i >= end || (i + 1 >= end && !final)) return MORE;
      if (i + 1 >= end || buffer[i + 1] !== QUOTE) return i;
      doubled[column] = 1;
    }
  }

  /** Behind the line end at `at`: LF, CRLF or CR. */
  private lineEnd(at: number): number {
    if (this.buffer[at] === LF) return at + 1;
    if (at + 1 >= this.end) return this.final ? at + 1 : MORE;
    return this.buffer[at + 1] === LF ? at + 2 : at + 1;
  }

  private broken(at: number, reason: string): CsvError {
    return new CsvError(this.rows, this.base + at, reason);
  }
}
