/** A call that has not come to its outcome yet. Who made it is told once, never before the call that made it has returned. */
import type { Errno } from '@netarium/core/base/errno.ts';

/** A value or an errno. */
export type Settled = unknown | Errno;

export class Pending {
  private listener: ((outcome: Settled) => void) | undefined;
  private over = false;
  private outcome: Settled;

  constructor(
    /** Ends the wait with EINTR, if it is one that signals end; false where the call goes on. */
    readonly interrupt: () => boolean = () => false,
  ) {}

  /** The call is over. */
  settle(outcome: Settled): void {
    if (this.over) return;
    this.over = true;
    if (this.listener === undefined) this.outcome = outcome;
    else this.listener(outcome);
  }

  whenSettled(listener: (outcome: Settled) => void): void {
    if (this.over) listener(this.outcome);
    else this.listener = listener;
  }

  static of(promise: Promise<Settled>): Pending {
    const pending = new Pending();
    void promise.then((outcome) => pending.settle(outcome));
    return pending;
  }
}
