/** SQLite in a browser: both parts are in the bundle, whose maker loads `.wasm` as bytes (rolldown: `moduleTypes: { '.wasm': 'binary' }`). */
import init from '@sqlite.org/sqlite-wasm';
import bytes from '@sqlite.org/sqlite-wasm/sqlite3.wasm';
import { type Init, start } from './library.ts';
import { type openLibrary as declared, SqliteError } from './sqlite.ts';

export { SqliteError };

/** In a page that is isolated SQLite would start a worker for files of the browser and wait for it; for that it looks whether there are such files. */
export const openLibrary: typeof declared = async () => {
  const page = globalThis as { FileSystemHandle?: unknown };
  const kept = page.FileSystemHandle;
  page.FileSystemHandle = undefined;
  try {
    return await start(init as unknown as Init, bytes, SqliteError);
  } finally {
    page.FileSystemHandle = kept;
  }
};
