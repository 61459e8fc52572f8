/**
 * Wait queues: who is told when a file's readiness, a child or a lock changes. Woken in the order of their arrival. A waiter that is woken
 * looks again for itself; a wake promises nothing.
 *
 * *Exclusive* waiters (accept, epoll_wait, readers of a pipe) are there for one of them to take what has come: a wake for a known event wakes
 * everybody else and one of them, as __wake_up_common does with nr_exclusive 1. A wake for an unknown change is for all.
 */
export interface Waiter {
  /**
   * `mask` holds the readiness bits that may have changed (poll(2) bits), all ones where the waker does not know. The answer counts for exclusive
   * waiters: false leaves the wake to the next of them. `afterNs`: run so much later.
   */
  wake(mask: number, afterNs?: number): boolean;
}

export const ANY_EVENT = -1;

export class WaitQueue {
  private waiters: Set<Waiter> | undefined = undefined;
  private exclusive: Set<Waiter> | undefined = undefined;

  add(waiter: Waiter): void {
    if (this.waiters === undefined) this.waiters = new Set();
    this.waiters.add(waiter);
  }

  addExclusive(waiter: Waiter): void {
    if (this.exclusive === undefined) this.exclusive = new Set();
    this.exclusive.add(waiter);
  }

  remove(waiter: Waiter): void {
    this.waiters?.delete(waiter);
    this.exclusive?.delete(waiter);
  }

  get empty(): boolean {
    return (this.waiters?.size ?? 0) + (this.exclusive?.size ?? 0) === 0;
  }

  /** Wakes all that share, and one exclusive waiter (all of them without a mask). Who joins meanwhile is not woken; nobody is woken twice. */
  wake(mask: number = ANY_EVENT): void {
    const { waiters, exclusive } = this;
    if (waiters !== undefined && waiters.size > 0) for (const waiter of [...waiters]) waiter.wake(mask);
    if (exclusive === undefined || exclusive.size === 0) return;
    for (const waiter of [...exclusive]) if (waiter.wake(mask) && mask !== ANY_EVENT) return;
  }

  /** Wakes up to `count` waiters, longest first, to run `afterNs` from now: those that sleep on a lock. Answers how many. */
  wakeFirst(count: number, afterNs: number): number {
    let woken = 0;
    if (this.waiters === undefined) return woken;
    for (const waiter of [...this.waiters]) {
      if (woken === count) break;
      if (waiter.wake(ANY_EVENT, afterNs)) woken++;
    }
    return woken;
  }

  /** Wakes the exclusive waiter that is next in line: a wake handed on by one that ended without looking. */
  wakeNext(): void {
    if (this.exclusive === undefined) return;
    for (const waiter of [...this.exclusive]) if (waiter.wake(ANY_EVENT)) return;
  }
}
