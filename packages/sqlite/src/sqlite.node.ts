/** SQLite in Node: the module and its WebAssembly from the installed package, loaded synchronously when a program first opens it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { compiled, type Init, start } from './library.ts';
import { type openLibrary as declared, SqliteError } from './sqlite.ts';

export { SqliteError };

export const openLibrary: typeof declared = () => {
  installed ??= load();
  return start(installed.init, installed.module, SqliteError);
};

let installed: { readonly init: Init; readonly module: object } | undefined;

function load() {
  const require = createRequire(import.meta.url);
  const { default: init } = require('@sqlite.org/sqlite-wasm') as { default: Init };
  return { init, module: compiled(readFileSync(require.resolve('@sqlite.org/sqlite-wasm/sqlite3.wasm'))) };
}
