/** Ten thousand threads in one world, each of which sleeps and computes ten times: peak memory of this process and CPU time. */
import { bench } from '../../packages/core/src/syscall/kernel.test-util.ts';
import type { Sys } from '../../packages/core/src/syscall/sys.ts';

const MS = 1_000_000;
const THREADS = 10_000;
const ROUNDS = 10;

const world = bench();
const { process: started } = world.start({
  async main(sys) {
    const tids: number[] = [];
    for (let i = 0; i < THREADS; i++) tids.push(await sys.thread_create('worker', [i]));
    for (const tid of tids) await sys.thread_join(tid);
    return 0;
  },
  async worker(sys: Sys, i: number) {
    for (let round = 0; round < ROUNDS; round++) {
      await sys.nanosleep((100 + (i % 10)) * MS);
      await sys.cpu(10_000);
    }
  },
});
const before = process.cpuUsage();
await world.run(3_600_000_000_000);
const used = process.cpuUsage(before);
console.log(
  JSON.stringify({
    name: 'threads',
    count: THREADS,
    ended: started.exitStatus?.code === 0,
    virtualMs: Math.round(world.queue.now / MS),
    cpuS: Number(((used.user + used.system) / 1e6).toFixed(2)),
    peakMib: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
);
