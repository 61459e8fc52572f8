/** Walks a directory tree in the order of names, as the recursive tools do. Symbolic links are not followed. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { FileStat, Sys } from '@netarium/core/syscall/sys.ts';
import { compareText } from './text.ts';

export interface Visited {
  readonly path: string;
  readonly name: string;
  readonly type: FileStat['type'] | 'unreadable';
  readonly depth: number;
  readonly error?: SysError;
}

const MAX_DEPTH = 256;

export function joinPath(directory: string, name: string): string {
  return directory.endsWith('/') ? `${directory}${name}` : `${directory}/${name}`;
}

/** The last component of a path, as it is written. */
export function baseName(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  return trimmed === '' ? '/' : trimmed.slice(trimmed.lastIndexOf('/') + 1);
}

/** Each entry before what is in it; with `contentsFirst`, after. */
export async function* walk(
  sys: Sys,
  path: string,
  contentsFirst = false,
  depth = 0,
): AsyncGenerator<Visited, void, undefined> {
  const name = depth === 0 ? path : baseName(path);
  let type: FileStat['type'];
  try {
    type = (await sys.lstat(path)).type;
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    yield { path, name, type: 'unreadable', depth, error };
    return;
  }
  if (!contentsFirst) yield { path, name, type, depth };
  if (type === 'directory' && depth < MAX_DEPTH) {
    try {
      const entries = [...(await sys.readdir(path))].sort((a, b) => compareText(a.name, b.name));
      for (const entry of entries) {
        if (entry.name === '.' || entry.name === '..') continue;
        yield* walk(sys, joinPath(path, entry.name), contentsFirst, depth + 1);
      }
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      yield { path, name, type: 'unreadable', depth, error };
    }
  }
  if (contentsFirst) yield { path, name, type, depth };
}
