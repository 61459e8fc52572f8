/**
 * Wait queues: who is told when a file's readiness, a child or a lock changes. Woken in the order of their arrival. A waiter that is woken
 * looks again for itself; a wake promises nothing.
 */
export interface Waiter {
  /** `mask` holds the readiness bits that may have changed (poll(2) bits), all ones where the waker does not know. */
  wake(mask: number): void;
}

export const ANY_EVENT = -1;

export class WaitQueue {
  private waiters: Set<Waiter> | undefined;

  add(waiter: Waiter): void {
    if (this.waiters === undefined) this.waiters = new Set();
    this.waiters.add(waiter);
  }

  remove(waiter: Waiter): void {
    this.waiters?.delete(waiter);
  }

  get empty(): boolean {
    return this.waiters === undefined || this.waiters.size === 0;
  }

  /** Wakes all. A waiter may take itself off, or put itself on again, while it is woken: it is not woken twice. */
  wake(mask: number = ANY_EVENT): void {
    if (this.waiters === undefined || this.waiters.size === 0) return;
    for (const waiter of [...this.waiters]) waiter.wake(mask);
  }
}
