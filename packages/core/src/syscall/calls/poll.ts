/** Readiness: poll(2) and epoll(7). */
import { E, Errno } from '../../base/errno.ts';
import type { Call } from '../../kernel/call.ts';
import type { OpenFile } from '../../kernel/open-file.ts';
import { BLOCKED, type Outcome } from '../../kernel/outcome.ts';
import { ALWAYS_REPORTED, READY } from '../../kernel/readiness.ts';
import type { Thread } from '../../os/thread.ts';
import { Epoll } from '../../socket/epoll.ts';
import type { CallTable } from '../call-table.ts';
import type { Kernel } from '../kernel.ts';
import type { PollRequest, PollResult } from '../sys.ts';

function poll(
  kernel: Kernel,
  thread: Thread,
  call: Call,
  requests: readonly PollRequest[],
  timeoutNs: number,
): Outcome<readonly PollResult[]> {
  const ready: PollResult[] = [];
  const files: OpenFile[] = [];
  for (const { fd, events } of requests) {
    if (fd < 0) continue;
    const file = kernel.file(thread, fd);
    if (file instanceof Errno) {
      ready.push({ fd, revents: READY.NVAL });
      continue;
    }
    files.push(file);
    const revents = file.readiness() & (events | ALWAYS_REPORTED);
    if (revents !== 0) ready.push({ fd, revents });
  }
  if (ready.length > 0 || timeoutNs === 0 || call.expired) return ready;
  if (timeoutNs > 0) call.expireAt(thread.readyAt + timeoutNs);
  for (const file of files) call.waitOn(file.waiters);
  return BLOCKED;
}

function epollOf(kernel: Kernel, thread: Thread, epfd: number): Epoll | Errno {
  const file = kernel.file(thread, epfd);
  if (file instanceof Errno) return file;
  return file instanceof Epoll ? file : E.EINVAL;
}

export const pollCalls = {
  poll: (kernel, thread, call, requests, timeoutNs) => poll(kernel, thread, call, requests, timeoutNs),
  epoll_create: (kernel, thread) => thread.process.descriptors.install(new Epoll(kernel.nextIno(), kernel.wallNs())),
  epoll_ctl(kernel, thread, _call, epfd, op, fd, events = 0) {
    const epoll = epollOf(kernel, thread, epfd);
    if (epoll instanceof Errno) return epoll;
    const file = kernel.file(thread, fd);
    return file instanceof Errno ? file : epoll.control(op, fd, file, events);
  },
  epoll_wait(kernel, thread, call, epfd, max, timeoutNs) {
    const epoll = epollOf(kernel, thread, epfd);
    if (epoll instanceof Errno) return epoll;
    return max > 0 ? epoll.wait(call, max, timeoutNs, thread.readyAt) : E.EINVAL;
  },
} satisfies Partial<CallTable>;
