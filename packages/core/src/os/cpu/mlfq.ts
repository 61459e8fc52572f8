/**
 * The multilevel feedback queue: a task starts at the top, falls a level when it has used that level's allotment, and all rise again every
 * `boostNs`, so that long jobs do not starve and jobs that change are noticed. Round robin within a level; the quantum doubles per level.
 */
import type { Instant } from '../../time/instant.ts';
import { QueuePolicy } from './queue-policies.ts';
import type { Task } from './task.ts';

export interface MlfqOptions {
  readonly levels: number;
  /** Quantum and allotment of the top level. */
  readonly quantumNs: number;
  /** Distance of the boosts; 0 for none. */
  readonly boostNs: number;
}

export class MultilevelFeedbackQueue extends QueuePolicy {
  readonly name = 'mlfq';
  private boostedAt: Instant = 0;

  constructor(private readonly options: MlfqOptions) {
    super();
  }

  private quantum(task: Task): number {
    return this.options.quantumNs * (1 << task.level);
  }

  override pick(core: number, now: Instant): Task | undefined {
    const { boostNs } = this.options;
    if (boostNs > 0 && now - this.boostedAt >= boostNs) {
      this.boostedAt = now;
      for (const task of this.queue) this.raise(task);
    }
    return super.pick(core, now);
  }

  private raise(task: Task): void {
    task.level = 0;
    task.usedAtLevelNs = 0;
  }

  protected override better(one: Task, other: Task): boolean {
    return one.level < other.level;
  }

  override charge(task: Task, ranNs: number): void {
    task.usedAtLevelNs += ranNs;
    for (let quantum = this.quantum(task); task.usedAtLevelNs >= quantum; quantum = this.quantum(task)) {
      task.usedAtLevelNs -= quantum;
      if (task.level < this.options.levels - 1) task.level++;
    }
  }

  override runsUntil(task: Task, since: Instant, now: Instant): Instant {
    // The allotment is used up over several turns, so what is left of it counts; a task that has just fallen ends its turn.
    if (task.usedAtLevelNs === 0 && now > since) return now;
    return Math.max(now, since) + this.quantum(task) - task.usedAtLevelNs;
  }

  override preempts(newcomer: Task, running: Task): boolean {
    return newcomer.level < running.level;
  }
}
