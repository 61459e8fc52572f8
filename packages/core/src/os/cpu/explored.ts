/**
 * The policy of schedule explorers: one core, and before each operation that another thread could notice somebody else decides who goes next. Without
 * costs all of it happens at one instant; time passes only when every thread waits.
 */
import { QueuePolicy } from './queue-policies.ts';
import type { Task } from './task.ts';

/** Answers whose operation is next: an index into the candidates, in the order of their ids; -1 ends the run here. */
export interface ScheduleChooser {
  choose(candidates: readonly Task[]): number;
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

  override pick(): Task | undefined {
    if (this.queue.length === 0) return undefined;
    const chosen = this.chooser.choose(this.queue);
    return chosen < 0 ? undefined : this.queue.splice(chosen, 1)[0];
  }
}
