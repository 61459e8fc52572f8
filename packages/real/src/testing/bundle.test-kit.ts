/**
 * Worker threads and child processes in tests: Node cannot load TypeScript by itself, so their entries are bundled first (libraries too), each once per
 * test file, into a temporary folder that goes away with the process or thread that made it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const bundles = new Map<string, Promise<URL>>();
let folder: string | undefined;

function folderOfBundles(): string {
  if (folder !== undefined) return folder;
  const made = mkdtempSync(join(tmpdir(), 'netarium-bundles-'));
  process.once('exit', () => rmSync(made, { recursive: true, force: true }));
  return (folder = made);
}

/** A TypeScript module with all that it imports as one file, for `new Worker` and `fork`: `await bundled(new URL('./x.ts', import.meta.url))`. */
export function bundled(entry: URL): Promise<URL> {
  const path = fileURLToPath(entry);
  let made = bundles.get(path);
  if (made === undefined) bundles.set(path, (made = bundle(path)));
  return made;
}

async function bundle(input: string): Promise<URL> {
  const file = join(folderOfBundles(), `${bundles.size}.mjs`);
  const build = await rolldown({
    input,
    platform: 'node',
    external: /^node:/,
    logLevel: 'warn',
  });
  await build.write({ file, format: 'esm', sourcemap: 'inline', codeSplitting: false });
  await build.close();
  return pathToFileURL(file);
}
