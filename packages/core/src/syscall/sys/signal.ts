/** Signals: signal(7), sigaction(2), sigprocmask(2), sigtimedwait(2), sigqueue(3), setitimer(2). */
import type { SignalInfo, SignalName } from '../../os/signals.ts';
import type { Sys } from '../sys.ts';

export { SIGNALS, type SignalInfo, signalByNumber } from '../../os/signals.ts';
export type Signal = SignalName;

/** A handler runs between two calls of the thread that it interrupts; the interrupted call ends with EINTR, or is restarted with SA_RESTART. */
export type SignalAction =
  | 'default'
  | 'ignore'
  | {
      readonly handler: (sys: Sys, signal: Signal, info: SignalInfo) => Promise<void> | void;
      /** SA_RESTART. */
      readonly restart?: boolean;
      /** sa_mask: blocked too while the handler runs. */
      readonly mask?: readonly Signal[];
      /** SA_NODEFER: the signal itself is not blocked while its handler runs. */
      readonly nodefer?: boolean;
      /** SA_RESETHAND: back to the default action when the handler starts. */
      readonly once?: boolean;
    };

/** SA_NOCLDWAIT and SA_NOCLDSTOP, for SIGCHLD only. */
export interface ChildFlags {
  readonly nocldwait?: boolean;
  readonly nocldstop?: boolean;
}

export interface IntervalTimer {
  /** Until the next expiry; 0 is off. */
  readonly valueNs: number;
  /** From then on; 0 once only. */
  readonly intervalNs: number;
}

export interface SignalCalls {
  /** Sends a signal to a process, or to a group with a negative pid; signal 0 only checks. ESRCH, EPERM, EINVAL. */
  kill(pid: number, signal: Signal | 0): Promise<void>;
  /** Sends a signal to one thread of a process. ESRCH, EPERM, EINVAL. */
  tgkill(pid: number, tid: number, signal: Signal | 0): Promise<void>;
  /** Sends a signal with a value; real-time signals queue up. EAGAIN at RLIMIT_SIGPENDING. */
  sigqueue(pid: number, signal: Signal, value: number): Promise<void>;
  /** Sets what the process does on a signal, and answers what it did before; without an action it only answers. */
  sigaction(signal: Signal, action?: SignalAction, flags?: ChildFlags): Promise<SignalAction>;
  /** Changes what this thread blocks, and answers what it blocked before. SIGKILL and SIGSTOP are left out in silence, as on Linux. */
  sigprocmask(how: 'block' | 'unblock' | 'setmask', signals: readonly Signal[]): Promise<readonly Signal[]>;
  /** What waits because it is blocked. */
  sigpending(): Promise<readonly Signal[]>;
  /** Blocks exactly these until a handler has run; then fails with EINTR. */
  sigsuspend(mask: readonly Signal[]): Promise<never>;
  /** Waits for one of these (which should be blocked) and takes it; `timeoutNs` -1 waits for ever. EAGAIN after the time, EINTR. */
  sigtimedwait(signals: readonly Signal[], timeoutNs: number): Promise<SignalInfo>;
  /** Waits until a signal's handler has run; then fails with EINTR. */
  pause(): Promise<never>;
  /** One-shot SIGALRM after so many nanoseconds; 0 cancels. Answers what was left. */
  alarm(ns: number): Promise<number>;
  /** SIGALRM by the clock (`real`), again and again. Answers what was set. ENOTSUP for CPU-time timers. */
  setitimer(which: 'real' | 'virtual' | 'prof', timer: IntervalTimer): Promise<IntervalTimer>;
  getitimer(which: 'real' | 'virtual' | 'prof'): Promise<IntervalTimer>;
}
