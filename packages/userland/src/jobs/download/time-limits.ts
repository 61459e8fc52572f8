/** How long an attempt may take, under curl's names: for the connection, in silence, and in all. Instants are of the monotonic clock. */
import { seconds } from '../lib/progress.ts';
import { Trouble } from './trouble.ts';

export interface TimeLimits {
  /** Longest silence of a server that is connected to. */
  readonly timeoutNs: number;
  /** For one address to answer (`--connect-timeout`). */
  readonly connectTimeoutNs: number;
  /** From the beginning of the attempt to its end, redirects too (`--max-time`); 0: no limit. */
  readonly maxTimeNs: number;
}

/** An attempt was given up because it took too long; the next one may be quicker. */
export class TimeOut extends Trouble {
  override readonly name = 'TimeOut';
}

/** The limits of one attempt. */
export class Deadlines {
  private readonly endNs: number;

  constructor(
    private readonly limits: TimeLimits,
    startNs: number,
  ) {
    this.endNs = limits.maxTimeNs === 0 ? Number.MAX_SAFE_INTEGER : startNs + limits.maxTimeNs;
  }

  /** When to give up, where nothing has been heard since `sinceNs`. */
  at(sinceNs: number, connecting: boolean): number {
    const { timeoutNs, connectTimeoutNs } = this.limits;
    return Math.min(sinceNs + (connecting ? connectTimeoutNs : timeoutNs), this.endNs);
  }

  /** The attempt has had all of its time, whether something comes or not. */
  over(nowNs: number): boolean {
    return nowNs >= this.endNs;
  }

  /** Why it was given up at `nowNs`. */
  timeOut(nowNs: number, connecting: boolean): TimeOut {
    const { timeoutNs, connectTimeoutNs, maxTimeNs } = this.limits;
    if (this.over(nowNs)) return new TimeOut(`time-out: not done after ${seconds(maxTimeNs)}`, true);
    if (connecting) return new TimeOut(`time-out: no connection after ${seconds(connectTimeoutNs)}`, true);
    return new TimeOut(`time-out: silence for ${seconds(timeoutNs)}`, true);
  }
}
