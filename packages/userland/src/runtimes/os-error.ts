/**
 * Which exception class of Python an errno becomes (PEP 3151; CPython 3.11's Objects/exceptions.c). Several errnos share a class, and those that
 * have none of their own are plain OSError. ETIMEDOUT and a socket's own time-out are both TimeoutError; only the first carries a number.
 */
import { type ErrnoCode, SysError } from '@netarium/core/base/errno.ts';

const CLASSES: readonly (readonly [string, readonly ErrnoCode[]])[] = [
  ['BlockingIOError', ['EAGAIN', 'EALREADY', 'EINPROGRESS']],
  ['BrokenPipeError', ['EPIPE', 'ESHUTDOWN']],
  ['ChildProcessError', ['ECHILD']],
  ['ConnectionAbortedError', ['ECONNABORTED']],
  ['ConnectionRefusedError', ['ECONNREFUSED']],
  ['ConnectionResetError', ['ECONNRESET']],
  ['FileExistsError', ['EEXIST']],
  ['FileNotFoundError', ['ENOENT']],
  ['InterruptedError', ['EINTR']],
  ['IsADirectoryError', ['EISDIR']],
  ['NotADirectoryError', ['ENOTDIR']],
  ['PermissionError', ['EACCES', 'EPERM']],
  ['ProcessLookupError', ['ESRCH']],
  ['TimeoutError', ['ETIMEDOUT']],
];

const CLASS_OF: ReadonlyMap<string, string> = new Map(
  CLASSES.flatMap(([name, codes]) => codes.map((code) => [code, name] as const)),
);

/** The class that Python raises for an errno. */
function exceptionClassOf(code: string): string {
  return CLASS_OF.get(code) ?? 'OSError';
}

/** An errno as a Python program sees it: the class's name, and `[Errno 111] Connection refused`. */
export class OSError extends Error {
  override readonly name: string;

  constructor(
    readonly errno: number,
    readonly strerror: string,
    code: string,
  ) {
    super(`[Errno ${errno}] ${strerror}`);
    this.name = exceptionClassOf(code);
  }
}

/** The Python exception for a failed system call; undefined for every other error. */
export function osErrorOf(error: unknown): OSError | undefined {
  return error instanceof SysError ? new OSError(error.errno, error.reason.text, error.code) : undefined;
}
