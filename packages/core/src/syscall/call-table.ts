/** The type of the call table: one synchronous implementation for every call of `Sys`, checked for completeness by the compiler. */
import type { Call } from '../kernel/call.ts';
import type { Outcome } from '../kernel/outcome.ts';
import type { Thread } from '../os/thread.ts';
import type { Kernel } from './kernel.ts';
import type { Sys } from './sys.ts';

export type CallTable = {
  readonly [N in keyof Sys]: (
    kernel: Kernel,
    thread: Thread,
    call: Call,
    ...args: Parameters<Sys[N]>
  ) => Outcome<Awaited<ReturnType<Sys[N]>>>;
};
