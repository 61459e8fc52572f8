/** io_uring_setup(2) and io_uring_enter(2). */
import { E, Errno } from '../../base/errno.ts';
import type { Call } from '../../kernel/call.ts';
import type { OpenFile } from '../../kernel/open-file.ts';
import { BLOCKED, type Outcome } from '../../kernel/outcome.ts';
import type { RingHost } from '../../os/io-ring/operations.ts';
import { IoRing } from '../../os/io-ring/ring.ts';
import type { Process } from '../../os/process.ts';
import type { Thread } from '../../os/thread.ts';
import type { CallTable } from '../call-table.ts';
import { streamStatus } from '../dev.ts';
import type { Kernel } from '../kernel.ts';

/** IORING_MAX_ENTRIES. */
const MAX_ENTRIES = 32_768;

/** Requests act for the process that made the ring. */
class ProcessRingHost implements RingHost {
  constructor(
    private readonly kernel: Kernel,
    private readonly process: Process,
  ) {}

  get now(): number {
    return this.kernel.ctx.queue.now;
  }

  file(fd: number): OpenFile | Errno {
    return this.process.descriptors.get(fd);
  }

  install(file: OpenFile): number | Errno {
    return this.process.descriptors.install(file);
  }
}

function setup(kernel: Kernel, thread: Thread, entries: number) {
  if (!Number.isInteger(entries) || entries < 1 || entries > MAX_ENTRIES) return E.EINVAL;
  const host = new ProcessRingHost(kernel, thread.process);
  const ring = new IoRing(host, entries, kernel.ctx.queue, streamStatus(kernel, 'file'));
  const fd = thread.process.descriptors.install(ring, true);
  if (fd instanceof Errno) return fd;
  return { fd, submissions: ring.submissions, completions: ring.completions };
}

function enter(
  kernel: Kernel,
  thread: Thread,
  call: Call,
  fd: number,
  toSubmit: number,
  minComplete: number,
  timeoutNs: number,
): Outcome<number> {
  const ring = kernel.file(thread, fd);
  if (ring instanceof Errno) return ring;
  if (!(ring instanceof IoRing)) return E.EOPNOTSUPP;
  if (!(toSubmit >= 0) || !(minComplete >= 0)) return E.EINVAL;
  if (call.progress === undefined) {
    ring.flush();
    call.progress = ring.submit(toSubmit);
  }
  const submitted = call.progress as number;
  const enough = Math.min(minComplete, 2 * ring.entries);
  if (ring.completions.length >= enough) return submitted;
  if (call.expired) return submitted > 0 ? submitted : E.ETIME;
  if (timeoutNs >= 0) call.expireAt(thread.readyAt + timeoutNs);
  call.waitOn(ring.waiters);
  return BLOCKED;
}

export const ioRingCalls = {
  io_uring_setup: (kernel, thread, _call, entries) => setup(kernel, thread, entries),
  io_uring_enter: (kernel, thread, call, fd, toSubmit, minComplete = 0, timeoutNs = -1) =>
    enter(kernel, thread, call, fd, toSubmit, minComplete, timeoutNs),
} satisfies Partial<CallTable>;
