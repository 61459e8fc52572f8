/** All files of cases, each a whole program. */
import type { ProgramModule } from '@netarium/core/syscall/program.ts';
import type { Program } from '@netarium/core/syscall/sys.ts';
import * as clocks from './cases/clocks.ts';
import * as files from './cases/files.ts';
import * as forks from './cases/forks.ts';
import * as locks from './cases/locks.ts';
import * as pipes from './cases/pipes.ts';
import * as processes from './cases/processes.ts';
import * as readiness from './cases/readiness.ts';
import * as runtimes from './cases/runtimes.ts';
import * as signals from './cases/signals.ts';
import * as tcp from './cases/tcp.ts';
import * as threads from './cases/threads.ts';
import * as udp from './cases/udp.ts';
import * as unix from './cases/unix.ts';

interface Family {
  readonly main: Program;
  readonly cases: Readonly<Record<string, unknown>>;
  /** All entries, where the file exports none of them by its own name. */
  readonly entries?: ProgramModule;
}

const MODULES = {
  files,
  pipes,
  tcp,
  udp,
  unix,
  readiness,
  clocks,
  signals,
  processes,
  threads,
  forks,
  locks,
  runtimes,
};

export const FAMILIES: readonly (readonly [name: string, family: Family])[] = Object.entries(MODULES);

/** What starts: its `main`, and the entries of its threads and children. */
export function programOf({ cases: _, entries, ...program }: Family): ProgramModule {
  return entries ?? program;
}

/** A family's program by its name, as threads and children of the real kernel ask for it. */
export async function resolveFamily(name: string): Promise<ProgramModule | undefined> {
  const family = FAMILIES.find(([each]) => each === name);
  return family === undefined ? undefined : programOf(family[1]);
}
