/** A thread as the real kernel knows it: the one call that it has in progress, and whom to tell its outcome. */
import { E } from '@netarium/core/base/errno.ts';
import type { Call, CallOwner } from '@netarium/core/kernel/call.ts';
import type { Outcome } from '@netarium/core/kernel/outcome.ts';
import type { RealProcess } from './real-process.ts';

/** Attempts calls again that something has woken. */
export interface Attempts {
  again(thread: RealThread, call: Call): void;
}

export class RealThread implements CallOwner {
  call: Call | undefined;
  /** Told the outcome of the call that blocked. */
  finish: ((outcome: Outcome<unknown>) => void) | undefined;
  /** When its call began: time limits count from there. */
  readyAt = 0;

  constructor(
    readonly process: RealProcess,
    readonly tid: number,
    private readonly kernel: Attempts,
  ) {}

  callReady(call: Call): void {
    this.kernel.again(this, call);
  }

  /** A signal handler is to run: the blocked call ends with EINTR. False where none is blocked. */
  interrupt(): boolean {
    const { call, finish } = this;
    if (call === undefined || finish === undefined) return false;
    call.finish();
    this.call = undefined;
    this.finish = undefined;
    finish(E.EINTR);
    return true;
  }
}
