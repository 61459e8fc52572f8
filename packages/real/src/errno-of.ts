/** Errors of Node's libraries as errnos: their `code` is the POSIX name. */
import { E, Errno } from '@netarium/core/base/errno.ts';

/** Names that Node has and Linux's table writes otherwise, or that have no name of their own there. */
const OTHERWISE: ReadonlyMap<string, Errno> = new Map([
  ['ENOTSUP', E.EOPNOTSUPP],
  ['EDQUOT', E.ENOSPC],
  ['ETXTBSY', E.EBUSY],
  ['ERR_SOCKET_BAD_PORT', E.EINVAL],
  ['ERR_OUT_OF_RANGE', E.EINVAL],
  ['ERR_INVALID_ARG_TYPE', E.EINVAL],
  ['ERR_INVALID_ARG_VALUE', E.EINVAL],
  ['ERR_STREAM_DESTROYED', E.EPIPE],
  ['ERR_STREAM_WRITE_AFTER_END', E.EPIPE],
]);

/** The errno behind an error; EIO where it names none that POSIX knows. */
export function errnoOf(error: unknown): Errno {
  const code = (error as { readonly code?: unknown } | null)?.code;
  if (typeof code !== 'string') return E.EIO;
  return OTHERWISE.get(code) ?? (E as Readonly<Record<string, Errno>>)[code] ?? E.EIO;
}

/** What `use` answers, or the errno with which it failed. */
export function attempt<T>(use: () => T): T | Errno {
  try {
    return use();
  } catch (error) {
    return errnoOf(error);
  }
}

/** The errno with which `use` failed, or undefined. */
export function failureOf(use: () => unknown): Errno | undefined {
  const outcome = attempt(use);
  return outcome instanceof Errno ? outcome : undefined;
}
