/** 100,000 coroutines of one thread that sleep a second at once: how long the world takes, and its memory at the most. */
import { bench } from '../../packages/core/src/syscall/kernel.test-util.ts';
import { gather } from '../../packages/userland/src/runtimes/asyncio/gather.ts';
import { run } from '../../packages/userland/src/runtimes/asyncio/run.ts';
import { sleep } from '../../packages/userland/src/runtimes/asyncio/task.ts';

const COUNT = Number(process.argv[2] ?? 100_000);

const world = bench();
world.start(async (sys) => {
  await run(sys, async (loop) => {
    const sleeps = Array.from({ length: COUNT }, () => () => sleep(loop, 1_000_000_000));
    await gather(loop, sleeps).wait();
  });
  return 0;
});
const before = process.cpuUsage();
await world.run();
const used = process.cpuUsage(before);
console.log(
  JSON.stringify({
    name: 'coroutines',
    count: COUNT,
    virtualS: world.queue.now / 1e9,
    cpuS: (used.user + used.system) / 1e6,
    peakMib: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
);
