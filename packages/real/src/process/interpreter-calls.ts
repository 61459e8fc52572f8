/** The calls on the interpreter lock, which each thread makes for itself. */
import { E, Errno } from '@netarium/core/base/errno.ts';
import type { InterpreterLock } from '../memory/interpreter-lock.ts';
import type { Settled } from './pending.ts';

/** What the call comes to; `threads`: how many the process has. */
export function callInterpreter(
  lock: InterpreterLock,
  threads: number,
  name: string,
  [first]: readonly unknown[],
): Settled {
  switch (name) {
    case 'interpreter_attach':
      return lock.attach(first as never, threads);
    case 'interpreter_profile': {
      const profile = lock.profile();
      // What an interpreter's own code would cost is not added to the real cost of ours.
      return profile instanceof Errno ? profile : { ...profile, callNs: 0, instructionNs: 0 };
    }
    case 'interpreter_setinterval':
      return lock.setInterval(first as number);
    default:
      return E.ENOSYS;
  }
}
