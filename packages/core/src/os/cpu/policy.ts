/**
 * What a scheduling policy decides. One run queue serves all cores of a host: what the load balancer of a real kernel works towards. The queue
 * holds tasks that want a core and have none.
 */
import type { Instant } from '../../time/instant.ts';
import type { Task } from './task.ts';

/** Why a task comes to the run queue. */
export type QueueReason = 'wake' | 'preempted' | 'yield';

export interface SchedulingPolicy {
  readonly name: string;
  /** Tasks in the queue. */
  readonly waiting: number;
  enqueue(task: Task, reason: QueueReason, now: Instant): void;
  /** Takes a queued task out, because it ended or was stopped. */
  remove(task: Task): void;
  /** Takes the task out that runs next on this core; undefined where none may. */
  pick(core: number, now: Instant): Task | undefined;
  /** A task left its core to sleep, or was taken from it. */
  left(task: Task): void;
  /** The task has used its core for so long. */
  charge(task: Task, ranNs: number): void;
  /** Until when a task that got its core at `since` may keep it while others wait. */
  runsUntil(task: Task, since: Instant, now: Instant): Instant;
  /** Does a task that just came to want a core take it from a running one? */
  preempts(newcomer: Task, running: Task): boolean;
  /** The order depends on the declared work: a task that has just declared some is sorted anew. */
  readonly sortsByWork: boolean;
  /** Explorers want every visible operation to be a scheduling decision. */
  readonly decidesEveryOperation: boolean;
}
