/** Threads, and processes that start at an entry of the same program. */
import type { SchedulingClass } from '../../os/cpu/task.ts';
import type { InterpreterProfile, InterpreterVersion } from '../../os/interpreter/profile.ts';
import type { Cloneable } from '../../os/memory.ts';

export type { SchedulingClass } from '../../os/cpu/task.ts';
export type { InterpreterProfile, InterpreterVersion } from '../../os/interpreter/profile.ts';
export type { Cloneable } from '../../os/memory.ts';

export interface ThreadOptions {
  /** Shown by `ps -L` and in lanes. */
  readonly name?: string;
  /** Nobody will join it (PTHREAD_CREATE_DETACHED). */
  readonly detached?: boolean;
}

export interface SchedulerSettings {
  /** SCHED_OTHER, SCHED_FIFO, SCHED_RR. */
  readonly policy: SchedulingClass;
  /** 1 to 99 in the real-time classes, 0 in the other. */
  readonly priority: number;
}

export interface ThreadCalls {
  gettid(): Promise<number>;
  /**
   * Starts a thread at an export of this program's module, given by name, with cloneable arguments (never a closure): it shares descriptors, cells and
   * signal dispositions. Answers its id. EINVAL for an unknown entry or an argument that cannot be copied, EAGAIN at RLIMIT_NPROC.
   */
  thread_create(entry: string, args?: readonly Cloneable[], options?: ThreadOptions): Promise<number>;
  /** Waits for a thread and answers what its entry did. EDEADLK for oneself, ESRCH, EINVAL where it is detached or joined by another, ETIMEDOUT. */
  thread_join(tid: number, timeoutNs?: number): Promise<Cloneable>;
  /** ESRCH, EINVAL. */
  thread_detach(tid: number): Promise<void>;
  /** Ends this thread alone; the last one takes the process with it. */
  thread_exit(value?: Cloneable): Promise<never>;
  thread_setname(tid: number, name: string): Promise<void>;
  /** Thread-local storage: one value per thread and key, undefined at first. */
  tls_get(key: number): Promise<unknown>;
  tls_set(key: number, value: unknown): Promise<void>;
  /**
   * A child process that starts at an export of this program's module: it inherits descriptors, a copy of the cells, directory, environment and signal
   * dispositions, and has one thread. Returning twice is not offered. EINVAL as `thread_create`, EAGAIN at RLIMIT_NPROC.
   */
  fork(entry: string, args?: readonly Cloneable[]): Promise<number>;

  sched_yield(): Promise<void>;
  /** Adds to the thread's nice value, -20 to 19, and answers the new one. EPERM for less than it was, unless root. */
  nice(increment: number): Promise<number>;
  /** Nice value of a process (its first thread), 0 for the caller's. ESRCH. */
  getpriority(pid: number): Promise<number>;
  setpriority(pid: number, nice: number): Promise<void>;
  sched_getscheduler(tid: number): Promise<SchedulerSettings>;
  /** EPERM for the real-time classes unless root, EINVAL, ESRCH. */
  sched_setscheduler(tid: number, settings: SchedulerSettings): Promise<void>;
  /** Static priority for hosts that schedule by `priority`; smaller is better. */
  sched_setpriority(tid: number, priority: number): Promise<void>;
  /** Cores that a thread may use; an empty list is EINVAL. */
  sched_setaffinity(tid: number, cores: readonly number[]): Promise<void>;
  sched_getaffinity(tid: number): Promise<readonly number[]>;
  /** The core that the caller runs on. */
  getcpu(): Promise<number>;
  /**
   * From here on only one thread of this process at a time runs its program's code, as an interpreter's lock has it. EINVAL for an unknown version; EBUSY
   * where the process has more than one thread.
   */
  interpreter_attach(profile: InterpreterVersion | InterpreterProfile): Promise<void>;
  /** The profile that was attached. EINVAL without an interpreter. */
  interpreter_profile(): Promise<InterpreterProfile>;
  /** sys.setswitchinterval(). EINVAL without an interpreter. */
  interpreter_setinterval(ns: number): Promise<void>;
}
