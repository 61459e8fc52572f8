/**
 * POSIX error numbers with Linux's values and glibc's `strerror` texts. The kernel returns an `Errno` (a shared constant, so that
 * `result instanceof Errno` is the whole test); programs that use the asynchronous `sys` see it thrown as a `SysError`.
 */
export class Errno {
  constructor(
    readonly code: string,
    readonly number: number,
    readonly text: string,
  ) {}

  toString(): string {
    return this.code;
  }
}

const TABLE = {
  EPERM: [1, 'Operation not permitted'],
  ENOENT: [2, 'No such file or directory'],
  ESRCH: [3, 'No such process'],
  EINTR: [4, 'Interrupted system call'],
  EIO: [5, 'Input/output error'],
  ENXIO: [6, 'No such device or address'],
  E2BIG: [7, 'Argument list too long'],
  ENOEXEC: [8, 'Exec format error'],
  EBADF: [9, 'Bad file descriptor'],
  ECHILD: [10, 'No child processes'],
  EAGAIN: [11, 'Resource temporarily unavailable'],
  ENOMEM: [12, 'Cannot allocate memory'],
  EACCES: [13, 'Permission denied'],
  EFAULT: [14, 'Bad address'],
  EBUSY: [16, 'Device or resource busy'],
  EEXIST: [17, 'File exists'],
  EXDEV: [18, 'Invalid cross-device link'],
  ENODEV: [19, 'No such device'],
  ENOTDIR: [20, 'Not a directory'],
  EISDIR: [21, 'Is a directory'],
  EINVAL: [22, 'Invalid argument'],
  ENFILE: [23, 'Too many open files in system'],
  EMFILE: [24, 'Too many open files'],
  ENOTTY: [25, 'Inappropriate ioctl for device'],
  EFBIG: [27, 'File too large'],
  ENOSPC: [28, 'No space left on device'],
  ESPIPE: [29, 'Illegal seek'],
  EROFS: [30, 'Read-only file system'],
  EMLINK: [31, 'Too many links'],
  EPIPE: [32, 'Broken pipe'],
  EDOM: [33, 'Numerical argument out of domain'],
  ERANGE: [34, 'Numerical result out of range'],
  EDEADLK: [35, 'Resource deadlock avoided'],
  ENAMETOOLONG: [36, 'File name too long'],
  ENOSYS: [38, 'Function not implemented'],
  ENOTEMPTY: [39, 'Directory not empty'],
  ELOOP: [40, 'Too many levels of symbolic links'],
  ENOMSG: [42, 'No message of desired type'],
  ETIME: [62, 'Timer expired'],
  ENONET: [64, 'Machine is not on the network'],
  EPROTO: [71, 'Protocol error'],
  EOVERFLOW: [75, 'Value too large for defined data type'],
  ENOTSOCK: [88, 'Socket operation on non-socket'],
  EDESTADDRREQ: [89, 'Destination address required'],
  EMSGSIZE: [90, 'Message too long'],
  EPROTOTYPE: [91, 'Protocol wrong type for socket'],
  ENOPROTOOPT: [92, 'Protocol not available'],
  EPROTONOSUPPORT: [93, 'Protocol not supported'],
  ESOCKTNOSUPPORT: [94, 'Socket type not supported'],
  EOPNOTSUPP: [95, 'Operation not supported'],
  EPFNOSUPPORT: [96, 'Protocol family not supported'],
  EAFNOSUPPORT: [97, 'Address family not supported by protocol'],
  EADDRINUSE: [98, 'Address already in use'],
  EADDRNOTAVAIL: [99, 'Cannot assign requested address'],
  ENETDOWN: [100, 'Network is down'],
  ENETUNREACH: [101, 'Network is unreachable'],
  ENETRESET: [102, 'Network dropped connection on reset'],
  ECONNABORTED: [103, 'Software caused connection abort'],
  ECONNRESET: [104, 'Connection reset by peer'],
  ENOBUFS: [105, 'No buffer space available'],
  EISCONN: [106, 'Transport endpoint is already connected'],
  ENOTCONN: [107, 'Transport endpoint is not connected'],
  ESHUTDOWN: [108, 'Cannot send after transport endpoint shutdown'],
  ETIMEDOUT: [110, 'Connection timed out'],
  ECONNREFUSED: [111, 'Connection refused'],
  EHOSTDOWN: [112, 'Host is down'],
  EHOSTUNREACH: [113, 'No route to host'],
  EALREADY: [114, 'Operation already in progress'],
  EINPROGRESS: [115, 'Operation now in progress'],
  ECANCELED: [125, 'Operation canceled'],
  EOWNERDEAD: [130, 'Owner died'],
  ENOTRECOVERABLE: [131, 'State not recoverable'],
} as const satisfies Record<string, readonly [number, string]>;

export type ErrnoCode = keyof typeof TABLE;

/** Every errno by its name: `E.ECONNREFUSED`. */
export const E: Readonly<Record<ErrnoCode, Errno>> = Object.freeze(
  Object.fromEntries(Object.entries(TABLE).map(([code, [number, text]]) => [code, new Errno(code, number, text)])),
) as Readonly<Record<ErrnoCode, Errno>>;

/** Linux's `ENOTSUP` is the same number as `EOPNOTSUPP`; calls that a kernel does not carry fail with it by name. */
export const ENOTSUP = E.EOPNOTSUPP;

/** Where V8 and JavaScriptCore ask how many frames of a stack are written down. */
const engine = Error as { stackTraceLimit?: number | undefined };

/** An errno as programs see it. `code` is the POSIX name, `errno` Linux's number, `syscall` the call that failed. */
export class SysError extends Error {
  override readonly name = 'SysError';
  readonly code: string;
  readonly errno: number;

  constructor(
    readonly reason: Errno,
    readonly syscall: string,
    readonly detail = '',
  ) {
    // The engine would write the stack down, which costs ten times the rest of a call that fails, and leads into the kernel, not into the program.
    const { stackTraceLimit } = engine;
    engine.stackTraceLimit = 0;
    super(`${syscall}: ${reason.text}${detail === '' ? '' : ` (${detail})`}`);
    engine.stackTraceLimit = stackTraceLimit;
    this.code = reason.code;
    this.errno = reason.number;
  }
}
