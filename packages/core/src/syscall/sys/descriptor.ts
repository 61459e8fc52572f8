/** What a descriptor is and does: fcntl(2). */

/** open(2) flags that fcntl(2) tells and changes, Linux's values. */
export const O = { RDONLY: 0, WRONLY: 1, RDWR: 2, APPEND: 0o2000, NONBLOCK: 0o4000, ASYNC: 0o20000 } as const;

export const FD_CLOEXEC = 1;

export type FcntlCommand =
  | 'F_DUPFD'
  | 'F_DUPFD_CLOEXEC'
  | 'F_GETFD'
  | 'F_SETFD'
  | 'F_GETFL'
  | 'F_SETFL'
  /** Who gets the signals of O_ASYNC: a pid, or with a minus a process group. */
  | 'F_GETOWN'
  | 'F_SETOWN'
  /** Which signal, by number; 0 is SIGIO without details. */
  | 'F_GETSIG'
  | 'F_SETSIG'
  | 'F_GETPIPE_SZ';

export interface DescriptorCalls {
  /** Numbers in, numbers out, as fcntl(2) has them. EINVAL for an unknown command or a flag that cannot be changed. */
  fcntl(fd: number, command: FcntlCommand, value?: number): Promise<number>;
  setNonblock(fd: number, on: boolean): Promise<void>;
}
