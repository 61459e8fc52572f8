/** Signals as signal(7) has them: numbers, default actions, which system calls a handler with SA_RESTART lets go on. */
export const SIGNALS = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGTSTP: 20,
  SIGTTIN: 21,
  SIGTTOU: 22,
  SIGURG: 23,
  SIGWINCH: 28,
  SIGIO: 29,
} as const;

export type SignalName = keyof typeof SIGNALS;

const IGNORED: ReadonlySet<SignalName> = new Set(['SIGCHLD', 'SIGURG', 'SIGWINCH', 'SIGCONT']);
const STOPPING: ReadonlySet<SignalName> = new Set(['SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU']);

export function defaultAction(signal: SignalName): 'terminate' | 'ignore' | 'stop' | 'continue' {
  if (signal === 'SIGCONT') return 'continue';
  if (IGNORED.has(signal)) return 'ignore';
  return STOPPING.has(signal) ? 'stop' : 'terminate';
}

/** Never restarted after a handler, whatever SA_RESTART says (signal(7), "Interruption of system calls"). */
export const NEVER_RESTARTED: ReadonlySet<string> = new Set(['nanosleep', 'poll', 'epoll_wait', 'pause', 'sigsuspend']);

/** What a process does on a signal. The handler itself belongs to the front end of the program. */
export type Disposition = 'default' | 'ignore' | { readonly handler: unknown; readonly restart: boolean };
