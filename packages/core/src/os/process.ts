/** A process: descriptors, directory, credentials, environment, children, signal dispositions, threads. Its life is kept by `ProcessTable`. */
import type { Call } from '../kernel/call.ts';
import type { DescriptorTable } from '../kernel/descriptors.ts';
import { WaitQueue } from '../kernel/wait-queue.ts';
import type { Timer } from '../time/timer.ts';
import type { InterpreterLock } from './interpreter/interpreter-lock.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import { Memory } from './memory.ts';
import { PendingSignals } from './pending-signals.ts';
import type { Disposition, SignalInfo, SignalName } from './signals.ts';
import type { Terminal } from './terminal.ts';
import type { Thread } from './thread.ts';

export interface ExitStatus {
  readonly code: number;
  /** The signal that ended the process, or empty. */
  readonly signal: SignalName | '';
}

/** SIGALRM by the clock (setitimer(2)). */
export interface RealTimer {
  readonly timer: Timer;
  intervalNs: number;
}

/** Told what a traced process does: `syscall/trace.ts`. */
export interface ProcessTracer {
  readonly follow: boolean;
  attach(process: Process): void;
  call(thread: Thread, call: Call, outcome: unknown, endNs: number): void;
  executed(process: Process, path: string, atNs: number): void;
  signal(process: Process, info: SignalInfo, atNs: number): void;
  exited(process: Process, status: ExitStatus, calls: readonly Call[], atNs: number): void;
}

export class Process {
  readonly threads: Thread[] = [];
  /** Threads that have ended and were not yet joined. */
  readonly finished = new Map<number, Thread>();
  /** Its cells; `fork` replaces them by a copy of the parent's. */
  memory = new Memory();
  /** The program that it runs: threads and forked children start at this module's other exports. */
  module: unknown = undefined;
  /** Where only one of its threads may run code at a time. */
  interpreter: InterpreterLock | undefined = undefined;
  readonly children = new Map<number, Process>();
  /** Woken when a child ends. */
  readonly childEnded = new WaitQueue();
  readonly dispositions = new Map<SignalName, Disposition>();
  /** Signals for the process as a whole that no thread has taken. */
  readonly pendingSignals = new PendingSignals();
  /** Woken when a signal becomes pending; made when somebody waits in sigtimedwait(2). */
  signalArrived: WaitQueue | undefined = undefined;
  /** SA_NOCLDWAIT and SA_NOCLDSTOP of SIGCHLD's action. */
  noChildWait = false;
  noChildStop = false;
  /** Set once it has ended and until its parent has waited for it: a zombie. */
  exitStatus: ExitStatus | undefined = undefined;
  stopped = false;
  /** What waitpid(2) has yet to tell the parent: stopped by this signal (WUNTRACED), continued (WCONTINUED). */
  stopToReport: SignalName | undefined = undefined;
  continuedToReport = false;
  /** CPU time of threads that are no more. */
  endedThreadsNs = 0;
  umask = 0o022;
  /** Resource limits; children share the table until they change theirs. */
  limits: Limits = DEFAULT_LIMITS;
  /** ITIMER_REAL, and the watch over RLIMIT_CPU: they end with the process. */
  realTimer: RealTimer | undefined = undefined;
  cpuWatch: Timer | undefined = undefined;
  /** Who records its calls (strace(1)). */
  tracer: ProcessTracer | undefined = undefined;
  gid = 0;
  terminal: Terminal | undefined = undefined;

  constructor(
    readonly host: string,
    readonly pid: number,
    public parent: Process | undefined,
    public name: string,
    public argv: readonly string[],
    public uid: number,
    public pgid: number,
    public cwd: string,
    public env: ReadonlyMap<string, string>,
    readonly descriptors: DescriptorTable,
    readonly startedAt: number,
  ) {}

  get ppid(): number {
    return this.parent?.pid ?? 0;
  }

  /** CPU time of all its threads, ended ones too. */
  get cpuNs(): number {
    return this.threads.reduce((sum, thread) => sum + thread.cpuNs, this.endedThreadsNs);
  }
}
