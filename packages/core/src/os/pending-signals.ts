/**
 * Pending signals, of a thread or of a process as a whole: a standard signal is there once or not at all, real-time signals queue with what came
 * with them, and the lowest number goes first (signal(7), "Queueing and delivery semantics for standard signals").
 */
import { FIRST_REALTIME, SIGNALS, type SignalInfo, type SignalName } from './signals.ts';

export type SignalSet = ReadonlySet<SignalName>;

export const NO_SIGNALS: SignalSet = new Set();

export class PendingSignals {
  private queued: SignalInfo[] | undefined = undefined;

  get count(): number {
    return this.queued?.length ?? 0;
  }

  /** False where a standard signal is pending already: the second is lost. */
  add(info: SignalInfo): boolean {
    if (this.queued === undefined) this.queued = [];
    const number = SIGNALS[info.signal];
    if (number < FIRST_REALTIME && this.has(info.signal)) return false;
    const after = this.queued.findIndex((other) => SIGNALS[other.signal] > number);
    if (after < 0) this.queued.push(info);
    else this.queued.splice(after, 0, info);
    return true;
  }

  has(signal: SignalName): boolean {
    return this.queued?.some((info) => info.signal === signal) === true;
  }

  /** The first one that `blocked` does not hold back. */
  firstOutside(blocked: SignalSet): SignalInfo | undefined {
    return this.queued?.find(({ signal }) => !blocked.has(signal));
  }

  firstOf(wanted: readonly SignalName[]): SignalInfo | undefined {
    return this.queued?.find(({ signal }) => wanted.includes(signal));
  }

  remove(info: SignalInfo): void {
    this.queued?.splice(this.queued.indexOf(info), 1);
  }

  discard(signals: SignalSet): void {
    this.queued = this.queued?.filter(({ signal }) => !signals.has(signal));
  }

  names(): readonly SignalName[] {
    return [...new Set(this.queued?.map(({ signal }) => signal))];
  }
}
