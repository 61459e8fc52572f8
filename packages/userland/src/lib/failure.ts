/** Errors of system calls, told apart from our bugs. */
import { type ErrnoCode, SysError } from '@netarium/core/base/errno.ts';

/** The errno name behind a caught value; anything that is not an errno is a bug and is thrown on. */
export function errnoOf(error: unknown): ErrnoCode {
  if (error instanceof SysError) return error.code as ErrnoCode;
  throw error;
}

/** `strerror(3)` of a caught value; a bug is thrown on. */
export function errorText(error: unknown): string {
  if (error instanceof SysError) return error.reason.text;
  throw error;
}

/** Awaits a call and answers undefined where it fails with one of these errnos; any other failure is thrown on. */
export async function unless<T>(call: Promise<T>, ...codes: readonly ErrnoCode[]): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (codes.includes(errnoOf(error))) return undefined;
    throw error;
  }
}
