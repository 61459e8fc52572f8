/**
 * Programs of a run on the real kernel: installed ones by their path, a lab's as `lab:ten-pictures#download` or `lab:/home/me/lab.ts#server`. What starts threads and
 * processes of its own is loaded alone, for each of them loads it again.
 */
import type { ProgramModule } from '@netarium/core/syscall/program.ts';
import type { Program } from '@netarium/core/syscall/sys.ts';

type Load = () => Promise<Program | ProgramModule>;

const alone: ReadonlyMap<string, Load> = new Map<string, Load>([
  ['/usr/bin/csv', async () => (await import('@netarium/userland/jobs/csv/csv.ts')).csv],
  ['/usr/bin/download', async () => (await import('@netarium/userland/jobs/download/download.ts')).download],
]);

/** The path of an installed program by its name. Where that is one of those loaded alone, the others are not looked at. */
export async function pathOf(name: string): Promise<string | undefined> {
  const path = `/usr/bin/${name}`;
  return alone.has(path) ? path : (await import('./installed.ts')).installedPath(name);
}

export async function resolveProgram(reference: string): Promise<Program | ProgramModule | undefined> {
  const [, lab, name] = /^lab:(.+)#(.+)$/.exec(reference) ?? [];
  if (lab === undefined || name === undefined) {
    const load = alone.get(reference);
    if (load !== undefined) return load();
    const { programs } = await import('@netarium/userland/programs.ts');
    return programs.get(reference);
  }
  // Threads of installed programs start sooner without what loads labs.
  const { programOfLab } = await import('./lab-program.ts');
  return programOfLab(lab, name);
}
