/**
 * The policy of schedule explorers: one core, and before each operation that another thread could notice somebody else decides who goes next. Without
 * costs all of it happens at one instant; time passes only when every thread waits.
 */
import { QueuePolicy } from './queue-policies.ts';
import type { Task } from './task.ts';

export interface ScheduleChooser {
  /**
   * Answers whose operation is next: an index into the candidates, in the order of their ids; -1 ends the run here. `ready` are the candidates and those
   * that would be, were there none of a higher priority.
   */
  choose(candidates: readonly Task[], ready: readonly Task[]): number;
}

export class ExploredSchedule extends QueuePolicy {
  readonly name = 'explored';
  override readonly decidesEveryOperation = true;

  constructor(private readonly chooser: ScheduleChooser) {
    super();
  }

  override enqueue(task: Task): void {
    const at = this.queue.findIndex((other) => other.id > task.id);
    if (at < 0) this.queue.push(task);
    else this.queue.splice(at, 0, task);
  }

  /** Real-time priorities hold: only the highest that is ready is up for choice. */
  override pick(): Task | undefined {
    if (this.queue.length === 0) return undefined;
    const highest = this.queue.reduce((best, task) => Math.max(best, task.realtimePriority), 0);
    const candidates = highest === 0 ? this.queue : this.queue.filter((task) => task.realtimePriority === highest);
    const chosen = this.chooser.choose(candidates, this.queue);
    if (chosen < 0) return undefined;
    const task = candidates[chosen]!;
    this.remove(task);
    return task;
  }
}
