/** Signals as signal(7) has them: numbers, default actions, which system calls a handler with SA_RESTART lets go on. */
export const SIGNALS = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGSTKFLT: 16,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGTSTP: 20,
  SIGTTIN: 21,
  SIGTTOU: 22,
  SIGURG: 23,
  SIGXCPU: 24,
  SIGXFSZ: 25,
  SIGVTALRM: 26,
  SIGPROF: 27,
  SIGWINCH: 28,
  SIGIO: 29,
  SIGPWR: 30,
  SIGSYS: 31,
  // Real-time signals as glibc numbers them: the kernel's first two (32, 33) belong to its threads.
  SIGRTMIN: 34,
  'SIGRTMIN+1': 35,
  'SIGRTMIN+2': 36,
  'SIGRTMIN+3': 37,
  'SIGRTMIN+4': 38,
  'SIGRTMIN+5': 39,
  'SIGRTMIN+6': 40,
  'SIGRTMIN+7': 41,
  'SIGRTMIN+8': 42,
  'SIGRTMIN+9': 43,
  'SIGRTMIN+10': 44,
  'SIGRTMIN+11': 45,
  'SIGRTMIN+12': 46,
  'SIGRTMIN+13': 47,
  'SIGRTMIN+14': 48,
  'SIGRTMIN+15': 49,
  'SIGRTMAX-14': 50,
  'SIGRTMAX-13': 51,
  'SIGRTMAX-12': 52,
  'SIGRTMAX-11': 53,
  'SIGRTMAX-10': 54,
  'SIGRTMAX-9': 55,
  'SIGRTMAX-8': 56,
  'SIGRTMAX-7': 57,
  'SIGRTMAX-6': 58,
  'SIGRTMAX-5': 59,
  'SIGRTMAX-4': 60,
  'SIGRTMAX-3': 61,
  'SIGRTMAX-2': 62,
  'SIGRTMAX-1': 63,
  SIGRTMAX: 64,
} as const;

export type SignalName = keyof typeof SIGNALS;

export const FIRST_REALTIME = 34;

/** The name belongs to a signal. */
export function isSignal(name: unknown): name is SignalName {
  return typeof name === 'string' && Object.hasOwn(SIGNALS, name);
}

const BY_NUMBER: ReadonlyMap<number, SignalName> = new Map(
  Object.entries(SIGNALS).map(([name, number]) => [number, name as SignalName]),
);

export function signalByNumber(number: number): SignalName | undefined {
  return BY_NUMBER.get(number);
}

export type DefaultAction = 'terminate' | 'core' | 'ignore' | 'stop' | 'continue';

const IGNORED: ReadonlySet<SignalName> = new Set(['SIGCHLD', 'SIGURG', 'SIGWINCH']);
const DUMPING: ReadonlySet<SignalName> = new Set([
  'SIGQUIT',
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGSEGV',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGSYS',
]);
/** They stop the process, and take a pending SIGCONT away (POSIX, 2.4.1). */
export const STOPPING: ReadonlySet<SignalName> = new Set(['SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU']);

/** What happens where a process has no handler. `core` ends it as `terminate` does; no core file is written (RLIMIT_CORE is 0, as on most systems). */
export function defaultAction(signal: SignalName): DefaultAction {
  if (signal === 'SIGCONT') return 'continue';
  if (IGNORED.has(signal)) return 'ignore';
  if (STOPPING.has(signal)) return 'stop';
  return DUMPING.has(signal) ? 'core' : 'terminate';
}

/** Never restarted after a handler, whatever SA_RESTART says (signal(7), "Interruption of system calls and library functions by signal handlers"). */
const NEVER_RESTARTED: ReadonlySet<string> = new Set([
  'nanosleep',
  'poll',
  'select',
  'epoll_wait',
  'io_uring_enter',
  'pause',
  'sigsuspend',
  'sigtimedwait',
]);

/** Sockets with SO_RCVTIMEO or SO_SNDTIMEO do not restart either. */
const SOCKET_CALLS: ReadonlySet<string> = new Set(['accept', 'connect', 'recv', 'recvfrom', 'send', 'sendto']);

/** None of these ever fails with EINTR (pthread_mutex_lock(3p), pthread_cond_wait(3p) and their kin); a disk is waited for uninterruptibly. */
const ALWAYS_RESTARTED: ReadonlySet<string> = new Set([
  'fsync',
  'fdatasync',
  'mutex_lock',
  'cond_wait',
  'rwlock_rdlock',
  'rwlock_wrlock',
  'barrier_wait',
  'thread_join',
]);

/** Does the call go on after a handler? `restart`: the handler has SA_RESTART. `timed`: the call has a time limit. */
export function isRestarted(call: string, restart: boolean, timed: boolean): boolean {
  if (ALWAYS_RESTARTED.has(call)) return true;
  return restart && !NEVER_RESTARTED.has(call) && !(timed && SOCKET_CALLS.has(call));
}

/** Neither caught nor ignored nor blocked (signal(7)). */
export function isUnstoppable(signal: SignalName): boolean {
  return signal === 'SIGKILL' || signal === 'SIGSTOP';
}

/** What a process does on a signal. The handler itself belongs to the front end of the program. */
export type Disposition = 'default' | 'ignore' | Handler;

export interface Handler {
  readonly handler: unknown;
  /** SA_RESTART. */
  readonly restart: boolean;
  /** sa_mask: blocked while the handler runs, together with the signal itself unless `nodefer` (SA_NODEFER). */
  readonly mask: readonly SignalName[];
  readonly nodefer: boolean;
  /** SA_RESETHAND: the disposition is the default one again when the handler starts. */
  readonly once: boolean;
}

/** Where a signal came from (si_code of sigaction(2)). */
export type SignalCode =
  | 'SI_USER'
  | 'SI_TKILL'
  | 'SI_QUEUE'
  | 'SI_KERNEL'
  | 'SI_TIMER'
  | 'SI_SIGIO'
  | 'POLL_IN'
  | 'POLL_OUT'
  | 'POLL_PRI'
  | 'POLL_HUP'
  | 'POLL_ERR'
  | 'CLD_EXITED'
  | 'CLD_KILLED'
  | 'CLD_DUMPED'
  | 'CLD_STOPPED'
  | 'CLD_CONTINUED';

/** What a handler, or sigtimedwait(2), learns of a signal (siginfo_t). */
export interface SignalInfo {
  readonly signal: SignalName;
  readonly code: SignalCode;
  /** Who sent it; 0 where it was the kernel. */
  readonly pid: number;
  readonly uid: number;
  /** What came with sigqueue(3). */
  readonly value?: number;
  /** Exit code or signal number of a child. */
  readonly status?: number;
  /** Descriptor and poll bits of signal-driven I/O. */
  readonly fd?: number;
  readonly band?: number;
}
