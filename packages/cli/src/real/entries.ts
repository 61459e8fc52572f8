/** The files that threads and processes of a run on the real kernel start from: bundled beside this one, or the source as it is. */
import type { Entries } from '@netarium/real/process/program.ts';

const source = import.meta.url.endsWith('.ts');

/** Chunks of the bundle lie one folder below its entries. */
const dist = new URL(import.meta.url.includes('/chunks/') ? '../' : './', import.meta.url);

/** `command`: the command line itself. */
export const entries: Entries & { readonly command: URL } = source
  ? {
      thread: threadFromSource(),
      child: new URL('../real-child.ts', import.meta.url),
      command: new URL('../main.ts', import.meta.url),
      execArgv: ['--import', import.meta.resolve('tsx')],
    }
  : {
      thread: new URL('real-thread.js', dist),
      child: new URL('real-child.js', dist),
      command: new URL('main.js', dist),
      execArgv: [],
    };

/** A worker thread does not take the loader of TypeScript from its parent: it registers its own. */
function threadFromSource(): URL {
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const entry = JSON.stringify(new URL('../real-thread.ts', import.meta.url).href);
  const code = `import { register } from ${loader}; register(); await import(${entry});`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}
