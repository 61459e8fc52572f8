/** The type of the call table: one synchronous implementation for every call of `Sys`, checked for completeness by the compiler. */
import type { Call } from '../kernel/call.ts';
import type { Outcome } from '../kernel/outcome.ts';
import type { Thread } from '../os/thread.ts';
import type { CallHost, CallThread, MemoryHost, MemoryThread } from './call-host.ts';
import type { Kernel } from './kernel.ts';
import type { Sys } from './sys.ts';

export type CallTableOf<K, T> = {
  readonly [N in keyof Sys]: (
    kernel: K,
    thread: T,
    call: Call,
    ...args: Parameters<Sys[N]>
  ) => Outcome<Awaited<ReturnType<Sys[N]>>>;
};

/** The simulated kernel's. */
export type CallTable = CallTableOf<Kernel, Thread>;

/** Calls that work on any kernel whose descriptors are `OpenFile`s. */
export type SharedCallTable = CallTableOf<CallHost, CallThread>;

/** Calls on cells, lists and locks, on any kernel. */
export type MemoryCallTable = CallTableOf<MemoryHost, MemoryThread>;
