/** What a loss of power leaves: a file's own fsync(2) says nothing of its name, which stands in the directory (fsync(2), "NOTES"). */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { unless } from './failure.ts';
import { withFile } from './stdio.ts';

/** Brings the names in a directory to the disk. */
export async function syncNames(sys: Sys, directory: string): Promise<void> {
  // Some file systems keep their directories in order by themselves, and say EINVAL.
  await withFile(sys, directory, { read: true, directory: true }, (fd) => unless(sys.fsync(fd), 'EINVAL'));
}

/** Of the directory that a file is in. */
export function syncNameOf(sys: Sys, path: string): Promise<void> {
  const slash = path.lastIndexOf('/');
  return syncNames(sys, slash < 0 ? '.' : path.slice(0, slash + 1));
}
