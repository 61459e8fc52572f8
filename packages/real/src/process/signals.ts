/**
 * Signals of a process: what it does with each, what its main thread blocks, what waits. Node tells of those that the operating system sends; SIGPIPE,
 * SIGALRM and SIGCHLD come from this run itself. Handlers run in the main thread, between two of its calls. Left out: real-time signals and their values,
 * stopping and continuing.
 */
import { E, ENOTSUP, type Errno } from '@netarium/core/base/errno.ts';
import type { Signal, SignalAction, SignalInfo } from '@netarium/core/syscall/sys.ts';
import { SIGNALS } from '@netarium/core/syscall/sys.ts';
import { Alarm } from './alarm.ts';
import { Pending } from './pending.ts';

export type Handling = Exclude<SignalAction, string>;

export interface Delivery {
  readonly signal: Signal;
  readonly action: Handling;
}

/** Raised by this run; Node's listener for them would say nothing, or the same twice. */
const OWN: ReadonlySet<Signal> = new Set(['SIGPIPE', 'SIGALRM', 'SIGCHLD']);
const IGNORED_BY_DEFAULT: ReadonlySet<Signal> = new Set(['SIGCHLD', 'SIGURG', 'SIGWINCH', 'SIGCONT']);
const UNCATCHABLE: ReadonlySet<Signal> = new Set(['SIGKILL', 'SIGSTOP']);

interface Waiting {
  readonly signals: ReadonlySet<Signal>;
  readonly pending: Pending;
  readonly alarm: Alarm | undefined;
}

export interface SignalOwner {
  /** A handler is to run: the main thread stops waiting, if it waits. */
  signalled(): void;
  /** The default action of a signal that this run raised. */
  terminatedBy(signal: Signal): void;
}

export class ProcessSignals {
  private readonly actions = new Map<Signal, Handling | 'ignore'>();
  private blocked: ReadonlySet<Signal> = new Set();
  /** The mask from before sigsuspend(2), until its handler has run. */
  private restore: ReadonlySet<Signal> | undefined;
  private readonly waiting: Signal[] = [];
  private readonly listeners = new Map<Signal, () => void>();
  private awaited: Waiting | undefined;

  constructor(private readonly owner: SignalOwner) {}

  /** Those that a child goes on ignoring. */
  ignored(): Signal[] {
    return [...this.actions].filter(([, action]) => action === 'ignore').map(([signal]) => signal);
  }

  sigaction(signal: Signal, action?: SignalAction): SignalAction | Errno {
    if (!Object.hasOwn(SIGNALS, signal)) return E.EINVAL;
    if (signal.startsWith('SIGRT')) return ENOTSUP;
    const before = this.actions.get(signal) ?? 'default';
    if (action === undefined) return before;
    if (UNCATCHABLE.has(signal)) return E.EINVAL;
    if (action === 'default') this.actions.delete(signal);
    else this.actions.set(signal, action);
    this.listen(signal);
    return before;
  }

  sigprocmask(how: 'block' | 'unblock' | 'setmask', signals: readonly Signal[]): readonly Signal[] | Errno {
    const before = [...this.blocked];
    const named = signals.filter((signal) => !UNCATCHABLE.has(signal));
    if (how === 'setmask') this.blocked = new Set(named);
    else if (how === 'block') this.blocked = new Set([...this.blocked, ...named]);
    else if (how === 'unblock') this.blocked = new Set(before.filter((signal) => !named.includes(signal)));
    else return E.EINVAL;
    for (const signal of [...before, ...named]) this.listen(signal);
    this.lookAgain();
    return before;
  }

  sigpending(): readonly Signal[] {
    return this.waiting.filter((signal) => this.blocked.has(signal));
  }

  /** Waits for a handler with another mask. */
  sigsuspend(mask: readonly Signal[]): Pending {
    this.restore = this.blocked;
    this.sigprocmask('setmask', mask);
    return this.pause();
  }

  pause(): Pending {
    const pending: Pending = new Pending(() => {
      pending.settle(E.EINTR);
      return true;
    });
    return pending;
  }

  sigtimedwait(signals: readonly Signal[], timeoutNs: number): SignalInfo | Errno | Pending {
    const wanted = new Set(signals);
    const at = this.waiting.findIndex((signal) => wanted.has(signal));
    if (at >= 0) return information(this.waiting.splice(at, 1)[0]!);
    if (timeoutNs === 0) return E.EAGAIN;
    const over = (outcome: Errno): void => {
      if (this.awaited?.pending === pending) this.awaited = undefined;
      alarm?.stop();
      pending.settle(outcome);
    };
    const pending: Pending = new Pending(() => {
      over(E.EINTR);
      return true;
    });
    const alarm = timeoutNs > 0 ? new Alarm(timeoutNs, () => over(E.EAGAIN)) : undefined;
    this.awaited = { signals: wanted, pending, alarm };
    for (const signal of signals) this.listen(signal);
    return pending;
  }

  /** Node listens for what the process handles, ignores, blocks or waits for; the rest has the operating system's default. */
  private listen(signal: Signal): void {
    if (OWN.has(signal) || UNCATCHABLE.has(signal)) return;
    const wanted = this.actions.has(signal) || this.blocked.has(signal) || this.awaited?.signals.has(signal) === true;
    const listener = this.listeners.get(signal);
    if (wanted === (listener !== undefined)) return;
    if (listener !== undefined) {
      process.off(signal as NodeJS.Signals, listener);
      this.listeners.delete(signal);
      return;
    }
    const heard = (): void => this.raise(signal);
    process.on(signal as NodeJS.Signals, heard);
    this.listeners.set(signal, heard);
  }

  /** A signal for the process. */
  raise(signal: Signal): void {
    const { awaited } = this;
    if (awaited?.signals.has(signal) === true) {
      this.awaited = undefined;
      awaited.alarm?.stop();
      awaited.pending.settle(information(signal));
      return;
    }
    const action = this.actions.get(signal);
    if (action === 'ignore' || (action === undefined && IGNORED_BY_DEFAULT.has(signal))) return;
    if (!this.waiting.includes(signal)) this.waiting.push(signal);
    if (!this.blocked.has(signal)) this.lookAgain();
  }

  private lookAgain(): void {
    for (const signal of [...this.waiting]) {
      if (this.blocked.has(signal) || this.actions.has(signal)) continue;
      this.waiting.splice(this.waiting.indexOf(signal), 1);
      if (!IGNORED_BY_DEFAULT.has(signal)) this.owner.terminatedBy(signal);
    }
    if (this.due) this.owner.signalled();
  }

  /** A handler is to run. */
  get due(): boolean {
    return this.waiting.length > 0 && this.waiting.some((signal) => !this.blocked.has(signal));
  }

  /** The next handler to run; what it blocks is blocked until `handled`. */
  take(): Delivery | undefined {
    const at = this.waiting.findIndex((signal) => !this.blocked.has(signal));
    if (at < 0) return undefined;
    const signal = this.waiting.splice(at, 1)[0]!;
    const action = this.actions.get(signal);
    if (action === undefined || action === 'ignore') return this.take();
    if (action.once === true) this.sigaction(signal, 'default');
    return { signal, action };
  }

  /** The signals that are blocked while a handler runs; answers the mask to come back to. */
  enterHandler({ signal, action }: Delivery): ReadonlySet<Signal> {
    const before = this.restore ?? this.blocked;
    this.restore = undefined;
    this.blocked = new Set([...this.blocked, ...(action.mask ?? []), ...(action.nodefer === true ? [] : [signal])]);
    return before;
  }

  /** What the handler blocked comes through now: a signal that has its default back ends the process. */
  leaveHandler(mask: ReadonlySet<Signal>): void {
    this.blocked = mask;
    this.lookAgain();
  }

  /** The process is over: Node's own defaults come back. */
  stop(): void {
    for (const [signal, listener] of this.listeners) process.off(signal as NodeJS.Signals, listener);
    this.listeners.clear();
  }
}

/** Node tells neither who sent a signal nor why. */
export function information(signal: Signal): SignalInfo {
  return { signal, code: 'SI_USER', pid: 0, uid: 0 };
}
