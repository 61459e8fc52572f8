/** What every run on this machine gets from outside of its world: the installed programs, and a later macrotask. */
import type { LabEnvironment } from '@netarium/core/check/run-lab.ts';
import { systemImage } from '@netarium/userland/image.ts';

export function environment(): LabEnvironment {
  return { image: systemImage(), turn };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
