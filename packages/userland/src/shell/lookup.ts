/** Where commands are found: special built-ins, functions, built-ins, PATH (POSIX 2.9.1.1). */
import { SysError } from '@netarium/core/base/errno.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { fromByteText, toByteText } from './bytetext.ts';

/** `status` 127: no such command; 126: there is one, but it cannot be run. */
export interface Missing {
  readonly kind: 'missing';
  readonly status: 126 | 127;
  readonly text: string;
}

export type Found = { readonly kind: 'found'; readonly path: string } | Missing;

/** What running a command failed with, as dash words it. */
export function missing(error: SysError): Missing {
  const absent = error.code === 'ENOENT' || error.code === 'ENOTDIR';
  return { kind: 'missing', status: absent ? 127 : 126, text: absent ? 'not found' : toByteText(error.reason.text) };
}

/** Looks a command up in PATH; a name with a slash is a path already. */
export async function findExecutable(sys: Sys, name: string, path: string | undefined): Promise<Found> {
  if (name.includes('/')) return { kind: 'found', path: name };
  let failure: Missing = { kind: 'missing', status: 127, text: 'not found' };
  if (path === undefined || name === '') return failure;
  for (const directory of path.split(':')) {
    const candidate = directory === '' ? name : `${directory}/${name}`;
    try {
      if ((await sys.stat(fromByteText(candidate))).type === 'file') {
        await sys.access(fromByteText(candidate), 'execute');
        return { kind: 'found', path: candidate };
      }
      failure = { kind: 'missing', status: 126, text: 'Permission denied' };
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      const found = missing(error);
      if (found.status === 126) failure = found;
    }
  }
  return failure;
}
