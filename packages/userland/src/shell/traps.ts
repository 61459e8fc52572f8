/** Signals of the shell itself: `trap` (POSIX 2.14), and Ctrl-C at an interactive shell. */
import type { Signal, SignalAction } from '@netarium/core/syscall/sys.ts';
import type { Shell } from './shell.ts';

/** What the shell does on a signal, by its traps and by its kind. */
function actionFor(shell: Shell, signal: Signal): SignalAction {
  if (shell.traps.has(signal)) {
    if (shell.traps.get(signal) === '') return 'ignore';
    return { handler: () => void shell.pending.push(signal) };
  }
  if (!shell.interactive) return 'default';
  if (signal === 'SIGINT') return { handler: () => void (shell.interrupted = true) };
  // An interactive shell survives these (POSIX, sh, "Asynchronous events"). A handler, unlike 'ignore', does not pass on to children.
  if (signal === 'SIGQUIT' || signal === 'SIGTERM') return { handler: () => undefined };
  return 'default';
}

/** Tells the kernel what the shell wants of a signal. */
export async function installSignal(shell: Shell, signal: Signal): Promise<void> {
  await shell.sys.sigaction(signal, actionFor(shell, signal));
}

/** Runs something while Ctrl-C and Ctrl-\ are ignored, so that the processes started there ignore them, too (POSIX 2.11). */
export async function withoutInterrupts<T>(shell: Shell, run: () => Promise<T>): Promise<T> {
  await shell.sys.sigaction('SIGINT', 'ignore');
  await shell.sys.sigaction('SIGQUIT', 'ignore');
  try {
    return await run();
  } finally {
    await installSignal(shell, 'SIGINT');
    await installSignal(shell, 'SIGQUIT');
  }
}
