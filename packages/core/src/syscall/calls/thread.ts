/** Threads and forked processes: pthread_create(3), pthread_join(3), fork(2) with an entry. */
import { E, Errno } from '../../base/errno.ts';
import type { Call } from '../../kernel/call.ts';
import { DescriptorTable } from '../../kernel/descriptors.ts';
import { BLOCKED, type Outcome } from '../../kernel/outcome.ts';
import { InterpreterLock } from '../../os/interpreter/interpreter-lock.ts';
import { INTERPRETERS, type InterpreterProfile } from '../../os/interpreter/profile.ts';
import { type Cloneable, cloned } from '../../os/memory.ts';
import type { Process } from '../../os/process.ts';
import type { Thread } from '../../os/thread.ts';
import type { CallTable } from '../call-table.ts';
import type { Kernel } from '../kernel.ts';
import { hasEntry } from '../program.ts';
import type { ThreadOptions } from '../sys/thread.ts';
import { inheritWatchers } from './child.ts';

/** Arguments as the new thread gets them; EINVAL where the entry is none of the module's, or one cannot be copied. */
function checked(process: Process, entry: string, args: readonly unknown[]): readonly Cloneable[] | Errno {
  const copy = cloned(args);
  if (copy === undefined || !Array.isArray(copy.value) || !hasEntry(process.module, entry)) return E.EINVAL;
  return copy.value as readonly Cloneable[];
}

function createThread(
  kernel: Kernel,
  creator: Thread,
  entry: string,
  args: readonly unknown[],
  options: ThreadOptions,
): number | Errno {
  const { process } = creator;
  const copies = checked(process, entry, args);
  if (copies instanceof Errno) return copies;
  if (!kernel.processes.mayFork(process)) return E.EAGAIN;
  const made = kernel.startThread(
    process,
    kernel.frontEnd({ module: process.module, entry, args: copies }),
    kernel.costs.threadNs,
  );
  // clone(2) is its caller's work.
  creator.charge(kernel.costs.threadNs);
  made.name = options.name ?? '';
  made.detached = options.detached === true;
  made.blocked = creator.blocked;
  inheritScheduling(creator, made);
  return made.tid;
}

/** A new thread runs as its creator does (sched(7)). */
export function inheritScheduling({ task: from }: Thread, { task: to }: Thread): void {
  to.nice = from.nice;
  to.schedulingClass = from.schedulingClass;
  to.realtimePriority = from.realtimePriority;
  to.priority = from.priority;
  to.affinity = from.affinity;
}

function fork(kernel: Kernel, thread: Thread, entry: string, args: readonly unknown[]): number | Errno {
  const parent = thread.process;
  const copies = checked(parent, entry, args);
  if (copies instanceof Errno) return copies;
  if (!kernel.processes.mayFork(parent)) return E.EAGAIN;
  const descriptors = new DescriptorTable();
  descriptors.limit = parent.descriptors.limit;
  for (const [fd, file, cloexec] of parent.descriptors.entries()) descriptors.place(fd, file, cloexec);
  const { name, argv, uid, pgid, cwd, env } = parent;
  const child = kernel.processes.add(parent, name, argv, uid, pgid, cwd, env, descriptors);
  child.umask = parent.umask;
  child.gid = parent.gid;
  child.terminal = parent.terminal;
  child.module = parent.module;
  inheritWatchers(kernel, parent, child);
  child.memory = parent.memory.fork(child.pid);
  for (const [signal, disposition] of parent.dispositions) child.dispositions.set(signal, disposition);
  if (parent.interpreter !== undefined) child.interpreter = new InterpreterLock(kernel.ctx, parent.interpreter.profile);
  const first = kernel.startThread(
    child,
    kernel.frontEnd({ module: child.module, entry, args: copies }),
    kernel.costs.forkNs,
  );
  thread.charge(kernel.costs.forkNs);
  first.blocked = thread.blocked;
  inheritScheduling(thread, first);
  return child.pid;
}

function join(thread: Thread, call: Call, tid: number, timeoutNs: number): Outcome<Cloneable> {
  const { process } = thread;
  if (tid === thread.tid) return E.EDEADLK;
  const ended = process.finished.get(tid);
  if (ended !== undefined) {
    process.finished.delete(tid);
    return ended.result as Cloneable;
  }
  const target = process.threads.find((other) => other.tid === tid);
  // Joined by another in the meantime, or never there.
  if (target === undefined) return call.progress === undefined ? E.ESRCH : E.EINVAL;
  if (target.detached) return E.EINVAL;
  if (call.expired || timeoutNs === 0) return E.ETIMEDOUT;
  if (timeoutNs > 0) call.expireAt(thread.readyAt + timeoutNs);
  call.progress = 'waiting';
  call.waitsFor ??= { what: `thread ${tid}`, holders: () => [target] };
  call.waitOn(target.joiners);
  return BLOCKED;
}

function isProfile(value: unknown): value is InterpreterProfile {
  return typeof value === 'object' && value !== null && 'switching' in value;
}

export const threadCalls = {
  gettid: (_kernel, thread) => thread.tid,
  thread_create: (kernel, thread, _call, entry, args = [], options = {}) =>
    createThread(kernel, thread, entry, args, options),
  thread_join: (_kernel, thread, call, tid, timeoutNs = -1) => join(thread, call, tid, timeoutNs),
  thread_detach(_kernel, thread, _call, tid) {
    const { process } = thread;
    if (process.finished.delete(tid)) return undefined;
    const target = process.threads.find((other) => other.tid === tid);
    if (target === undefined) return E.ESRCH;
    if (target.detached) return E.EINVAL;
    target.detached = true;
    return undefined;
  },
  thread_exit(kernel, thread, _call, value) {
    const copy = cloned(value);
    if (copy === undefined) return E.EINVAL;
    kernel.threads.finish(thread, copy.value);
    return BLOCKED;
  },
  thread_setname(_kernel, thread, _call, tid, name) {
    const target = thread.process.threads.find((other) => other.tid === tid);
    if (target === undefined) return E.ESRCH;
    target.name = name;
    return undefined;
  },
  tls_get: (_kernel, thread, _call, key) => thread.local.get(key),
  tls_set(_kernel, thread, _call, key, value) {
    thread.local.set(key, value);
    return undefined;
  },
  fork: (kernel, thread, _call, entry, args = []) => fork(kernel, thread, entry, args),
  interpreter_attach(kernel, thread, _call, wanted) {
    const { process } = thread;
    const profile = isProfile(wanted) ? wanted : Object.hasOwn(INTERPRETERS, wanted) ? INTERPRETERS[wanted] : undefined;
    if (profile === undefined) return E.EINVAL;
    if (process.threads.length > 1) return E.EBUSY;
    process.interpreter = new InterpreterLock(kernel.ctx, profile);
    process.interpreter.take(thread);
    return undefined;
  },
  interpreter_profile: (_kernel, thread) => thread.process.interpreter?.profile ?? E.EINVAL,
  interpreter_setinterval(_kernel, thread, _call, ns) {
    const { interpreter } = thread.process;
    if (interpreter === undefined || !Number.isSafeInteger(ns) || ns <= 0) return E.EINVAL;
    interpreter.profile = { ...interpreter.profile, intervalNs: ns };
    return undefined;
  },
} satisfies Partial<CallTable>;
