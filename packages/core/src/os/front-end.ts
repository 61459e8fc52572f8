/** What runs a program's code: promises, generators, packet scripts, an interpreter. It owns the program's state; the thread owns its scheduling. */
import type { Call } from '../kernel/call.ts';
import type { Outcome } from '../kernel/outcome.ts';
import type { SignalDelivery } from './interrupted-call.ts';
import type { SignalInfo } from './signals.ts';
import type { Thread } from './thread.ts';

/** `resume` and `start` return when the code has been set going; the thread gives the turn back by itself. */
export interface FrontEnd {
  readonly synchronous: boolean;
  start(thread: Thread): void;
  /** The call in progress has come to a value or an errno. */
  resume(outcome: unknown): void;
  /** Runs a signal handler on top of the interrupted call, then calls `thread.handlerReturned()`. */
  runHandler(handler: unknown, info: SignalInfo): void;
}

/** Carries out calls: the table in `syscall/`. */
export interface CallRunner {
  attempt(thread: Thread, call: Call): Outcome<unknown>;
  /** The next signal with a handler that the thread does not block. */
  takeSignal(thread: Thread): SignalDelivery | undefined;
  signalMaskChanged(thread: Thread): void;
}
