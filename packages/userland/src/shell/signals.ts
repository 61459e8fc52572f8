/** Signals by number and by the names that shells print (signal(7), Linux on x86-64). */
import { SIGNALS, type Signal, signalByNumber } from '@netarium/core/syscall/sys.ts';

export { signalByNumber } from '@netarium/core/syscall/sys.ts';

const LAST = SIGNALS.SIGRTMAX;

/** What a shell says about a child that a signal ended (strsignal(3)). */
const DESCRIPTIONS = new Map<string, string>([
  ['SIGHUP', 'Hangup'],
  ['SIGINT', 'Interrupt'],
  ['SIGQUIT', 'Quit'],
  ['SIGILL', 'Illegal instruction'],
  ['SIGTRAP', 'Trace/breakpoint trap'],
  ['SIGABRT', 'Aborted'],
  ['SIGBUS', 'Bus error'],
  ['SIGFPE', 'Floating point exception'],
  ['SIGKILL', 'Killed'],
  ['SIGUSR1', 'User defined signal 1'],
  ['SIGSEGV', 'Segmentation fault'],
  ['SIGUSR2', 'User defined signal 2'],
  ['SIGPIPE', 'Broken pipe'],
  ['SIGALRM', 'Alarm clock'],
  ['SIGTERM', 'Terminated'],
  ['SIGSTKFLT', 'Stack fault'],
  ['SIGSTOP', 'Stopped (signal)'],
  ['SIGTSTP', 'Stopped'],
  ['SIGXCPU', 'CPU time limit exceeded'],
  ['SIGXFSZ', 'File size limit exceeded'],
  ['SIGVTALRM', 'Virtual timer expired'],
  ['SIGPROF', 'Profiling timer expired'],
  ['SIGIO', 'I/O possible'],
  ['SIGPWR', 'Power failure'],
  ['SIGSYS', 'Bad system call'],
]);

export function signalNumber(signal: Signal): number {
  return SIGNALS[signal];
}

function isSignal(name: string): name is Signal {
  return Object.hasOwn(SIGNALS, name);
}

/** `TERM`, `SIGTERM` or `15`, in any case of letters. 0 is the null signal, and EXIT to `trap`. */
export function parseSignal(text: string): Signal | 0 | undefined {
  if (/^[0-9]{1,3}$/.test(text)) return Number(text) === 0 ? 0 : signalByNumber(Number(text));
  const upper = text.toUpperCase();
  const name = upper.startsWith('SIG') ? upper : `SIG${upper}`;
  return isSignal(name) ? name : undefined;
}

/** `TERM` for 15, as dash names signals: those that it has no word for by their numbers. Undefined for a number that is none. */
export function signalName(number: number): string | undefined {
  if (!Number.isInteger(number) || number < 1 || number > LAST) return undefined;
  const name = signalByNumber(number);
  return name === undefined || name === 'SIGSTKFLT' ? String(number) : name.slice(3);
}

/** All names, from signal 1. */
export function signalNames(): readonly string[] {
  return Array.from({ length: LAST }, (_, index) => signalName(index + 1)!);
}

export function describeSignal(signal: Signal): string {
  const number = SIGNALS[signal];
  if (number >= SIGNALS.SIGRTMIN) return `Real-time signal ${number - SIGNALS.SIGRTMIN}`;
  return DESCRIPTIONS.get(signal) ?? `Signal ${number}`;
}
