/** Processes, their identity and their limits. */
import type { Signal } from './signal.ts';

export interface SpawnOptions {
  /** Descriptors of the child: child's number to ours. Default 0, 1, 2 to 0, 1, 2. All others are closed in the child. */
  readonly fds?: Readonly<Record<number, number>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly uid?: number;
  /** Process group: 0 makes the child its own leader; default is the parent's group. */
  readonly pgid?: number;
  /** A trace's descriptor (`trace_create`): the child's calls are recorded from the first one on. */
  readonly tracer?: number;
  /** Puts the child's group into the foreground of the controlling terminal. */
  readonly foreground?: boolean;
}

export interface WaitResult {
  readonly pid: number;
  /** Exit code, when the child ended by exit. */
  readonly code?: number;
  /** Signal name, when a signal ended it. */
  readonly signal?: Signal;
  /** The signal that stopped it (WUNTRACED). */
  readonly stopped?: Signal;
  /** It goes on after SIGCONT (WCONTINUED). */
  readonly continued?: true;
}

export interface WaitOptions {
  /** WNOHANG: answers undefined when there is nothing to tell yet. */
  readonly nohang?: boolean;
  /** WUNTRACED: stopped children too. */
  readonly untraced?: boolean;
  /** WCONTINUED: continued children too. */
  readonly continued?: boolean;
}

export interface Utsname {
  readonly sysname: string;
  readonly nodename: string;
  readonly release: string;
  readonly version: string;
  readonly machine: string;
}

export interface ProcessCalls {
  getpid(): Promise<number>;
  getppid(): Promise<number>;
  getuid(): Promise<number>;
  setuid(uid: number): Promise<void>;
  getpgid(pid?: number): Promise<number>;
  setpgid(pid: number, pgid: number): Promise<void>;
  /** Starts the program at `path` (looked up as given, no PATH search). ENOENT, EACCES, ENOEXEC, EBADF. */
  spawn(path: string, argv: readonly string[], options?: SpawnOptions): Promise<number>;
  /**
   * Replaces the running program (execve(2)): the process keeps its pid, its directory and the descriptors that are not close-on-exec; handled
   * signals go back to their defaults. Returns only by failing: ENOENT, EACCES, ENOEXEC.
   */
  exec(
    path: string,
    argv: readonly string[],
    options?: { readonly env?: Readonly<Record<string, string>> },
  ): Promise<never>;
  /** Waits for a child: a pid, -1 for any, 0 for any of the caller's group, -N for any of group N. ECHILD, EINTR. */
  waitpid(pid: number, options?: WaitOptions): Promise<WaitResult | undefined>;
  /** Ends the process at once: the promise never settles. */
  exit(code: number): Promise<never>;
  getenv(): Promise<Readonly<Record<string, string>>>;
  uname(): Promise<Utsname>;
  sethostname(name: string): Promise<void>;
}
