/** A file that is there whole or not at all: written under a temporary name beside it, then renamed. What fails leaves nothing behind. */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { errnoOf } from '../../lib/failure.ts';
import { at, openAt } from './place.ts';

export const PART = '.part';

/** Answers what `fill` answers. A failing call is a `ToolError` that names the file. */
export async function replaceFile<T>(sys: Sys, path: string, fill: (fd: number) => Promise<T>): Promise<T> {
  const temporary = path + PART;
  const fd = await openAt(sys, temporary, { write: true, create: true, truncate: true, cloexec: true });
  try {
    const filled = await at(path, fill(fd));
    await sys.close(fd);
    await at(path, sys.rename(temporary, path));
    return filled;
  } catch (error) {
    // Whether it was closed, or renamed already: the failure that is told is the first one.
    await sys.close(fd).catch(errnoOf);
    await sys.unlink(temporary).catch(errnoOf);
    throw error;
  }
}
