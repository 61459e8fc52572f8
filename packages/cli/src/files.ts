/** Files that a person named: what cannot be read or written is one line that says which and why. */
import { readFileSync, writeFileSync } from 'node:fs';
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

export function writeWhole(path: string, content: string | Uint8Array, m: Messages): void {
  writing(path, m, () => writeFileSync(path, content));
}

/** Runs what writes to `path`; a failure is a usage error. */
export function writing(path: string, { errors }: Messages, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(errors.cannotWrite(path, reason(error)));
  }
}
