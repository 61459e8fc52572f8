/**
 * The policies of the textbooks, each a rule for the order of one queue: first come first served, shortest job first, shortest remaining time
 * first, static priorities with or without ageing, round robin. The length of a job is the work that its thread has declared and not yet done.
 */
import type { Instant } from '../../time/instant.ts';
import type { QueueReason, SchedulingPolicy } from './policy.ts';
import type { Task } from './task.ts';

const NEVER = Number.MAX_SAFE_INTEGER;

/** A queue from which the first of the best is taken. */
export abstract class QueuePolicy implements SchedulingPolicy {
  abstract readonly name: string;
  readonly sortsByWork: boolean = false;
  readonly decidesEveryOperation: boolean = false;
  protected readonly queue: Task[] = [];

  get waiting(): number {
    return this.queue.length;
  }

  enqueue(task: Task, _reason: QueueReason, _now: Instant): void {
    this.queue.push(task);
  }

  remove(task: Task): void {
    const at = this.queue.indexOf(task);
    if (at >= 0) this.queue.splice(at, 1);
  }

  pick(core: number, now: Instant): Task | undefined {
    let best: Task | undefined;
    for (const task of this.queue) {
      if (task.mayUse(core) && (best === undefined || this.better(task, best, now))) best = task;
    }
    if (best !== undefined) this.remove(best);
    return best;
  }

  /** Does `one`, later in the queue, come before `other`? */
  protected better(_one: Task, _other: Task, _now: Instant): boolean {
    return false;
  }

  left(_task: Task): void {}

  charge(_task: Task, _ranNs: number): void {}

  runsUntil(_task: Task, _since: Instant, _now: Instant): Instant {
    return NEVER;
  }

  preempts(_newcomer: Task, _running: Task): boolean {
    return false;
  }
}

/** In the order of arrival, each until it sleeps: short jobs wait behind long ones (the convoy effect). */
export class FirstComeFirstServed extends QueuePolicy {
  readonly name = 'fcfs';
}

/** The shortest declared work first, without preemption. */
export class ShortestJobFirst extends QueuePolicy {
  readonly name: string = 'sjf';
  override readonly sortsByWork = true;

  protected override better(one: Task, other: Task): boolean {
    return one.workLeftNs < other.workLeftNs;
  }
}

/** SJF with preemption: a shorter job takes the core from a longer one. */
export class ShortestRemainingTime extends ShortestJobFirst {
  override readonly name = 'srtf';

  override preempts(newcomer: Task, running: Task): boolean {
    return newcomer.workLeftNs < remaining(running);
  }
}

/** Work left of a task that is at it: what it had, less what it has done since. */
function remaining(task: Task): number {
  return task.core === undefined ? task.workLeftNs : task.core.workEndsAt - task.core.accountedAt;
}

/** Static priorities, preemptive. With ageing a task gains one step for each `ageEveryNs` of waiting, so that none starves. */
export class PriorityPolicy extends QueuePolicy {
  readonly name = 'priority';

  /** `ageEveryNs` 0: no ageing. */
  constructor(private readonly ageEveryNs = 0) {
    super();
  }

  /** Static priority less what was gained by waiting: before the last turns (`level`), and in this wait. */
  private effective(task: Task, now: Instant): number {
    const waitedNs = task.core === undefined ? now - task.queuedAt : 0;
    return task.priority - task.level - (this.ageEveryNs === 0 ? 0 : Math.floor(waitedNs / this.ageEveryNs));
  }

  protected override better(one: Task, other: Task, now: Instant): boolean {
    return this.effective(one, now) < this.effective(other, now);
  }

  /** What a task has gained it keeps until it sleeps. */
  override pick(core: number, now: Instant): Task | undefined {
    const task = super.pick(core, now);
    if (task !== undefined) task.level = task.priority - this.effective(task, now);
    return task;
  }

  override left(task: Task): void {
    task.level = 0;
  }

  /** With ageing the running task gives way as soon as one that waits has risen above it. */
  override runsUntil(task: Task, _since: Instant, now: Instant): Instant {
    if (this.ageEveryNs === 0) return NEVER;
    let at = NEVER;
    for (const waiter of this.queue) {
      const steps = waiter.priority - waiter.level - (task.priority - task.level) + 1;
      at = Math.min(at, waiter.queuedAt + Math.max(0, steps) * this.ageEveryNs);
    }
    return Math.max(at, now);
  }

  override preempts(newcomer: Task, running: Task): boolean {
    return newcomer.priority - newcomer.level < running.priority - running.level;
  }
}

/** In turn, each for a quantum. */
export class RoundRobin extends QueuePolicy {
  readonly name = 'rr';

  constructor(private readonly quantumNs: number) {
    super();
  }

  override runsUntil(_task: Task, since: Instant): Instant {
    return since + this.quantumNs;
  }
}
