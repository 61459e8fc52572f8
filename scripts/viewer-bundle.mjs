/** The viewer's script and style, as a page carries them: one classic script, smallest. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const source = fileURLToPath(new URL('../packages/studio/src/viewer', import.meta.url));

/** `{ script, style }` as text. */
export async function viewerBundle() {
  const build = await rolldown({
    input: join(source, 'main.tsx'),
    platform: 'browser',
    logLevel: 'warn',
    transform: {
      define: { 'process.env.NODE_ENV': '"production"' },
      jsx: { runtime: 'automatic', development: false },
    },
  });
  const { output } = await build.generate({ format: 'iife', minify: true, codeSplitting: false });
  await build.close();
  const style = readFileSync(join(source, 'viewer.css'), 'utf8')
    .replaceAll(/\/\*.*?\*\//gs, '')
    .replaceAll(/\s+/g, ' ');
  return { script: output[0].code, style };
}
