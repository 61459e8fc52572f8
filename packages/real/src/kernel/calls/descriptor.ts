/** fcntl(2) and writing on the real kernel. Signal-driven I/O (O_ASYNC) is not carried. */
import { E, ENOTSUP, Errno } from '@netarium/core/base/errno.ts';
import type { CallTableOf } from '@netarium/core/syscall/call-table.ts';
import { fcntlOfAny, withFd, withSigpipe } from '@netarium/core/syscall/calls/open-file.ts';
import { O } from '@netarium/core/syscall/sys/descriptor.ts';
import { RegularFile } from '../../files/regular-file.ts';
import type { RealKernel } from '../real-kernel.ts';
import type { RealThread } from '../real-thread.ts';

function fcntl(thread: RealThread, fd: number, command: string, value: number): number | Errno {
  const { descriptors } = thread.process;
  const file = descriptors.get(fd);
  if (file instanceof Errno) return file;
  const own = fcntlOfAny(descriptors, file, fd, command, value);
  if (own !== undefined) return own;
  const append = file instanceof RegularFile && file.appends ? O.APPEND : 0;
  const flags = file.accessMode | append | (file.nonblock ? O.NONBLOCK : 0);
  switch (command) {
    case 'F_GETFL':
      return flags;
    case 'F_SETFL':
      if ((value & O.ASYNC) !== 0) return ENOTSUP;
      if ((value & ~(O.NONBLOCK | O.APPEND | 3)) !== 0 || ((value ^ flags) & O.APPEND) !== 0) return E.EINVAL;
      file.nonblock = (value & O.NONBLOCK) !== 0;
      return 0;
    case 'F_GETOWN':
    case 'F_SETOWN':
    case 'F_GETSIG':
    case 'F_SETSIG':
      return ENOTSUP;
    default:
      return E.EINVAL;
  }
}

export const descriptorCalls = {
  fcntl: (_kernel, thread, _call, fd, command, value = 0) => fcntl(thread, fd, command, value),
  write: (kernel, thread, call, fd, data) =>
    data instanceof Uint8Array
      ? withFd(kernel, thread, fd, (file) => withSigpipe(kernel, thread, file.write(call, data)))
      : E.EFAULT,
  ftruncate: (kernel, thread, _call, fd, length) => withFd(kernel, thread, fd, (file) => file.truncate(length)),
} satisfies Partial<CallTableOf<RealKernel, RealThread>>;
