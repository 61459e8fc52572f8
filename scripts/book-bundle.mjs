/** The handbook's script and style: one small classic script, for pages that are opened from disk. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const source = fileURLToPath(new URL('../packages/studio/src/book', import.meta.url));

/** `{ script, style }` as text. */
export async function bookBundle() {
  const build = await rolldown({ input: join(source, 'main.ts'), platform: 'browser', logLevel: 'warn' });
  const { output } = await build.generate({ format: 'iife', minify: true, codeSplitting: false });
  await build.close();
  return { script: output[0].code, style: readFileSync(join(source, 'book.css'), 'utf8') };
}
