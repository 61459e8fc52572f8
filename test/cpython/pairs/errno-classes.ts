/** Every errno of ours: its number, its text, and the class that Python makes of it. */
import { E, type ErrnoCode, SysError } from '@netarium/core/base/errno.ts';
import { exceptionText, type Pair } from '../pair.ts';

const CODES =
  `EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT EBUSY EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL
ENFILE EMFILE ENOTTY EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG ENOSYS ENOTEMPTY ELOOP EPROTO ENOTSOCK EDESTADDRREQ
EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT EOPNOTSUPP EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET ECONNABORTED ECONNRESET
ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETIMEDOUT ECONNREFUSED EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS ECANCELED`.split(
    /\s+/,
  ) as ErrnoCode[];

export default {
  order: 'total',
  main: (trace) => async () => {
    for (const code of CODES) trace.at(`${code} ${exceptionText(new SysError(E[code], 'call'))}`);
    return 0;
  },
} satisfies Pair;
