/** Signals: kill(2), sigaction(2), sigprocmask(2), sigtimedwait(2), sigqueue(3), setitimer(2) and their kin. */
import { E, Errno } from '../../base/errno.ts';
import type { Call } from '../../kernel/call.ts';
import { BLOCKED, type Outcome } from '../../kernel/outcome.ts';
import type { Process } from '../../os/process.ts';
import { type Disposition, isSignal, isUnstoppable, type SignalInfo, type SignalName } from '../../os/signals.ts';
import type { Thread } from '../../os/thread.ts';
import { isDuration } from '../../time/instant.ts';
import type { CallTable } from '../call-table.ts';
import { realTimerOf, setRealTimer } from '../interval-timers.ts';
import type { Kernel } from '../kernel.ts';
import type { ChildFlags, IntervalTimer, SignalAction } from '../sys/signal.ts';

/** RLIMIT_SIGPENDING: real-time signals that may wait for one process. */
const QUEUE_LIMIT = 1024;

function from(thread: Thread, signal: SignalName, code: SignalInfo['code'], value?: number): SignalInfo {
  const { pid, uid } = thread.process;
  return value === undefined ? { signal, code, pid, uid } : { signal, code, pid, uid, value };
}

function mayReach(by: Process, target: Process): boolean {
  return by.uid === 0 || by.uid === target.uid;
}

/** To one thread of a process. */
function tgkill(kernel: Kernel, thread: Thread, pid: number, tid: number, signal: unknown): Errno | undefined {
  if (signal !== 0 && !isSignal(signal)) return E.EINVAL;
  const process = kernel.processes.get(pid);
  const target = process?.threads.find((other) => other.tid === tid && !other.ended);
  if (process === undefined || target === undefined) return E.ESRCH;
  if (!mayReach(thread.process, process)) return E.EPERM;
  if (signal !== 0) kernel.processes.signals.send(process, from(thread, signal, 'SI_TKILL'), target);
  return undefined;
}

function sigqueue(kernel: Kernel, thread: Thread, pid: number, signal: unknown, value: number): Errno | undefined {
  if (!isSignal(signal) || !Number.isInteger(value)) return E.EINVAL;
  const target = pid > 0 ? kernel.processes.get(pid) : undefined;
  if (target === undefined) return E.ESRCH;
  if (!mayReach(thread.process, target)) return E.EPERM;
  if (target.pendingSignals.count >= QUEUE_LIMIT) return E.EAGAIN;
  kernel.processes.signals.send(target, from(thread, signal, 'SI_QUEUE', value));
  return undefined;
}

/** Some systems have few signals. */
function exists({ profile }: Kernel, signal: SignalName): boolean {
  return profile.signals === undefined || profile.signals.has(signal);
}

function dispositionFor(action: SignalAction): Disposition {
  if (typeof action === 'string') return action;
  const { handler, restart = false, mask = [], nodefer = false, once = false } = action;
  return { handler, restart, mask: mask.filter((signal) => !isUnstoppable(signal)), nodefer, once };
}

function sigaction(
  kernel: Kernel,
  thread: Thread,
  signal: unknown,
  action: SignalAction | undefined,
  flags: ChildFlags,
): SignalAction | Errno {
  if (!isSignal(signal) || !exists(kernel, signal)) return E.EINVAL;
  const { process } = thread;
  // A handler is the front end's: the kernel only keeps it.
  const before = (process.dispositions.get(signal) ?? 'default') as SignalAction;
  if (action === undefined) return before;
  if (isUnstoppable(signal)) return E.EINVAL;
  if (signal === 'SIGCHLD') {
    process.noChildWait = flags.nocldwait ?? false;
    process.noChildStop = flags.nocldstop ?? false;
  }
  kernel.processes.signals.setDisposition(process, signal, dispositionFor(action));
  return before;
}

/** SIGKILL and SIGSTOP cannot be blocked; asking for it is no error (sigprocmask(2)). */
function blockable(signals: readonly SignalName[]): SignalName[] | Errno {
  return signals.every(isSignal) ? signals.filter((signal) => !isUnstoppable(signal)) : E.EINVAL;
}

function sigprocmask(
  kernel: Kernel,
  thread: Thread,
  how: 'block' | 'unblock' | 'setmask',
  signals: readonly SignalName[],
): readonly SignalName[] | Errno {
  const given = blockable(signals);
  if (given instanceof Errno) return given;
  const before = [...thread.blocked];
  if (how === 'block') thread.blocked = new Set([...before, ...given]);
  else if (how === 'setmask') thread.blocked = new Set(given);
  else if (how === 'unblock') thread.blocked = new Set(before.filter((signal) => !given.includes(signal)));
  else return E.EINVAL;
  kernel.signalMaskChanged(thread);
  return before;
}

function sigsuspend(kernel: Kernel, thread: Thread, call: Call, mask: readonly SignalName[]): Outcome<never> {
  if (call.progress !== undefined) return BLOCKED;
  const given = blockable(mask);
  if (given instanceof Errno) return given;
  call.progress = true;
  thread.maskToRestore = thread.blocked;
  thread.blocked = new Set(given);
  kernel.signalMaskChanged(thread);
  return BLOCKED;
}

function sigtimedwait(
  kernel: Kernel,
  thread: Thread,
  call: Call,
  wanted: readonly SignalName[],
  timeoutNs: number,
): Outcome<SignalInfo> {
  if (!wanted.every(isSignal) || (timeoutNs !== -1 && !isDuration(timeoutNs))) return E.EINVAL;
  const { signals } = kernel.processes;
  const info = signals.accept(thread, wanted);
  if (info !== undefined) return info;
  if (timeoutNs === 0 || call.expired) return E.EAGAIN;
  if (timeoutNs > 0) call.expireAt(thread.readyAt + timeoutNs);
  call.waitOn(signals.arrivals(thread.process));
  return BLOCKED;
}

function sigpending(thread: Thread): readonly SignalName[] {
  return [...new Set([...thread.pendingSignals.names(), ...thread.process.pendingSignals.names()])];
}

function setitimer(kernel: Kernel, thread: Thread, which: string, timer: IntervalTimer): IntervalTimer | Errno {
  if (which !== 'real') return which === 'virtual' || which === 'prof' ? E.EOPNOTSUPP : E.EINVAL;
  if (!isDuration(timer.valueNs) || !isDuration(timer.intervalNs)) return E.EINVAL;
  return setRealTimer(kernel, thread.process, timer);
}

export const signalCalls = {
  kill(kernel, thread, _call, pid, signal) {
    if (signal !== 0 && (!isSignal(signal) || !exists(kernel, signal))) return E.EINVAL;
    return kernel.processes.kill(thread.process, pid, signal === 0 ? undefined : from(thread, signal, 'SI_USER'));
  },
  tgkill: (kernel, thread, _call, pid, tid, signal) => tgkill(kernel, thread, pid, tid, signal),
  sigqueue: (kernel, thread, _call, pid, signal, value) => sigqueue(kernel, thread, pid, signal, value),
  sigaction: (kernel, thread, _call, signal, action, flags = {}) => sigaction(kernel, thread, signal, action, flags),
  sigprocmask: (kernel, thread, _call, how, signals) => sigprocmask(kernel, thread, how, signals),
  sigpending: (_kernel, thread) => sigpending(thread),
  sigsuspend: (kernel, thread, call, mask) => sigsuspend(kernel, thread, call, mask),
  sigtimedwait: (kernel, thread, call, signals, timeoutNs) => sigtimedwait(kernel, thread, call, signals, timeoutNs),
  pause: () => BLOCKED,
  alarm(kernel, thread, _call, ns) {
    if (!isDuration(ns)) return E.EINVAL;
    return setRealTimer(kernel, thread.process, { valueNs: ns, intervalNs: 0 }).valueNs;
  },
  setitimer: (kernel, thread, _call, which, timer) => setitimer(kernel, thread, which, timer),
  getitimer(kernel, thread, _call, which) {
    if (which !== 'real') return which === 'virtual' || which === 'prof' ? E.EOPNOTSUPP : E.EINVAL;
    return realTimerOf(kernel, thread.process);
  },
} satisfies Partial<CallTable>;
