/**
 * Ten thousand threads, and a hundred thousand coroutines, each in one world: peak memory of this process and CPU time. A thread sleeps and computes ten times; a
 * coroutine is a task of one asyncio-like loop that sleeps ten times. `npx tsx bench/micro/many-threads.ts threads|coroutines`.
 */
import { bench } from '../../packages/core/src/syscall/kernel.test-util.ts';
import type { ProgramModule } from '../../packages/core/src/syscall/program.ts';
import type { Sys } from '../../packages/core/src/syscall/sys.ts';
import { gather } from '../../packages/userland/src/runtimes/asyncio/gather.ts';
import { run } from '../../packages/userland/src/runtimes/asyncio/run.ts';
import { createTask, sleep } from '../../packages/userland/src/runtimes/asyncio/task.ts';

const MS = 1_000_000;
const ROUNDS = 10;

const threads: ProgramModule = {
  async main(sys) {
    const tids: number[] = [];
    for (let i = 0; i < 10_000; i++) tids.push(await sys.thread_create('worker', [i]));
    for (const tid of tids) await sys.thread_join(tid);
    return 0;
  },
  async worker(sys: Sys, i: number) {
    for (let round = 0; round < ROUNDS; round++) {
      await sys.nanosleep((100 + (i % 10)) * MS);
      await sys.cpu(10_000);
    }
  },
};

const coroutines: ProgramModule = {
  async main(sys) {
    await run(sys, async (loop) => {
      const one = async (i: number): Promise<void> => {
        for (let round = 0; round < ROUNDS; round++) await sleep(loop, (100 + (i % 10)) * MS);
      };
      await gather(
        loop,
        Array.from({ length: Number(process.argv[3] ?? 100_000) }, (_, i) => createTask(loop, () => one(i))),
      ).wait();
    });
    return 0;
  },
};

const what = process.argv[2] === 'coroutines' ? 'coroutines' : 'threads';
const world = bench();
const { process: started } = world.start(what === 'threads' ? threads : coroutines);
const before = process.cpuUsage();
await world.run(3_600_000_000_000);
const used = process.cpuUsage(before);
console.log(
  JSON.stringify({
    name: what,
    ended: started.exitStatus?.code === 0,
    virtualMs: Math.round(world.queue.now / MS),
    cpuSeconds: Number(((used.user + used.system) / 1e6).toFixed(2)),
    peakMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    crashes: world.crashes.map(String).slice(0, 1),
  }),
);
