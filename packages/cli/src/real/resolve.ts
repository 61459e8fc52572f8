/** Programs of a run on the real kernel: installed ones by their path, a lab's as `lab:ten-pictures#download` or `lab:/home/me/lab.ts#server`. */
import type { ProgramModule } from '@netarium/core/syscall/program.ts';
import type { Program } from '@netarium/core/syscall/sys.ts';
import { programs } from '@netarium/userland/programs.ts';

export async function resolveProgram(reference: string): Promise<Program | ProgramModule | undefined> {
  const [, lab, name] = /^lab:(.+)#(.+)$/.exec(reference) ?? [];
  if (lab === undefined || name === undefined) return programs.get(reference);
  // Threads of installed programs start sooner without what loads labs.
  const { programOfLab } = await import('./lab-program.ts');
  return programOfLab(lab, name);
}

/** The path of an installed program by its name; one of /usr/bin before one of /usr/sbin. */
export function pathOf(name: string): string | undefined {
  return ['/usr/bin/', '/usr/sbin/'].map((folder) => folder + name).find((path) => programs.has(path));
}

export function programNames(): string[] {
  const names = [...programs.keys()].filter((path) => path.startsWith('/usr/')).map((path) => path.split('/').at(-1)!);
  return [...new Set(names)].sort();
}
