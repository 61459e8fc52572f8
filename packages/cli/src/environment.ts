/** What every run on this machine gets from outside of its world: the installed programs, and a later macrotask. */
import type { LabDefinition } from '@netarium/core/check/lab.ts';
import type { LabEnvironment } from '@netarium/core/check/lab-environment.ts';
import type { RunSettings } from '@netarium/core/check/lab-run.ts';
import { runLab } from '@netarium/core/check/run-lab.ts';
import { UncontrolledError } from '@netarium/core/world/run-loop.ts';
import { systemImage } from '@netarium/userland/image.ts';

export function environment(): LabEnvironment {
  return { image: systemImage(), turn };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Rejects with what is best to tell of a run that failed: a program that waits for something foreign is run again with the place of every call
 * noted, so that the error says where in the program that was.
 */
export async function located(error: unknown, definition: LabDefinition, settings: RunSettings): Promise<never> {
  if (error instanceof UncontrolledError) await runLab(definition, { ...environment(), callSite }, settings);
  throw error;
}

/** The innermost line of the stack that is not Netarium's own. */
function callSite(): string {
  const lines = (new Error().stack ?? '').split('\n').slice(2);
  const own = /[\\/](dist|chunks|packages[\\/](core|userland|cli)[\\/]src)[\\/]|node:internal/;
  return (lines.find((line) => !own.test(line)) ?? lines[0] ?? '').trim();
}
