import { describe, expect, test } from 'vitest';
import { bench } from '../../syscall/kernel.test-util.ts';
import type { Sys } from '../../syscall/sys.ts';
import { NO_COSTS } from '../costs.ts';
import type { SchedulerOptions } from './policies.ts';

const MS = 1_000_000;
const START_MS = 1;

interface Job {
  readonly atMs: number;
  readonly burstMs: number;
  readonly priority?: number;
  readonly nice?: number;
}

/** Runs the jobs as threads on one core and answers when each began and ended, in ms. */
async function run(scheduler: SchedulerOptions, jobs: readonly Job[], cores = 1) {
  const ends = jobs.map(() => -1);
  const b = bench({}, { cpu: { cores, scheduler }, costs: NO_COSTS });
  b.start({
    async main(sys) {
      const tids: number[] = [];
      for (const [i, job] of jobs.entries()) {
        const tid = await sys.thread_create('job', [i]);
        if (job.priority !== undefined) await sys.sched_setpriority(tid, job.priority);
        if (job.nice !== undefined) await sys.setpriority(tid, job.nice);
        tids.push(tid);
      }
      for (const tid of tids) await sys.thread_join(tid);
      return 0;
    },
    async job(sys: Sys, i: number) {
      const { atMs, burstMs } = jobs[i]!;
      // All are asleep before the first begins.
      await sys.nanosleep((START_MS + atMs) * MS);
      await sys.cpu(burstMs * MS);
      ends[i] = (await sys.clock_gettime('monotonic')) / MS - START_MS;
    },
  });
  await b.run();
  expect(b.crashes).toEqual([]);
  return jobs.map(({ atMs, burstMs }, i) => ({
    turnaroundMs: ends[i]! - atMs,
    waitMs: ends[i]! - atMs - burstMs,
  }));
}

const average = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const CONVOY: readonly Job[] = [
  { atMs: 0, burstMs: 24 },
  { atMs: 0, burstMs: 3 },
  { atMs: 0, burstMs: 3 },
];

describe('the policies of the textbooks, on bursts of 24, 3 and 3 ms', () => {
  test('first come first served: 17 ms of waiting on average', async () => {
    const spans = await run({ scheduler: 'fcfs' }, CONVOY);
    expect(average(spans.map((span) => span.waitMs))).toBe(17);
  });

  test('shortest job first: 3 ms', async () => {
    const spans = await run({ scheduler: 'sjf' }, CONVOY);
    expect(average(spans.map((span) => span.waitMs))).toBe(3);
  });

  test('round robin with a quantum of 4 ms: 5.67 ms', async () => {
    const spans = await run({ scheduler: 'rr', quantumNs: 4 * MS }, CONVOY);
    expect(average(spans.map((span) => span.waitMs))).toBeCloseTo(17 / 3, 10);
  });

  test('shortest remaining time takes the core from a longer job', async () => {
    const spans = await run({ scheduler: 'srtf' }, [
      { atMs: 0, burstMs: 8 },
      { atMs: 1, burstMs: 4 },
      { atMs: 2, burstMs: 9 },
      { atMs: 3, burstMs: 5 },
    ]);
    expect(spans.map((span) => span.waitMs)).toEqual([9, 0, 15, 2]);
  });

  test('the same without preemption', async () => {
    const spans = await run({ scheduler: 'sjf' }, [
      { atMs: 0, burstMs: 8 },
      { atMs: 1, burstMs: 4 },
      { atMs: 2, burstMs: 9 },
      { atMs: 3, burstMs: 5 },
    ]);
    expect(spans.map((span) => span.waitMs)).toEqual([0, 7, 15, 9]);
  });
});

describe('priorities', () => {
  const stream: readonly Job[] = [
    { atMs: 0, burstMs: 10, priority: 30 },
    ...Array.from({ length: 20 }, (_, i) => ({ atMs: i * 10, burstMs: 10, priority: 10 })),
  ];

  test('a low one starves under a stream of high ones', async () => {
    const spans = await run({ scheduler: 'priority' }, stream);
    expect(spans[0]!.turnaroundMs).toBe(210);
  });

  test('ageing cures it', async () => {
    const spans = await run({ scheduler: 'priority', ageingNs: 2 * MS }, stream);
    expect(spans[0]!.turnaroundMs).toBeLessThan(80);
  });
});

describe('the multilevel feedback queue', () => {
  test('short jobs pass a long one, which goes on below', async () => {
    const spans = await run({ scheduler: 'mlfq', quantumNs: 2 * MS, levels: 3 }, [
      { atMs: 0, burstMs: 40 },
      { atMs: 10, burstMs: 2 },
      { atMs: 20, burstMs: 2 },
    ]);
    expect(spans[1]!.waitMs).toBe(0);
    expect(spans[2]!.waitMs).toBe(0);
    expect(spans[0]!.turnaroundMs).toBe(44);
  });
});

describe('EEVDF', () => {
  test('equal threads on one core end together', async () => {
    const spans = await run({ scheduler: 'eevdf' }, [
      { atMs: 0, burstMs: 100 },
      { atMs: 0, burstMs: 100 },
    ]);
    expect(Math.abs(spans[0]!.turnaroundMs - spans[1]!.turnaroundMs)).toBeLessThanOrEqual(8);
  });

  test('nice 5 gets about a quarter of what nice 0 gets', async () => {
    const spans = await run({ scheduler: 'eevdf' }, [
      { atMs: 0, burstMs: 300 },
      { atMs: 0, burstMs: 300, nice: 5 },
    ]);
    // 1024 to 335: when the first has its 300 ms the other has had about 98.
    expect(spans[0]!.turnaroundMs).toBeGreaterThan(380);
    expect(spans[0]!.turnaroundMs).toBeLessThan(415);
  });

  test('as many cores as threads: nobody waits', async () => {
    const spans = await run({ scheduler: 'eevdf' }, CONVOY, 4);
    expect(spans.map((span) => span.waitMs)).toEqual([0, 0, 0]);
  });
});
