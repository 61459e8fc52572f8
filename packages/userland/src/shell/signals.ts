/** Signals by number and by the names that shells print (signal(7), Linux on x86-64). */
import type { Signal } from '@netarium/core/syscall/sys.ts';

const NAMES = (
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM 16 CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF ' +
  'WINCH IO PWR SYS'
).split(' ');

/** Signals that hosts can carry; the others exist by number only. */
const CARRIED: ReadonlySet<string> = new Set([
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGKILL',
  'SIGUSR1',
  'SIGUSR2',
  'SIGPIPE',
  'SIGALRM',
  'SIGTERM',
  'SIGCHLD',
  'SIGCONT',
  'SIGSTOP',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGURG',
  'SIGIO',
  'SIGWINCH',
] satisfies Signal[]);

/** What a shell says about a child that a signal ended (strsignal(3)). */
const DESCRIPTIONS = new Map<string, string>([
  ['SIGHUP', 'Hangup'],
  ['SIGINT', 'Interrupt'],
  ['SIGQUIT', 'Quit'],
  ['SIGKILL', 'Killed'],
  ['SIGUSR1', 'User defined signal 1'],
  ['SIGUSR2', 'User defined signal 2'],
  ['SIGPIPE', 'Broken pipe'],
  ['SIGALRM', 'Alarm clock'],
  ['SIGTERM', 'Terminated'],
  ['SIGSTOP', 'Stopped (signal)'],
  ['SIGTSTP', 'Stopped'],
  ['SIGIO', 'I/O possible'],
]);

export function signalNumber(signal: Signal): number {
  return NAMES.indexOf(signal.slice(3)) + 1;
}

/** The signal with this number, if hosts carry it. */
export function signalByNumber(number: number): Signal | undefined {
  const name = `SIG${NAMES[number - 1] ?? ''}`;
  return CARRIED.has(name) ? (name as Signal) : undefined;
}

/** `TERM`, `SIGTERM` or `15`, in any case of letters. 0 is the null signal, and EXIT to `trap`. */
export function parseSignal(text: string): Signal | 0 | undefined {
  if (/^[0-9]{1,3}$/.test(text)) return Number(text) === 0 ? 0 : signalByNumber(Number(text));
  const upper = text.toUpperCase();
  const name = upper.startsWith('SIG') ? upper : `SIG${upper}`;
  return CARRIED.has(name) ? (name as Signal) : undefined;
}

/** `TERM` for 15; undefined for a number that is no signal. */
export function signalName(number: number): string | undefined {
  return NAMES[number - 1];
}

export function signalNames(): readonly string[] {
  return NAMES;
}

export function describeSignal(signal: Signal): string {
  return DESCRIPTIONS.get(signal) ?? `Signal ${signalNumber(signal)}`;
}
