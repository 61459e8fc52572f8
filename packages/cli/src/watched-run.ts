/** A run for the commands that draw it: no story and no checks, only what observers took down. */
import type { LabDefinition } from '@netarium/core/check/lab.ts';
import type { LabEnvironment } from '@netarium/core/check/lab-environment.ts';
import type { LabRun, RunListener } from '@netarium/core/check/lab-run.ts';
import { openLab } from '@netarium/core/check/run-lab.ts';
import { engineText } from '@netarium/view/lab/engine-text.ts';
import { environment, located } from './environment.ts';
import { EXIT } from './exit.ts';
import type { Io } from './io.ts';
import { loadLab } from './load/load-lab.ts';
import { paramsOf, seedOf } from './settings.ts';

export interface WatchOptions {
  readonly seed?: string;
  readonly set: readonly string[];
}

/** `observe` gets the lab before it runs and answers with what listens to it. */
export async function watchedRun(
  name: string,
  command: string,
  options: WatchOptions,
  io: Io,
  observe: (definition: LabDefinition) => RunListener,
  surroundings: LabEnvironment = environment(),
): Promise<LabRun> {
  const { m } = io;
  const seed = options.seed === undefined ? 1 : seedOf(options.seed, m, command);
  const definition = await loadLab(name, m);
  const set = paramsOf(options.set, definition, m, command);
  const open = openLab(definition, surroundings, { seed, set, listener: observe(definition) });
  await open.runScript().catch((error) => located(error, definition, { seed, set }));
  return open.finish();
}

/** What went wrong in the run itself is told beside the picture: it may be only half of one. */
export function endOf({ problems }: LabRun, io: Io): number {
  for (const problem of problems) io.err(io.m.errors.usage(engineText(problem, io.language)));
  return problems.length === 0 ? EXIT.met : EXIT.notMet;
}
