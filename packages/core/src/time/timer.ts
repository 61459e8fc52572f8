/**
 * A timer that is set often and expires seldom (retransmission, delayed ACK, keep-alive). Setting it later than its pending event costs
 * nothing: the event fires early, sees the new deadline and schedules itself again.
 */
import type { Instant } from './instant.ts';
import type { Event, EventQueue } from './queue.ts';

const UNSET = -1;

export class Timer implements Event {
  /** The instant of expiry, or -1 while the timer is not running. */
  deadline: Instant = UNSET;
  private pendingAt: Instant = UNSET;
  private slot = 0;

  constructor(
    private readonly queue: EventQueue,
    private readonly expire: (now: Instant) => void,
  ) {}

  get running(): boolean {
    return this.deadline !== UNSET;
  }

  /** (Re)starts the timer to expire at `at`. */
  set(at: Instant): void {
    this.deadline = at;
    if (this.pendingAt !== UNSET) {
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
    this.deadline = UNSET;
  }

  /** Stops the timer and gives its queue entry back: for owners that go away. */
  dispose(): void {
    this.deadline = UNSET;
    if (this.pendingAt === UNSET) return;
    this.queue.cancel(this.slot, this);
    this.pendingAt = UNSET;
  }

  fire(now: Instant): void {
    this.pendingAt = UNSET;
    const deadline = this.deadline;
    if (deadline === UNSET) return;
    if (deadline > now) {
      this.pendingAt = deadline;
      this.slot = this.queue.schedule(deadline, this);
      return;
    }
    this.deadline = UNSET;
    this.expire(now);
  }
}
