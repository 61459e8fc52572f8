/** SQLite in a browser: both parts are in the bundle, whose maker loads `.wasm` as bytes (rolldown: `moduleTypes: { '.wasm': 'binary' }`). */
import init from '@sqlite.org/sqlite-wasm';
import bytes from '@sqlite.org/sqlite-wasm/sqlite3.wasm';
import { type Init, start } from './library.ts';
import { type openLibrary as declared, SqliteError } from './sqlite.ts';

export { SqliteError };

export const openLibrary: typeof declared = () => start(init as unknown as Init, bytes, SqliteError);
