/**
 * SQLite in a browser. A page that runs servers of SQL brings both parts before the run, when it has fetched them: the module `@sqlite.org/sqlite-wasm` and the bytes of its
 * `sqlite3.wasm`. A page without them pays nothing.
 */
import { compiled, type Init, start } from './library.ts';
import { type openLibrary as declared, SqliteError } from './sqlite.ts';

export { SqliteError };

let brought: { readonly init: Init; readonly bytes: Uint8Array; module?: object } | undefined;

/** `init` is the module's default export. */
export function bringSqlite(init: unknown, bytes: Uint8Array): void {
  brought = { init: init as Init, bytes };
}

/** In a page that is isolated SQLite would start a worker for files of the browser and wait for it; for that it looks whether there are such files. */
export const openLibrary: typeof declared = async () => {
  if (brought === undefined)
    throw new Error('the page has not brought the SQL engine: call bringSqlite() before the run');
  const page = globalThis as { FileSystemHandle?: unknown };
  const kept = page.FileSystemHandle;
  page.FileSystemHandle = undefined;
  try {
    brought.module ??= compiled(brought.bytes);
    return await start(brought.init, brought.module, SqliteError);
  } finally {
    page.FileSystemHandle = kept;
  }
};
