/** trace_create and trace_attach: see `syscall/trace.ts`. */
import { E, Errno } from '../../base/errno.ts';
import type { Thread } from '../../os/thread.ts';
import type { CallTable } from '../call-table.ts';
import { streamStatus } from '../dev.ts';
import type { Kernel } from '../kernel.ts';
import { CallTrace } from '../trace.ts';

export function traceOf(kernel: Kernel, thread: Thread, fd: number): CallTrace | Errno {
  const file = kernel.file(thread, fd);
  if (file instanceof Errno) return file;
  return file instanceof CallTrace ? file : E.EINVAL;
}

export const traceCalls = {
  trace_create: (kernel, thread, _call, options = {}) =>
    thread.process.descriptors.install(new CallTrace(options.follow ?? false, streamStatus(kernel, 'file')), true),
  trace_attach(kernel, thread, _call, fd, pid) {
    const trace = traceOf(kernel, thread, fd);
    if (trace instanceof Errno) return trace;
    const target = kernel.processes.get(pid);
    if (target === undefined || target.exitStatus !== undefined) return E.ESRCH;
    const permitted = thread.process.uid === 0 || thread.process.uid === target.uid;
    if (!permitted || target.tracer !== undefined || target === thread.process) return E.EPERM;
    trace.attach(target);
    return undefined;
  },
} satisfies Partial<CallTable>;
