/** What a program's standard error gets when it threw something that is no exit. */
import { SysError } from '../base/errno.ts';
import { encodeUtf8 } from '../base/utf8.ts';

/** `program` is a path or a name: the last part of it is told. */
export function crashText(program: string, error: unknown): Uint8Array {
  const name = program.slice(program.lastIndexOf('/') + 1);
  const text =
    error instanceof SysError
      ? error.message
      : error instanceof Error
        ? `uncaught ${error.name}: ${error.message}`
        : `uncaught ${String(error)}`;
  return encodeUtf8(`${name}: ${text}\n`);
}
