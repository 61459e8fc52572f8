/**
 * The program of the lab: a set of jobs, each a thread. `job-set A@0:24 B@0:3!1 C@5:2~4~2`: job A arrives at 0 ms and computes for 24; B has priority 1; C
 * arrives at 5, computes for 2, waits 4 for a device, computes for 2. All sleep before the first arrives, so that arrival is a wake-up.
 */
import type { ProgramModule } from '@netarium/core/syscall/program.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';

const MS = 1_000_000;
/** Before this nothing arrives. */
export const START_MS = 1;

export const jobSet: ProgramModule = {
  async main(sys, [, ...plans]) {
    const tids: number[] = [];
    for (const plan of plans) {
      const match = /^(\w+)@(\d+):([\d~]+)(?:!(\d+))?$/.exec(plan);
      if (match === null) return 2;
      const [, name, arrival, bursts, priority] = match;
      const tid = await sys.thread_create('job', [Number(arrival), bursts!.split('~').map(Number)], { name: name! });
      if (priority !== undefined) await sys.sched_setpriority(tid, Number(priority));
      tids.push(tid);
    }
    for (const tid of tids) await sys.thread_join(tid);
    return 0;
  },

  /** Bursts and waits for the device in turn. */
  async job(sys: Sys, arrivalMs: number, parts: readonly number[]) {
    await sys.nanosleep((START_MS + arrivalMs) * MS);
    for (const [i, part] of parts.entries()) {
      if (i % 2 === 0) await sys.cpu(part * MS);
      else await sys.nanosleep(part * MS);
    }
  },
};
