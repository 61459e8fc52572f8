/** The scheduling policies by name, as a host's specification gives them. */
import { EEVDF_DEFAULTS, Eevdf } from './eevdf.ts';
import { ExploredSchedule, type ScheduleChooser } from './explored.ts';
import { MultilevelFeedbackQueue } from './mlfq.ts';
import type { SchedulingPolicy } from './policy.ts';
import {
  FirstComeFirstServed,
  PriorityPolicy,
  RoundRobin,
  ShortestJobFirst,
  ShortestRemainingTime,
} from './queue-policies.ts';
import { RealtimeClasses } from './realtime.ts';

export const SCHEDULERS = ['eevdf', 'fcfs', 'sjf', 'srtf', 'priority', 'rr', 'mlfq'] as const;
export type SchedulerName = (typeof SCHEDULERS)[number];

export interface SchedulerOptions {
  readonly scheduler: SchedulerName;
  /** Slice of EEVDF, quantum of round robin and of the top level of MLFQ. */
  readonly quantumNs?: number;
  /** EEVDF's tick; 0 preempts at the end of the slice itself. */
  readonly tickNs?: number;
  /** Priority: one step for so much waiting; 0 for none. */
  readonly ageingNs?: number;
  /** MLFQ: number of levels, distance of the boosts. */
  readonly levels?: number;
  readonly boostNs?: number;
}

/** Schedules that an explorer decides: not among the names, since there must be an explorer. */
export type ScheduleSource = SchedulerOptions | { readonly chooser: ScheduleChooser };

/** Round robin's quantum where none is given: 4 ms, the example of most textbooks. */
const QUANTUM_NS = 4_000_000;

export function schedulingPolicy(options: ScheduleSource): SchedulingPolicy {
  if ('chooser' in options) return new ExploredSchedule(options.chooser);
  return new RealtimeClasses(normalPolicy(options));
}

function normalPolicy(options: SchedulerOptions): SchedulingPolicy {
  const quantumNs = options.quantumNs ?? QUANTUM_NS;
  switch (options.scheduler) {
    case 'eevdf':
      return new Eevdf({
        sliceNs: options.quantumNs ?? EEVDF_DEFAULTS.sliceNs,
        tickNs: options.tickNs ?? EEVDF_DEFAULTS.tickNs,
      });
    case 'fcfs':
      return new FirstComeFirstServed();
    case 'sjf':
      return new ShortestJobFirst();
    case 'srtf':
      return new ShortestRemainingTime();
    case 'priority':
      return new PriorityPolicy(options.ageingNs ?? 0);
    case 'rr':
      return new RoundRobin(quantumNs);
    case 'mlfq':
      return new MultilevelFeedbackQueue({ levels: options.levels ?? 3, quantumNs, boostNs: options.boostNs ?? 0 });
  }
}
