/** What the ways of downloading have in common: what they are given, and how one lane of work goes from file to file. */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import type { FetchSettings } from './conclusion.ts';
import type { Fetcher } from './fetch.ts';
import type { Result, Scheduler } from './scheduler.ts';
import type { ThreadUse } from './wait-meter.ts';

export interface Run {
  readonly sys: Sys;
  readonly scheduler: Scheduler;
  readonly settings: FetchSettings;
  /** So many at once. */
  readonly concurrency: number;
  /** Called when the workers stand ready: from here on the downloads are timed. */
  began(): Promise<void>;
  /** Takes in what came of an attempt; the name is that of the thread that made it. */
  report(result: Result, thread: string): Promise<void>;
}

/** Answers how the threads were used that did the work. */
export type Way = (run: Run) => Promise<ThreadUse[]>;

/**
 * Files one after the other until there is nothing to start: with `idle` the others' attempts are under way, and whoever has one of them does it
 * again where it fails. Waiting is the caller's `sys`: a thread's sleeps, a greenlet's lets others run.
 */
export async function lane(run: Run, sys: Sys, fetcher: Fetcher, thread: string): Promise<void> {
  for (;;) {
    const nowNs = await sys.clock_gettime('monotonic');
    const next = run.scheduler.next(nowNs);
    if (next.do === 'end' || next.do === 'idle') break;
    if (next.do === 'wait') await sys.nanosleep(next.untilNs - nowNs);
    else await run.report(await fetcher.fetch(next.attempt), thread);
  }
  await fetcher.close();
}
