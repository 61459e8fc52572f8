/** Readiness: select(2), poll(2) and epoll(7). Each look at a file's readiness is counted: `thread.usage.scanned`. */
import { E, Errno } from '../../base/errno.ts';
import type { Call } from '../../kernel/call.ts';
import type { OpenFile } from '../../kernel/open-file.ts';
import { BLOCKED, type Outcome } from '../../kernel/outcome.ts';
import { ALWAYS_REPORTED, READY } from '../../kernel/readiness.ts';
import { Epoll } from '../../socket/epoll.ts';
import { SocketFile } from '../../socket/socket-file.ts';
import type { CallHost, CallThread } from '../call-host.ts';
import type { SharedCallTable } from '../call-table.ts';
import type { FdSets } from '../sys/readiness.ts';
import type { PollRequest, PollResult } from '../sys.ts';

/** What select(2) calls readable, writable and exceptional (POLLIN_SET, POLLOUT_SET, POLLEX_SET). */
const SELECT_SETS = [
  ['read', READY.IN | READY.HUP | READY.ERR],
  ['write', READY.OUT | READY.ERR],
  ['except', READY.PRI],
] as const;

/** A time to wait: any negative number is for ever. */
function isTimeout(ns: unknown): ns is number {
  return typeof ns === 'number' && Number.isSafeInteger(ns);
}

/** Nothing is ready: waits on all files, or is over at the end of its time. */
function awaitAny(thread: CallThread, call: Call, files: readonly OpenFile[], timeoutNs: number): typeof BLOCKED {
  if (timeoutNs > 0) call.expireAt(thread.readyAt + timeoutNs);
  for (const file of files) call.waitOn(file.waiters);
  return BLOCKED;
}

function poll(
  kernel: CallHost,
  thread: CallThread,
  call: Call,
  requests: readonly PollRequest[],
  timeoutNs: number,
): Outcome<readonly PollResult[]> {
  if (!isTimeout(timeoutNs) || requests.length > thread.process.descriptors.limit) return E.EINVAL;
  const ready: PollResult[] = [];
  const files: OpenFile[] = [];
  for (const { fd, events } of requests) {
    if (fd < 0) continue;
    const file = kernel.file(thread, fd);
    // WSAPoll knows no other files than sockets.
    if (file instanceof Errno || (kernel.profile.selectsSocketsOnly && !(file instanceof SocketFile))) {
      ready.push({ fd, revents: READY.NVAL });
      continue;
    }
    files.push(file);
    const revents = file.poll() & (events | ALWAYS_REPORTED);
    if (revents !== 0) ready.push({ fd, revents });
  }
  kernel.scanned(thread, call, files.length, ready.length);
  if (ready.length > 0 || timeoutNs === 0 || call.expired) return ready;
  return awaitAny(thread, call, files, timeoutNs);
}

/** Numbers that no `fd_set` can hold are refused, and so are the closed ones. */
function filesOf(kernel: CallHost, thread: CallThread, sets: FdSets): Map<number, OpenFile> | Errno {
  const { fdSetSize, fdSetCounts, selectsSocketsOnly } = kernel.profile;
  const files = new Map<number, OpenFile>();
  for (const [name] of SELECT_SETS) {
    if (fdSetCounts && (sets[name]?.length ?? 0) > fdSetSize) return E.EINVAL;
    for (const fd of sets[name] ?? []) {
      if (!Number.isInteger(fd) || fd < 0 || (!fdSetCounts && fd >= fdSetSize)) return E.EINVAL;
      const file = kernel.file(thread, fd);
      if (file instanceof Errno) return file;
      if (selectsSocketsOnly && !(file instanceof SocketFile)) return E.ENOTSOCK;
      files.set(fd, file);
    }
  }
  return files;
}

function select(
  kernel: CallHost,
  thread: CallThread,
  call: Call,
  sets: FdSets,
  timeoutNs: number,
): Outcome<Required<FdSets>> {
  if (!isTimeout(timeoutNs)) return E.EINVAL;
  const files = filesOf(kernel, thread, sets);
  if (files instanceof Errno) return files;
  const states = new Map([...files].map(([fd, file]) => [fd, file.poll()] as const));
  const [read, write, except] = SELECT_SETS.map(([name, bits]) =>
    (sets[name] ?? []).filter((fd) => (states.get(fd)! & bits) !== 0),
  );
  const count = read!.length + write!.length + except!.length;
  kernel.scanned(thread, call, files.size, count);
  if (count > 0 || timeoutNs === 0 || call.expired) return { read: read!, write: write!, except: except! };
  return awaitAny(thread, call, [...files.values()], timeoutNs);
}

function epollOf(kernel: CallHost, thread: CallThread, epfd: number): Epoll | Errno {
  const file = kernel.file(thread, epfd);
  if (file instanceof Errno) return file;
  return file instanceof Epoll ? file : E.EINVAL;
}

function epollWait(
  kernel: CallHost,
  thread: CallThread,
  call: Call,
  epfd: number,
  max: number,
  timeoutNs: number,
): Outcome<readonly PollResult[]> {
  const epoll = epollOf(kernel, thread, epfd);
  if (epoll instanceof Errno) return epoll;
  if (!(max > 0) || !isTimeout(timeoutNs)) return E.EINVAL;
  const before = epoll.scanned;
  const outcome = epoll.wait(call, max, timeoutNs, thread.readyAt);
  kernel.scanned(thread, call, epoll.scanned - before, outcome === BLOCKED ? 0 : (outcome as PollResult[]).length);
  return outcome;
}

export const pollCalls = {
  poll: (kernel, thread, call, requests, timeoutNs) => poll(kernel, thread, call, requests, timeoutNs),
  select: (kernel, thread, call, sets, timeoutNs) => select(kernel, thread, call, sets, timeoutNs),
  epoll_create: (kernel, thread) => thread.process.descriptors.install(new Epoll(kernel.nextIno(), kernel.wallNs())),
  epoll_ctl(kernel, thread, _call, epfd, op, fd, events = 0) {
    const epoll = epollOf(kernel, thread, epfd);
    if (epoll instanceof Errno) return epoll;
    const file = kernel.file(thread, fd);
    return file instanceof Errno ? file : epoll.control(op, fd, file, events);
  },
  epoll_wait: (kernel, thread, call, epfd, max, timeoutNs) => epollWait(kernel, thread, call, epfd, max, timeoutNs),
} satisfies Partial<SharedCallTable>;
