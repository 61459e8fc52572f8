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
    sqlite3_serialize(db: number, schema: string, size: number, flags: number): number;
    sqlite3_deserialize(db: number, schema: string, pages: number, bytes: number, room: number, flags: number): number;
    sqlite3_db_status(db: number, op: number, current: number, highest: number, reset: number): number;
    readonly SQLITE_DESERIALIZE_FREEONCLOSE: number;
    readonly SQLITE_DESERIALIZE_READONLY: number;
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

const surroundings = globalThis as unknown as { readonly WebAssembly: WasmApi; sqlite3ApiConfig?: object };

/** The module's code without any state: it is compiled once for all libraries. */
export function compiled(bytes: Uint8Array): object {
  return new surroundings.WebAssembly.Module(bytes);
}

/** Starts SQLite without asynchronous compilation: its module allows that somebody else makes the instance. */
export async function start(init: Init, module: object, errorType: ErrorType): Promise<Library> {
  const { Instance } = surroundings.WebAssembly;
  // It would tell the console of every failed statement; who called is told anyway. SQLite takes the settings and removes them.
  surroundings.sqlite3ApiConfig = { warn: () => {} };
  const sqlite = (await init({
    instantiateWasm(imports: object, received: (instance: object, module: object) => void) {
      const instance = new Instance(module, imports);
      received(instance, module);
      return instance.exports;
    },
  })) as Sqlite3;
  return { version: sqlite.capi.sqlite3_libversion(), open: (name) => open(sqlite, name, errorType) };
}

type ErrorType = new (message: string) => Error;

function open(sqlite: Sqlite3, name: string, errorType: ErrorType): Connection {
  // The file system is the module's own memory, and nothing but this thread reaches it: locks would only cost.
  const db = guarded(errorType, () => new sqlite.oo1.DB(`file:/${name}?vfs=unix-none`, 'c'));
  // Changes stay with the connection that makes them until it commits, so that another connection reads what is committed.
  db.exec(
    'PRAGMA page_size=4096; PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA cache_spill=OFF; PRAGMA cache_size=-65536',
  );
  return connectionOf(sqlite, db, errorType);
}

function guarded<T>(errorType: ErrorType, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'SQLite3Error') throw error;
    // SQLITE_CONSTRAINT: sqlite3 result code 19: UNIQUE constraint failed: …
    throw new errorType(error.message.replace(/^\w+: sqlite3 result code \d+: /, ''));
  }
}

function connectionOf(sqlite: Sqlite3, db: OoDatabase, errorType: ErrorType): Connection {
  return {
    exec: (sql) => void guarded(errorType, () => db.exec(sql)),
    prepare: (sql) =>
      statement(
        guarded(errorType, () => db.prepare(sql)),
        errorType,
      ),
    define: (fn, run, deterministic) => define(db, fn, run, deterministic),
    changes: () => db.changes(),
    pagesRead: () => pagesRead(sqlite, db),
    copy: () => copied(sqlite, db, errorType),
    close: () => db.close(),
  };
}

/** The pages of the one (sqlite3_serialize) become the other, which nobody changes (sqlite3_deserialize). */
function copied(sqlite: Sqlite3, db: OoDatabase, errorType: ErrorType): Connection {
  const { capi, wasm } = sqlite;
  const stack = wasm.pstack.pointer;
  try {
    const size = wasm.pstack.alloc(8);
    const pages = capi.sqlite3_serialize(db.pointer, 'main', size, 0);
    if (pages === 0) throw new errorType('no memory for a copy of the database');
    const bytes = wasm.peek32(size);
    const copy = new sqlite.oo1.DB(':memory:', 'c');
    const flags = capi.SQLITE_DESERIALIZE_FREEONCLOSE | capi.SQLITE_DESERIALIZE_READONLY;
    const status = capi.sqlite3_deserialize(copy.pointer, 'main', pages, bytes, bytes, flags);
    if (status !== 0) throw new errorType(`the database cannot be copied (result code ${status})`);
    return connectionOf(sqlite, copy, errorType);
  } finally {
    wasm.pstack.restore(stack);
  }
}

function statement(prepared: OoStatement, errorType: ErrorType): Statement {
  const { columnCount } = prepared;
  return {
    columnCount,
    step: () =>
      guarded(errorType, () =>
        prepared.step() ? Array.from({ length: columnCount }, (_, i) => prepared.get(i)) : undefined,
      ),
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
