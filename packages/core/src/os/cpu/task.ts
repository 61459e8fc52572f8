/**
 * What a scheduler knows of a thread: its class, nice value and priority, what it has used and waited. The thread itself is behind `owner`; its
 * program's state belongs to its front end and is never seen here.
 */
import type { Call } from '../../kernel/call.ts';
import type { Instant } from '../../time/instant.ts';
import type { Core } from './core.ts';

/** sched(7): SCHED_OTHER under the host's normal policy, SCHED_FIFO and SCHED_RR ahead of it. */
export type SchedulingClass = 'other' | 'fifo' | 'rr';

/** The thread behind a task. Both are called inside an event. */
export interface TaskOwner {
  /** The task was given a core after it had waited for one. */
  dispatched(): void;
  /** The work begun by `Cpu.work` is done; the task still has its core. */
  workDone(): void;
  /** The work was cut short, for `leftNs` of it: the task waits for a core again. */
  preempted(leftNs: number): void;
  /** The operation that it does next with a core, where that is known: a call that it has entered and not yet carried out. */
  readonly pending: Call | undefined;
  /** Threads of one process share page tables. */
  readonly addressSpace: object;
}

export class Task {
  schedulingClass: SchedulingClass = 'other';
  /** -20 (most) to 19 (least). */
  nice = 0;
  /** 1 to 99 in the real-time classes, else 0. */
  realtimePriority = 0;
  /** Static priority for the `priority` policy; smaller is better. */
  priority = 20;
  /** Cores it may use; all of them where undefined. */
  affinity: ReadonlySet<number> | undefined = undefined;

  /** Where it runs, while it does. */
  core: Core | undefined = undefined;
  lastCore = 0;
  /** When it was given its core last. */
  turnSince: Instant = 0;
  /** In the run queue since. */
  queuedAt: Instant = 0;
  /** Work that it has yet to do before it goes on, as far as that is known: what SJF and SRTF sort by. */
  workLeftNs = 0;
  /** Its declared work has been compared with that of the waiting tasks. */
  sorted = false;
  /** Cost of the switch that gave it its core, until the thread has taken it over. */
  switchCostNs = 0;

  // What a policy keeps: virtual run time, deadline, lag and counted weight of EEVDF, level and allotment of MLFQ.
  vruntime = 0;
  deadline = 0;
  lag = 0;
  weight = 0;
  level = 0;
  usedAtLevelNs = 0;

  // Accounting.
  runNs = 0;
  waitNs = 0;
  firstRunAt: Instant = -1;
  voluntarySwitches = 0;
  involuntarySwitches = 0;

  constructor(
    readonly id: number,
    readonly owner: TaskOwner,
  ) {}

  mayUse(core: number): boolean {
    return this.affinity === undefined || this.affinity.has(core);
  }
}
