/** Processes of a run: children are started by the operating system, and waited for here. */
import { E } from '@netarium/core/base/errno.ts';
import type { Call } from '@netarium/core/kernel/call.ts';
import { BLOCKED, type Outcome } from '@netarium/core/kernel/outcome.ts';
import type { CallTableOf } from '@netarium/core/syscall/call-table.ts';
import type { WaitOptions, WaitResult } from '@netarium/core/syscall/sys.ts';
import { later } from '../later.ts';
import type { RealKernel } from '../real-kernel.ts';
import type { RealProcess } from '../real-process.ts';
import type { RealThread } from '../real-thread.ts';

/** waitpid(2). Groups are not told apart here: 0 and -N mean any child. */
function waitpid(parent: RealProcess, call: Call, pid: number, options: WaitOptions): Outcome<WaitResult | undefined> {
  if (options.untraced === true || options.continued === true) return E.EOPNOTSUPP;
  if (pid === 0 || pid < -1) return E.EOPNOTSUPP;
  const children = [...parent.children.values()].filter((child) => pid === -1 || child.pid === pid);
  if (children.length === 0) return E.ECHILD;
  const ended = children.find((child) => child.exitStatus !== undefined);
  if (ended !== undefined) {
    parent.children.delete(ended.pid);
    const { code, signal } = ended.exitStatus!;
    return signal === '' ? { pid: ended.pid, code } : { pid: ended.pid, signal };
  }
  if (options.nohang === true) return undefined;
  call.waitOn(parent.childEnded);
  return BLOCKED;
}

export const processCalls = {
  getppid: (_kernel, thread) => thread.process.ppid,
  spawn: (kernel, thread, call, ...args) => later(call, () => kernel.starter.spawn(thread.process, args)),
  fork: (kernel, thread, call, ...args) => later(call, () => kernel.starter.fork(thread.process, args)),
  /** Of this run alone: exec(2) lets go of what is marked so. */
  close_on_exec(_kernel: RealKernel, thread: RealThread) {
    const { descriptors } = thread.process;
    for (const [fd, , cloexec] of [...descriptors.entries()]) if (cloexec) descriptors.close(fd);
    return undefined;
  },
  /** Of this run alone: the numbers of the open descriptors. */
  descriptors: (_kernel: RealKernel, thread: RealThread) => [...thread.process.descriptors.entries()].map(([fd]) => fd),
  waitpid: (_kernel, thread, call, pid, options = {}) => waitpid(thread.process, call, pid, options),
} satisfies Partial<CallTableOf<RealKernel, RealThread>> & Record<string, unknown>;
