/**
 * The clock of the real kernel: core's event queue, moved by the machine's monotonic clock instead of by itself. Time limits of calls are its events; one
 * Node timer waits for the next of them. Instants are nanoseconds since the process began to run programs.
 */
import { type Event, EventQueue } from '@netarium/core/time/queue.ts';

const NS_PER_MS = 1_000_000;
/** Node's timers take at most 2^31 - 1 ms. */
const LONGEST_TIMER_MS = 2_147_483_647;

export class RealClock {
  readonly queue = new EventQueue();
  private readonly startedMs = performance.now();
  private timer: NodeJS.Timeout | undefined;
  private timerAt = -1;

  /** Nanoseconds since the start, never backwards. */
  get now(): number {
    return this.queue.now;
  }

  /** Nanoseconds since the Unix epoch. */
  wallNs(): number {
    return Math.round((performance.timeOrigin + performance.now()) * NS_PER_MS);
  }

  /** Moves to the present and fires what has come due. */
  catchUp(): number {
    const { queue } = this;
    const present = Math.floor((performance.now() - this.startedMs) * NS_PER_MS);
    while (queue.step(present)) {}
    if (present > queue.now) queue.advance(present);
    return queue.now;
  }

  /** Calls `fire` at the instant; the process lives on until then. */
  at(instant: number, event: Event): number {
    const slot = this.queue.schedule(instant, event);
    this.arm();
    return slot;
  }

  /** Sets the Node timer for the next event: called after each call that may have scheduled one. */
  arm(): void {
    const { next } = this.queue;
    if (next === this.timerAt) return;
    if (this.timer !== undefined) clearTimeout(this.timer);
    this.timer = undefined;
    this.timerAt = next ?? -1;
    if (next === undefined) return;
    const ms = Math.ceil((next - this.queue.now) / NS_PER_MS);
    this.timer = setTimeout(() => this.ring(), Math.min(ms, LONGEST_TIMER_MS));
  }

  private ring(): void {
    this.timer = undefined;
    this.timerAt = -1;
    this.catchUp();
    this.arm();
  }

  stop(): void {
    if (this.timer !== undefined) clearTimeout(this.timer);
    this.timer = undefined;
  }
}
