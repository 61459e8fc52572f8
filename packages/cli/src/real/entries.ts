/** The files that threads and processes of a run on the real kernel start from: bundled beside this one, or the source as it is. */
import type { Entries } from '@netarium/real/process/program.ts';

const source = import.meta.url.endsWith('.ts');

/** Chunks of the bundle lie one folder below its entries. */
const dist = new URL(import.meta.url.includes('/chunks/') ? '../' : './', import.meta.url);

/** `command`: the command line itself. */
export const entries: Entries & { readonly command: URL } = source
  ? {
      thread: new URL('../real-thread.ts', import.meta.url),
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
