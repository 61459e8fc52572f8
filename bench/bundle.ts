/** Sources as one file of JavaScript in `bench/rivals/build/ours`: unbundled code looks every imported constant up where it is used. */
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const folder = fileURLToPath(new URL('rivals/build/ours', import.meta.url));

/** The bundle's path. */
export async function bundle(source: string): Promise<string> {
  const out = join(folder, basename(source).replace(/\.ts$/, '.mjs'));
  const build = await rolldown({ input: source, platform: 'node', logLevel: 'warn' });
  await build.write({ file: out, format: 'esm', codeSplitting: false, sourcemap: 'hidden' });
  await build.close();
  return out;
}
