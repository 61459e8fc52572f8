/**
 * Calls on paths of the machine, over Node's synchronous ones, that need nothing of the process but its directory. The kernel makes them for a main thread; worker
 * threads make them for themselves.
 */
import {
  accessSync,
  chmodSync,
  constants,
  lstatSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  statSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { resolve } from 'node:path';
import { E, Errno } from '@netarium/core/base/errno.ts';
import type { CallTableOf } from '@netarium/core/syscall/call-table.ts';
import type { DirectoryEntry } from '@netarium/core/syscall/sys.ts';
import { attempt, failureOf } from '../../errno-of.ts';
import { statusOf } from '../../files/regular-file.ts';

/** From where paths are seen. */
export interface Placed {
  readonly process: { readonly cwd: string };
}

const ACCESS = { exist: constants.F_OK, read: constants.R_OK, write: constants.W_OK, execute: constants.X_OK } as const;

/** The path from the root; what ends in a slash means a directory, which Node's `resolve` forgets. */
export function absolute(thread: Placed, path: unknown): string | Errno {
  if (typeof path !== 'string' || path.includes('\0')) return E.EINVAL;
  if (path === '') return E.ENOENT;
  const whole = resolve(thread.process.cwd, path);
  return path.endsWith('/') && !whole.endsWith('/') ? `${whole}/` : whole;
}

/** Does something with a path of the process. */
export function withPath<T>(thread: Placed, path: unknown, use: (path: string) => T): T | Errno {
  const whole = absolute(thread, path);
  return whole instanceof Errno ? whole : attempt(() => use(whole));
}

function typeOf(entry: {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
  isFIFO(): boolean;
  isSocket(): boolean;
}): DirectoryEntry['type'] {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  if (entry.isSymbolicLink()) return 'symlink';
  return entry.isFIFO() ? 'fifo' : entry.isSocket() ? 'socket' : 'chardev';
}

export const pathCalls = {
  stat: (_kernel, thread, _call, path) => withPath(thread, path, (whole) => statusOf(statSync(whole))),
  lstat: (_kernel, thread, _call, path) => withPath(thread, path, (whole) => statusOf(lstatSync(whole))),
  readdir: (_kernel, thread, _call, path) =>
    withPath(thread, path, (whole) =>
      readdirSync(whole, { withFileTypes: true }).map((entry) => ({ name: entry.name, type: typeOf(entry) })),
    ),
  rmdir: (_kernel, thread, _call, path) =>
    withPath(thread, path, (whole) => void rmdirSync(whole)) as Errno | undefined,
  unlink: (_kernel, thread, _call, path) =>
    withPath(thread, path, (whole) => void unlinkSync(whole)) as Errno | undefined,
  rename(_kernel, thread, _call, from, to) {
    const [source, target] = [absolute(thread, from), absolute(thread, to)];
    if (source instanceof Errno) return source;
    if (target instanceof Errno) return target;
    return failureOf(() => renameSync(source, target));
  },
  symlink: (_kernel, thread, _call, target, path) =>
    withPath(thread, path, (whole) => void symlinkSync(target, whole)) as Errno | undefined,
  readlink: (_kernel, thread, _call, path) => withPath(thread, path, (whole) => readlinkSync(whole)),
  chmod: (_kernel, thread, _call, path, mode) =>
    withPath(thread, path, (whole) => void chmodSync(whole, mode & 0o7777)) as Errno | undefined,
  access: (_kernel, thread, _call, path, mode) =>
    withPath(thread, path, (whole) => void accessSync(whole, ACCESS[mode])) as Errno | undefined,
} satisfies Partial<CallTableOf<unknown, Placed>>;
