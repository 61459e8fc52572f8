/** A thread's place in the host's schedule: nice(2), sched_setscheduler(2), sched_setaffinity(2) and their kin. */
import { E, Errno } from '../../base/errno.ts';
import type { Thread } from '../../os/thread.ts';
import type { CallTable } from '../call-table.ts';
import type { Kernel } from '../kernel.ts';

const NICE_MIN = -20;
const NICE_MAX = 19;

/** A thread by its id, 0 for the caller. */
function threadOf(kernel: Kernel, caller: Thread, tid: number): Thread | Errno {
  if (tid === 0 || tid === caller.tid) return caller;
  for (const process of kernel.processes.all()) {
    const found = process.threads.find((thread) => thread.tid === tid);
    if (found !== undefined) return found;
  }
  return E.ESRCH;
}

/** EPERM where the caller may not change this thread's schedule. */
function permitted(caller: Thread, target: Thread): boolean {
  return caller.process.uid === 0 || caller.process.uid === target.process.uid;
}

function setNice(caller: Thread, target: Thread, nice: number): Errno | undefined {
  if (!permitted(caller, target)) return E.EPERM;
  const clamped = Math.max(NICE_MIN, Math.min(NICE_MAX, Math.trunc(nice)));
  // Only root, or RLIMIT_NICE, lets a value fall (setpriority(2)).
  if (clamped < target.task.nice && caller.process.uid !== 0) return E.EACCES;
  target.task.nice = clamped;
  return undefined;
}

function coresOf(kernel: Kernel, thread: Thread): readonly number[] {
  return kernel.cpu.cores.map((core) => core.number).filter((number) => thread.task.mayUse(number));
}

export const scheduleCalls = {
  sched_yield(_kernel, thread) {
    thread.yieldCore();
    return undefined;
  },
  nice(_kernel, thread, _call, increment) {
    const refused = setNice(thread, thread, thread.task.nice + increment);
    return refused === undefined ? thread.task.nice : E.EPERM;
  },
  getpriority(kernel, thread, _call, pid) {
    const target = threadOf(kernel, thread, pid);
    return target instanceof Errno ? target : target.task.nice;
  },
  setpriority(kernel, thread, _call, pid, nice) {
    const target = threadOf(kernel, thread, pid);
    return target instanceof Errno ? target : setNice(thread, target, nice);
  },
  sched_getscheduler(kernel, thread, _call, tid) {
    const target = threadOf(kernel, thread, tid);
    if (target instanceof Errno) return target;
    return { policy: target.task.schedulingClass, priority: target.task.realtimePriority };
  },
  sched_setscheduler(kernel, thread, _call, tid, { policy, priority }) {
    const target = threadOf(kernel, thread, tid);
    if (target instanceof Errno) return target;
    const realtime = policy === 'fifo' || policy === 'rr';
    if (!realtime && policy !== 'other') return E.EINVAL;
    if (realtime ? !(priority >= 1 && priority <= 99) : priority !== 0) return E.EINVAL;
    if (realtime && thread.process.uid !== 0) return E.EPERM;
    if (!permitted(thread, target)) return E.EPERM;
    target.task.schedulingClass = policy;
    target.task.realtimePriority = priority;
    return undefined;
  },
  sched_setpriority(kernel, thread, _call, tid, priority) {
    const target = threadOf(kernel, thread, tid);
    if (target instanceof Errno) return target;
    if (!Number.isInteger(priority)) return E.EINVAL;
    target.task.priority = priority;
    return undefined;
  },
  sched_setaffinity(kernel, thread, _call, tid, cores) {
    const target = threadOf(kernel, thread, tid);
    if (target instanceof Errno) return target;
    if (!permitted(thread, target)) return E.EPERM;
    const usable = cores.filter((number) => number in kernel.cpu.cores);
    if (usable.length === 0) return E.EINVAL;
    target.task.affinity = new Set(usable);
    if (target === thread && !target.task.mayUse(target.task.core?.number ?? -1)) thread.yieldCore();
    return undefined;
  },
  sched_getaffinity(kernel, thread, _call, tid) {
    const target = threadOf(kernel, thread, tid);
    return target instanceof Errno ? target : coresOf(kernel, target);
  },
  getcpu: (_kernel, thread) => thread.task.core?.number ?? thread.task.lastCore,
} satisfies Partial<CallTable>;
