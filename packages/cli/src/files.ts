/** Files that a person named: what cannot be read or written is one line that says which and why. */
import {
  accessSync,
  constants,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Messages } from '@netarium/view/messages/messages.ts';
import { reason, UsageError } from './exit.ts';

export function readBytes(path: string, m: Messages): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw unreadable(path, error, m);
  }
}

export function readText(path: string, m: Messages): string {
  return Buffer.from(readBytes(path, m)).toString('utf8');
}

/** Why reading failed. */
export function unreadable(path: string, error: unknown, { errors }: Messages): UsageError {
  const why = reason(error);
  return new UsageError(why === 'ENOENT' ? errors.noFile(path) : errors.cannotRead(path, why));
}

/** All of it or nothing: where the disk is full, what was there stays as it was, and nothing half-written is left. */
export function writeWhole(path: string, content: string | Uint8Array, m: Messages): void {
  writing(path, m, () => {
    const there = statSync(path, { throwIfNoEntry: false });
    // A device or a pipe takes what comes; a folder says EISDIR.
    if (there !== undefined && !there.isFile()) return writeFileSync(path, content);
    replace(there === undefined ? path : realpathSync(path), content, there?.mode);
  });
}

/** By rename(2), which puts the whole file there at once. */
function replace(path: string, content: string | Uint8Array, mode: number | undefined): void {
  if (mode !== undefined) accessSync(path, constants.W_OK);
  const part = `${path}.${process.pid}.part`;
  try {
    writeFileSync(part, content, mode === undefined ? {} : { mode });
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

/** A folder and those above it. Node's own way never ends where no folder can be made and nothing says so but ENOENT (below /proc). */
export function makeFolder(path: string): void {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there?.isDirectory() === true) return;
  if (there !== undefined) throw Object.assign(new Error(path), { code: 'ENOTDIR' });
  const above = dirname(path);
  if (above !== path) makeFolder(above);
  mkdirSync(path);
}

/** Runs what writes to `path`; a failure is a usage error. */
export function writing<T>(path: string, { errors }: Messages, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(errors.cannotWrite(path, reason(error)));
  }
}
