/**
 * The promise front end: gives a program its `sys` and runs it one call at a time. A call that can finish at once returns a settled promise
 * and the program goes on; one that blocks gives the turn back, and its promise settles when the kernel hands the turn to the thread again.
 */
import { Errno, SysError } from '../base/errno.ts';
import { BLOCKED } from '../kernel/outcome.ts';
import type { FrontEnd } from '../os/front-end.ts';
import type { SignalInfo } from '../os/signals.ts';
import type { Thread } from '../os/thread.ts';
import type { LoopQueues } from '../record/loop-queues.ts';
import { setLoopWatcher } from './loop-watch.ts';
import { entryOf, type ProgramCode } from './program.ts';
import type { SignalAction, Sys } from './sys.ts';
import { sysOf } from './sys-of.ts';

interface Waiting {
  readonly name: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: SysError) => void;
}

/**
 * Says where the program is that makes a call just now, in words of whoever looks at stacks outside of core. Costly, so it is given only where somebody
 * wants to know: for a recording, and to the second run of a world whose first one ended with an uncontrolled program.
 */
export type CallSite = () => string;

/** What becomes of a finished program or thread. */
export interface ProgramEnd {
  /** Its entry has answered: an exit code from a process's first thread, a result from another. */
  exited(thread: Thread, value: unknown): void;
  /** A program threw something that is no exit: its text goes to standard error, the process ends with code 1. */
  crashed(thread: Thread, error: unknown): void;
}

export class AsyncFrontEnd implements FrontEnd {
  readonly synchronous = false;
  readonly sys: Sys;
  private thread: Thread | undefined = undefined;
  /** The call that waits; those below it were interrupted by a signal handler. */
  private readonly waiting: Waiting[] = [];
  /** Of the event loop that the program runs, where somebody looks on. */
  private queues: (() => LoopQueues) | undefined;

  constructor(
    private readonly code: ProgramCode,
    private readonly end: ProgramEnd,
    private readonly callSite: CallSite | undefined = undefined,
  ) {
    this.sys = sysOf((name, args) => this.call(name, args));
    if (callSite === undefined) return;
    setLoopWatcher(this.sys, {
      show: (queues) => {
        this.queues = queues;
      },
      site: callSite,
    });
  }

  start(thread: Thread): void {
    this.thread = thread;
    const { module, entry, args } = this.code;
    let running: Promise<unknown>;
    try {
      running = Promise.resolve(entryOf(module, entry)!(this.sys, ...(args as never[])));
    } catch (error) {
      running = Promise.reject(error);
    }
    running.then(
      (value) => this.end.exited(thread, value),
      (error: unknown) => this.end.crashed(thread, error),
    );
  }

  private call(name: string, args: readonly unknown[]): Promise<unknown> {
    if (this.callSite !== undefined) this.thread!.callsFrom(this.callSite(), this.queues?.());
    const outcome = this.thread!.enter(name, args);
    if (outcome === BLOCKED) return new Promise((resolve, reject) => this.waiting.push({ name, resolve, reject }));
    if (outcome instanceof Errno) return Promise.reject(new SysError(outcome, name));
    return Promise.resolve(outcome);
  }

  resume(outcome: unknown): void {
    const waiting = this.waiting.pop();
    if (waiting === undefined) return;
    if (outcome instanceof Errno) waiting.reject(new SysError(outcome, waiting.name));
    else waiting.resolve(outcome);
  }

  runHandler(handler: unknown, info: SignalInfo): void {
    const thread = this.thread!;
    const run = handler as Exclude<SignalAction, string>['handler'];
    let running: Promise<void>;
    try {
      running = Promise.resolve(run(this.sys, info.signal, info));
    } catch (error) {
      running = Promise.reject(error);
    }
    running.then(
      () => thread.handlerReturned(),
      (error: unknown) => this.end.crashed(thread, error),
    );
  }
}
