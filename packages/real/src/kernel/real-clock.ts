/**
 * The clock of the real kernel: core's event queue, moved by the machine's monotonic clock instead of by itself. Time limits of calls are its events; one
 * Node timer waits for the next of them. Instants are nanoseconds since the process began to run programs.
 */
import { MS } from '@netarium/core/time/instant.ts';
import { type Event, EventQueue } from '@netarium/core/time/queue.ts';

/** Node's timers take at most 2^31 - 1 ms. */
const LONGEST_TIMER_MS = 2_147_483_647;

export class RealClock {
  readonly queue = new EventQueue();
  private readonly startedMs = performance.now();
  private timer: NodeJS.Timeout | undefined;
  /** When it rings at the earliest. */
  private timerAt = 0;

  /** Nanoseconds since the start, never backwards. */
  get now(): number {
    return this.queue.now;
  }

  /** Nanoseconds since the Unix epoch. */
  wallNs(): number {
    return Math.round((performance.timeOrigin + performance.now()) * MS);
  }

  /** Moves to the present and fires what has come due. */
  catchUp(): number {
    const { queue } = this;
    const present = Math.floor((performance.now() - this.startedMs) * MS);
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

  /**
   * Sees to it that Node's timer rings for the next event, if there is one, and keeps the process alive until then: called after each call that may have scheduled
   * one. A timer that rings too early stays as it is and is set anew then: time limits of calls, which mostly end before, cost no timer each.
   */
  arm(): void {
    const { next } = this.queue;
    if (next === undefined) {
      this.timer?.unref();
      return;
    }
    if (this.timer !== undefined && this.timerAt <= next) {
      this.timer.ref();
      return;
    }
    if (this.timer !== undefined) clearTimeout(this.timer);
    this.timerAt = next;
    const ms = Math.ceil((next - this.queue.now) / MS);
    this.timer = setTimeout(() => this.ring(), Math.min(ms, LONGEST_TIMER_MS));
  }

  private ring(): void {
    this.timer = undefined;
    this.catchUp();
    this.arm();
  }

  stop(): void {
    if (this.timer !== undefined) clearTimeout(this.timer);
    this.timer = undefined;
  }
}
