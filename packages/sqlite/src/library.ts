/** Our few calls over SQLite's own JavaScript interface (sqlite.org/wasm, "OO #1 API" and the C-style API). */
import type { Connection, Library, SqliteFunction, SqliteValue, Statement } from './sqlite.ts';

/** What is used of the module `@sqlite.org/sqlite-wasm`; its own declarations want a browser's types. */
interface OoStatement {
  readonly columnCount: number;
  step(): boolean;
  get(column: number): SqliteValue;
  finalize(): void;
}

interface OoDatabase {
  readonly pointer: number;
  exec(sql: string): unknown;
  prepare(sql: string): OoStatement;
  createFunction(name: string, options: object): unknown;
  changes(): number;
  close(): void;
}

export interface Sqlite3 {
  readonly oo1: { readonly DB: new (name: string, flags: string) => OoDatabase };
  readonly capi: {
    sqlite3_libversion(): string;
    sqlite3_db_status(db: number, op: number, current: number, highest: number, reset: number): number;
    readonly SQLITE_DBSTATUS_CACHE_HIT: number;
    readonly SQLITE_DBSTATUS_CACHE_MISS: number;
  };
  readonly wasm: {
    peek32(pointer: number): number;
    readonly pstack: { readonly pointer: number; alloc(bytes: number): number; restore(pointer: number): void };
  };
}

export type Init = (settings: object) => Promise<unknown>;

interface WasmApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
}

/** Starts SQLite without asynchronous compilation: its module allows that somebody else makes the instance. */
export async function start(
  init: Init,
  bytes: Uint8Array,
  errorType: new (message: string) => Error,
): Promise<Library> {
  const surroundings = globalThis as unknown as { readonly WebAssembly: WasmApi; sqlite3ApiConfig?: object };
  const { Module, Instance } = surroundings.WebAssembly;
  // It would tell the console of every failed statement; who called is told anyway. SQLite takes the settings and removes them.
  surroundings.sqlite3ApiConfig = { warn: () => {} };
  const sqlite = (await init({
    instantiateWasm(imports: object, received: (instance: object, module: object) => void) {
      const module = new Module(bytes);
      const instance = new Instance(module, imports);
      received(instance, module);
      return instance.exports;
    },
  })) as Sqlite3;
  return { version: sqlite.capi.sqlite3_libversion(), open: (name) => open(sqlite, name, errorType) };
}

function open(sqlite: Sqlite3, name: string, errorType: new (message: string) => Error): Connection {
  const guarded = <T>(run: () => T): T => {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'SQLite3Error') throw error;
      // SQLITE_CONSTRAINT: sqlite3 result code 19: UNIQUE constraint failed: …
      throw new errorType(error.message.replace(/^\w+: sqlite3 result code \d+: /, ''));
    }
  };
  // The file system is the module's own memory, and nothing but this thread reaches it: locks would only cost.
  const db = guarded(() => new sqlite.oo1.DB(`file:/${name}?vfs=unix-none`, 'c'));
  // Changes stay with the connection that makes them until it commits, so that another connection reads what is committed.
  guarded(() =>
    db.exec(
      'PRAGMA page_size=4096; PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA cache_spill=OFF; PRAGMA cache_size=-65536',
    ),
  );
  return {
    exec: (sql) => void guarded(() => db.exec(sql)),
    prepare: (sql) =>
      statement(
        guarded(() => db.prepare(sql)),
        guarded,
      ),
    define: (fn, run, deterministic) => define(db, fn, run, deterministic),
    changes: () => db.changes(),
    pagesRead: () => pagesRead(sqlite, db),
    close: () => db.close(),
  };
}

function statement(prepared: OoStatement, guarded: <T>(run: () => T) => T): Statement {
  const { columnCount } = prepared;
  return {
    columnCount,
    step: () =>
      guarded(() => (prepared.step() ? Array.from({ length: columnCount }, (_, i) => prepared.get(i)) : undefined)),
    finalize: () => prepared.finalize(),
  };
}

function define(db: OoDatabase, name: string, run: SqliteFunction, deterministic: boolean): void {
  db.createFunction(name, {
    xFunc: (_context: number, ...args: SqliteValue[]) => run(...args),
    arity: -1,
    deterministic,
  });
}

function pagesRead({ capi, wasm }: Sqlite3, db: OoDatabase): number {
  const stack = wasm.pstack.pointer;
  try {
    const at = wasm.pstack.alloc(16);
    let sum = 0;
    for (const op of [capi.SQLITE_DBSTATUS_CACHE_HIT, capi.SQLITE_DBSTATUS_CACHE_MISS]) {
      capi.sqlite3_db_status(db.pointer, op, at, at + 8, 1);
      sum += wasm.peek32(at);
    }
    return sum;
  } finally {
    wasm.pstack.restore(stack);
  }
}
