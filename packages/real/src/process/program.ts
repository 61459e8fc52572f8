/** Programs by a text that means the same in every thread and process of a run. */
import type { ProgramModule } from '@netarium/core/syscall/program.ts';
import type { Program } from '@netarium/core/syscall/sys.ts';

/** What a text names: a path of an installed program, a program of a lab. Undefined where it names nothing. */
export type Resolve = (reference: string) => Promise<Program | ProgramModule | undefined>;

/** Files that start a thread or a process of a run: their modules call `serveThreads` and `serveChild` with the same `Resolve`. */
export interface Entries {
  readonly thread: URL;
  readonly child: URL;
  /** Options of Node that the files need (none for bundled ones). */
  readonly execArgv: readonly string[];
}
