/** What the scheduler did with a set of jobs, read off the states of its threads: the Gantt chart and the times of each job. */
import type { LabTools } from '@netarium/core/check/lab-context.ts';

const MS = 1_000_000;

export interface Bar {
  readonly job: string;
  readonly fromMs: number;
  toMs: number;
}

export interface JobTimes {
  readonly job: string;
  readonly arrivalMs: number;
  /** First on the core, last off it. */
  firstMs: number;
  endMs: number;
  computedMs: number;
  deviceMs: number;
}

export interface Outcome {
  readonly bars: readonly Bar[];
  readonly jobs: readonly JobTimes[];
  readonly averageWaitMs: number;
  readonly averageTurnaroundMs: number;
  readonly averageResponseMs: number;
  /** How often the core went from one job to another. */
  readonly switches: number;
}

interface Seen {
  readonly host: string;
  readonly atMs: number;
  readonly job: string;
  readonly state: string;
}

/** Takes down the threads of all hosts from now on. */
export class Watcher {
  private readonly seen: Seen[] = [];

  constructor(on: LabTools['on']) {
    on('thread.state', ({ host, values }) => {
      if (values.thread !== '')
        this.seen.push({
          host,
          atMs: values.fromNs / MS,
          job: values.thread,
          state: values.state,
        });
    });
  }

  /** What a host's jobs did since the last reading. */
  read(host: string): Outcome {
    const mine = this.seen.filter((each) => each.host === host);
    this.seen.length = 0;
    return outcomeOf(mine);
  }
}

function outcomeOf(seen: readonly Seen[]): Outcome {
  const arrivals = arrivalsOf(seen);
  const origin = Math.min(...arrivals.values());
  const jobs = new Map<string, JobTimes>();
  for (const [job, atMs] of arrivals)
    jobs.set(job, { job, arrivalMs: atMs - origin, firstMs: -1, endMs: -1, computedMs: 0, deviceMs: 0 });
  const bars: Bar[] = [];
  const since = new Map<string, Seen>();
  for (const each of seen) {
    const before = since.get(each.job);
    if (before !== undefined && before.atMs >= arrivals.get(each.job)!)
      account(before, each.atMs, jobs.get(each.job)!, bars, origin);
    since.set(each.job, each);
  }
  return summary([...jobs.values()], merged(bars));
}

/** A job arrives when its first sleep ends. */
function arrivalsOf(seen: readonly Seen[]): Map<string, number> {
  const arrivals = new Map<string, number>();
  const asleep = new Set<string>();
  for (const { job, atMs, state } of seen) {
    if (state === 'blocked') asleep.add(job);
    else if (asleep.has(job) && !arrivals.has(job)) arrivals.set(job, atMs);
  }
  return arrivals;
}

function account(before: Seen, toMs: number, job: JobTimes, bars: Bar[], origin: number): void {
  const length = toMs - before.atMs;
  if (length <= 0) return;
  if (before.state === 'running') {
    bars.push({ job: before.job, fromMs: before.atMs - origin, toMs: toMs - origin });
    if (job.firstMs < 0) job.firstMs = before.atMs - origin;
    job.endMs = toMs - origin;
    job.computedMs += length;
  } else if (before.state === 'blocked') job.deviceMs += length;
}

/** Bars that follow each other in time, those of one job without a gap as one. */
function merged(bars: readonly Bar[]): Bar[] {
  const sorted = [...bars].sort((a, b) => a.fromMs - b.fromMs);
  const out: Bar[] = [];
  for (const bar of sorted) {
    const last = out.at(-1);
    if (last !== undefined && last.job === bar.job && last.toMs === bar.fromMs) last.toMs = bar.toMs;
    else out.push({ ...bar });
  }
  return out;
}

function summary(jobs: readonly JobTimes[], bars: readonly Bar[]): Outcome {
  const average = (of: (job: JobTimes) => number): number => jobs.reduce((sum, job) => sum + of(job), 0) / jobs.length;
  return {
    bars,
    jobs,
    averageWaitMs: average(waitOf),
    averageTurnaroundMs: average((job) => job.endMs - job.arrivalMs),
    averageResponseMs: average((job) => job.firstMs - job.arrivalMs),
    switches: bars.filter((bar, i) => i > 0 && bars[i - 1]!.job !== bar.job).length,
  };
}

/** Ready and without a core. */
export function waitOf(job: JobTimes): number {
  return job.endMs - job.arrivalMs - job.computedMs - job.deviceMs;
}

/** `A 0–24 | B 24–27 | C 27–30`. */
export function chart({ bars }: Outcome): string {
  return bars.map(({ job, fromMs, toMs }) => `${job} ${rounded(fromMs)}–${rounded(toMs)}`).join(' | ');
}

export function rounded(ms: number): string {
  return String(Math.round(ms * 100) / 100);
}
