/** The installed programs by their names, for the command line. */
import { programs } from '@netarium/userland/programs.ts';

/** The path of an installed program by its name; one of /usr/bin before one of /usr/sbin. */
export function installedPath(name: string): string | undefined {
  return ['/usr/bin/', '/usr/sbin/'].map((folder) => folder + name).find((path) => programs.has(path));
}

export function programNames(): string[] {
  const names = [...programs.keys()].filter((path) => path.startsWith('/usr/')).map((path) => path.split('/').at(-1)!);
  return [...new Set(names)].sort();
}
