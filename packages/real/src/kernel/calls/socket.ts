/** Socket calls of the real kernel: core's own, with names of Unix sockets seen from the process's directory. */
import { Errno } from '@netarium/core/base/errno.ts';
import type { SockAddr } from '@netarium/core/socket/types.ts';
import type { CallTableOf } from '@netarium/core/syscall/call-table.ts';
import { socketCalls as shared } from '@netarium/core/syscall/calls/socket.ts';
import type { RealKernel } from '../real-kernel.ts';
import type { RealThread } from '../real-thread.ts';
import { absolute } from './path.ts';

function located(thread: RealThread, address: SockAddr): SockAddr | Errno {
  if (address.family !== 'unix') return address;
  const path = absolute(thread, address.path);
  return path instanceof Errno ? path : { family: 'unix', path };
}

export const socketCalls = {
  ...shared,
  bind(kernel, thread, call, fd, address) {
    const where = located(thread, address);
    return where instanceof Errno ? where : shared.bind(kernel, thread, call, fd, where);
  },
  connect(kernel, thread, call, fd, address) {
    const where = located(thread, address);
    return where instanceof Errno ? where : shared.connect(kernel, thread, call, fd, where);
  },
} satisfies Partial<CallTableOf<RealKernel, RealThread>>;
