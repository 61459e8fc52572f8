/**
 * Priority inheritance (pthread_mutexattr_getprotocol(3p)): while a thread holds such a lock it runs with the priority of the most urgent thread that
 * sleeps on one of them, and lends what it has borrowed on to whoever holds the lock that it sleeps on itself. Real-time and static priorities
 * are inherited; nice values are not (rt_mutex, kernel/locking/rtmutex.c).
 */
import type { SchedulingClass } from '../cpu/task.ts';
import type { LockThread } from './lock-thread.ts';

export interface Urgency {
  readonly schedulingClass: SchedulingClass;
  readonly realtimePriority: number;
  readonly priority: number;
}

export interface LendingLock {
  /** The most urgent of its sleepers. */
  readonly mostUrgent: LockThread | undefined;
  /** Who holds it. */
  readonly debtor: LockThread | undefined;
}

export function moreUrgent(one: Urgency, other: Urgency): boolean {
  if (one.realtimePriority !== other.realtimePriority) return one.realtimePriority > other.realtimePriority;
  return one.priority < other.priority;
}

export class Loans {
  /** The lending lock in whose queue the thread sleeps. */
  sleepsOn: LendingLock | undefined;
  private readonly held = new Set<LendingLock>();
  /** What the thread had before it borrowed. */
  private own: Urgency | undefined;

  constructor(private readonly thread: LockThread) {}

  add(lock: LendingLock): void {
    this.held.add(lock);
    this.settle();
  }

  delete(lock: LendingLock): void {
    this.held.delete(lock);
    this.settle();
  }

  /** Who sleeps has changed: the thread runs with what is due to it now. */
  settle(): void {
    const { task } = this.thread;
    const own = this.own ?? urgencyOf(task);
    let due = own;
    for (const { mostUrgent } of this.held)
      if (mostUrgent !== undefined && mostUrgent !== this.thread && moreUrgent(mostUrgent.task, due))
        due = urgencyOf(mostUrgent.task);
    const changes = moreUrgent(due, task) || moreUrgent(task, due);
    this.own = due === own ? undefined : own;
    if (!changes) return;
    this.thread.setUrgency(due);
    this.sleepsOn?.debtor?.loans.settle();
  }
}

function urgencyOf({ schedulingClass, realtimePriority, priority }: Urgency): Urgency {
  return { schedulingClass, realtimePriority, priority };
}
