/**
 * The real-time classes of sched(7) above a host's normal policy: SCHED_FIFO until it sleeps, SCHED_RR in turns of 100 ms among equals, both
 * before every other task, higher priorities first.
 */
import type { Instant } from '../../time/instant.ts';
import type { QueueReason, SchedulingPolicy } from './policy.ts';
import type { Task } from './task.ts';

/** sched_rr_timeslice_ms. */
const RR_SLICE_NS = 100_000_000;
const NEVER = Number.MAX_SAFE_INTEGER;

export class RealtimeClasses implements SchedulingPolicy {
  private readonly queue: Task[] = [];

  constructor(private readonly normal: SchedulingPolicy) {}

  get name(): string {
    return this.normal.name;
  }

  get sortsByWork(): boolean {
    return this.normal.sortsByWork;
  }

  get decidesEveryOperation(): boolean {
    return this.normal.decidesEveryOperation;
  }

  get waiting(): number {
    return this.queue.length + this.normal.waiting;
  }

  enqueue(task: Task, reason: QueueReason, now: Instant): void {
    if (task.realtimePriority === 0) {
      this.normal.enqueue(task, reason, now);
      return;
    }
    // A task that was preempted goes on before its equals; one whose turn is over, or that yielded, goes behind them (sched(7)).
    const turnOver = task.schedulingClass === 'rr' && now - task.turnSince >= RR_SLICE_NS;
    const first = reason === 'preempted' && !turnOver;
    const at = this.queue.findIndex((other) =>
      first ? other.realtimePriority <= task.realtimePriority : other.realtimePriority < task.realtimePriority,
    );
    if (at < 0) this.queue.push(task);
    else this.queue.splice(at, 0, task);
  }

  remove(task: Task): void {
    const at = this.queue.indexOf(task);
    if (at >= 0) this.queue.splice(at, 1);
    else this.normal.remove(task);
  }

  pick(core: number, now: Instant): Task | undefined {
    const at = this.queue.findIndex((task) => task.mayUse(core));
    if (at < 0) return this.normal.pick(core, now);
    return this.queue.splice(at, 1)[0]!;
  }

  left(task: Task): void {
    if (task.realtimePriority === 0) this.normal.left(task);
  }

  charge(task: Task, ranNs: number): void {
    if (task.realtimePriority === 0) this.normal.charge(task, ranNs);
  }

  runsUntil(task: Task, since: Instant, now: Instant): Instant {
    const best = this.queue[0]?.realtimePriority ?? 0;
    if (task.realtimePriority === 0) return best > 0 ? now : this.normal.runsUntil(task, since, now);
    if (best > task.realtimePriority) return now;
    return task.schedulingClass === 'rr' && best === task.realtimePriority ? since + RR_SLICE_NS : NEVER;
  }

  preempts(newcomer: Task, running: Task): boolean {
    if (newcomer.realtimePriority !== running.realtimePriority)
      return newcomer.realtimePriority > running.realtimePriority;
    return newcomer.realtimePriority === 0 && this.normal.preempts(newcomer, running);
  }
}
