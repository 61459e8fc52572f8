/**
 * A timer that is set often and expires seldom (retransmission, delayed ACK, keep-alive). Setting it later than its pending event costs
 * nothing: the event fires early, sees the new deadline and schedules itself again.
 */
import { type Instant, NEVER } from './instant.ts';
import type { Event, EventQueue } from './queue.ts';

/** Hears of a timer each time it is set, and, with NEVER, when it has expired or was stopped. */
export type TimerWatch = (deadline: Instant, expired: boolean) => void;

export class Timer implements Event {
  /** The instant of expiry, or NEVER while the timer is not running. */
  deadline: Instant = NEVER;
  private pendingAt: Instant = NEVER;
  private slot = 0;

  constructor(
    private readonly queue: EventQueue,
    private readonly expire: (now: Instant) => void,
    private readonly watch: TimerWatch | undefined = undefined,
  ) {}

  get running(): boolean {
    return this.deadline !== NEVER;
  }

  /** (Re)starts the timer to expire at `at`. */
  set(at: Instant): void {
    this.deadline = at;
    if (this.watch !== undefined) this.watch(at, false);
    if (this.pendingAt !== NEVER) {
      if (this.pendingAt <= at) return;
      this.queue.cancel(this.slot, this);
    }
    this.pendingAt = at;
    this.slot = this.queue.schedule(at, this);
  }

  setAfter(ns: number): void {
    this.set(this.queue.now + ns);
  }

  /** Stops the timer; its queue entry stays behind and does nothing when its time comes. */
  clear(): void {
    if (this.watch !== undefined && this.running) this.watch(NEVER, false);
    this.deadline = NEVER;
  }

  /** Stops the timer and gives its queue entry back: for owners that go away. */
  dispose(): void {
    this.clear();
    if (this.pendingAt === NEVER) return;
    this.queue.cancel(this.slot, this);
    this.pendingAt = NEVER;
  }

  fire(now: Instant): void {
    this.pendingAt = NEVER;
    const deadline = this.deadline;
    if (deadline === NEVER) return;
    if (deadline > now) {
      this.pendingAt = deadline;
      this.slot = this.queue.schedule(deadline, this);
      return;
    }
    this.deadline = NEVER;
    if (this.watch !== undefined) this.watch(NEVER, true);
    this.expire(now);
  }
}
