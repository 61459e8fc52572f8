/**
 * Earliest eligible virtual deadline first (Stoica and Abdel-Wahab, 1995), the fair policy of Linux since 6.6: each task's virtual time runs at
 * the inverse of its weight; a task that is not ahead of the weighted average is eligible, and of those the one with the earliest
 * virtual deadline runs. Sleepers keep their lag, as far as one slice. Here one queue serves all cores, where Linux balances one per core.
 */
import type { Instant } from '../../time/instant.ts';
import type { QueueReason, SchedulingPolicy } from './policy.ts';
import type { Task } from './task.ts';

/** Weights of nice -20 to 19: each step is a factor of about 1.25 (kernel/sched/core.c, sched_prio_to_weight). */
const WEIGHTS: readonly number[] = [
  88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916, 9548, 7620, 6100, 4904, 3906, 3121, 2501, 1991,
  1586, 1277, 1024, 820, 655, 526, 423, 335, 272, 215, 172, 137, 110, 87, 70, 56, 45, 36, 29, 23, 18, 15,
];
const NICE_0_WEIGHT = 1024;

export interface EevdfOptions {
  /** sched_base_slice: what a task may ask for at once. */
  readonly sliceNs: number;
  /** The scheduler looks at running tasks at ticks of this distance (HZ 250); 0 looks at once. */
  readonly tickNs: number;
}

/** Linux 6.x with 8 cores or more and HZ 250. */
export const EEVDF_DEFAULTS: EevdfOptions = { sliceNs: 3_000_000, tickNs: 4_000_000 };

export class Eevdf implements SchedulingPolicy {
  readonly name = 'eevdf';
  readonly sortsByWork = false;
  readonly decidesEveryOperation = false;
  /** By virtual deadline, then by age. */
  private readonly queue: Task[] = [];
  /** Tasks that have a core, which count for the average. */
  private readonly running = new Set<Task>();
  // Of queued and running tasks: the sum of weight times virtual time, and of the weights. Kept up with each change.
  private weighted = 0;
  private weights = 0;
  /** The average at the last moment at which there was somebody to average over. */
  private lastAverage = 0;

  constructor(private readonly options: EevdfOptions = EEVDF_DEFAULTS) {}

  get waiting(): number {
    return this.queue.length;
  }

  enqueue(task: Task, reason: QueueReason): void {
    if (reason === 'wake') this.place(task);
    else if (reason === 'yield') task.deadline = Math.max(task.deadline, task.vruntime + this.virtualSlice(task));
    if (!this.running.delete(task)) this.count(task, 1);
    this.insert(task);
  }

  private insert(task: Task): void {
    const { queue } = this;
    let low = 0;
    let high = queue.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (queue[middle]!.deadline <= task.deadline) low = middle + 1;
      else high = middle;
    }
    queue.splice(low, 0, task);
  }

  private count(task: Task, sign: 1 | -1): void {
    const weight = weightOf(task);
    task.weight = weight;
    this.weights += sign * weight;
    this.weighted += sign * weight * task.vruntime;
  }

  private uncount(task: Task): void {
    this.weights -= task.weight;
    this.weighted -= task.weight * task.vruntime;
    if (this.weights === 0) this.weighted = 0;
  }

  remove(task: Task): void {
    const at = this.queue.indexOf(task);
    if (at < 0) return;
    this.queue.splice(at, 1);
    this.average();
    this.uncount(task);
  }

  /** The first eligible by deadline; where none is (rounding, affinity), the one least ahead. */
  pick(core: number): Task | undefined {
    const { queue } = this;
    const average = this.average();
    let found = -1;
    for (let i = 0; i < queue.length; i++) {
      const task = queue[i]!;
      if (!task.mayUse(core)) continue;
      if (task.vruntime <= average) {
        found = i;
        break;
      }
      if (found < 0 || task.vruntime < queue[found]!.vruntime) found = i;
    }
    if (found < 0) return undefined;
    const task = queue[found]!;
    if (found === 0) queue.shift();
    else queue.splice(found, 1);
    this.running.add(task);
    return task;
  }

  left(task: Task): void {
    const limit = this.virtualSlice(task);
    const lag = this.average() - task.vruntime;
    task.lag = Math.max(-limit, Math.min(limit, lag));
    if (this.running.delete(task)) this.uncount(task);
  }

  charge(task: Task, ranNs: number): void {
    if (!this.running.has(task)) {
      this.running.add(task);
      this.count(task, 1);
    }
    const ran = (ranNs * NICE_0_WEIGHT) / task.weight;
    task.vruntime += ran;
    this.weighted += ran * task.weight;
    if (task.vruntime >= task.deadline) task.deadline = task.vruntime + this.virtualSlice(task);
  }

  runsUntil(_task: Task, since: Instant, now: Instant): Instant {
    const { sliceNs, tickNs } = this.options;
    const at = Math.max(since + sliceNs, now);
    return tickNs === 0 ? at : Math.ceil(at / tickNs) * tickNs;
  }

  preempts(newcomer: Task, running: Task): boolean {
    this.place(newcomer);
    return newcomer.vruntime <= this.average() && newcomer.deadline < running.deadline;
  }

  /** Where a task that slept comes back: at the average, less the lag that it left with. */
  private place(task: Task): void {
    task.vruntime = this.average() - task.lag;
    task.deadline = task.vruntime + this.virtualSlice(task);
  }

  private virtualSlice(task: Task): number {
    return (this.options.sliceNs * NICE_0_WEIGHT) / weightOf(task);
  }

  private average(): number {
    if (this.weights > 0) this.lastAverage = this.weighted / this.weights;
    return this.lastAverage;
  }
}

function weightOf(task: Task): number {
  return WEIGHTS[task.nice + 20]!;
}
