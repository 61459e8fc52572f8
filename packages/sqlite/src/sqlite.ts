/**
 * The embedded SQL engine: SQLite, as its makers compile it to WebAssembly. This file is what programs know of it; `sqlite.node.ts` and `sqlite.browser.ts` bring it, and
 * the package's `exports` choose between them. Opening waits for nothing outside of the instant (the module is compiled and started synchronously), so that a program
 * may do it in the middle of a simulated run; nothing is opened before somebody asks.
 *
 * Databases are in memory. Left out: files of the machine, extensions, and all of SQLite that no program here uses.
 */
export type SqliteValue = null | number | bigint | string | Uint8Array;

/** Text, numbers and bytes as they are stored; a whole number outside of the safe range is a bigint. */
export type SqliteFunction = (...args: SqliteValue[]) => SqliteValue;

export interface Statement {
  readonly columnCount: number;
  /** The next row, or undefined at the end. Throws `SqliteError`. */
  step(): SqliteValue[] | undefined;
  /** Ends it; rows that are left are not computed. */
  finalize(): void;
}

export interface Connection {
  /** Runs statements without results. */
  exec(sql: string): void;
  prepare(sql: string): Statement;
  /** A scalar function of any number of arguments. A deterministic one may be computed once where its arguments are constant. */
  define(name: string, run: SqliteFunction, deterministic: boolean): void;
  /** Rows that the last statement inserted, changed or deleted. */
  changes(): number;
  /** How often the engine fetched a page of the database since this was asked last, from its cache or from below. */
  pagesRead(): number;
  /** A connection to a copy of the database, in memory, with what is committed now. It has no functions yet. */
  copy(): Connection;
  close(): void;
}

export interface Library {
  readonly version: string;
  /** A connection to the database of this name; all connections of one library to one name share it. */
  open(name: string): Connection;
}

/** Each library has its databases for itself. Settles within the instant. */
export declare function openLibrary(): Promise<Library>;

/** What SQLite says when it cannot: its text, without the name of the result code. */
export class SqliteError extends Error {
  override readonly name = 'SqliteError';
}
