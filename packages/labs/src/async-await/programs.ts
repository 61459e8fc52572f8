/** One coroutine that waits, run by a loop: as the notes print it, and corrected. */
import type { Program } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { run } from '@netarium/userland/runtimes/asyncio/run.ts';
import { createTask, sleep } from '@netarium/userland/runtimes/asyncio/task.ts';

const SECOND_NS = 1_000_000_000;

/** `wait-for SECONDS BUSY told|dropped`: BUSY seconds of another task's computing; whether the task's result is printed. */
export const waitFor: Program = async (sys, argv) => {
  const [seconds, busy] = [Number(argv[1]), Number(argv[2])];
  const startNs = await sys.clock_gettime('monotonic');
  await run(sys, async (loop) => {
    const doSomeWork = async (x: number) => {
      await print(sys, `waiting: ${x}\n`);
      await sleep(loop, x * SECOND_NS);
      return `Done after ${x}s`;
    };
    // Only this makes it run: a coroutine that nobody drives does nothing.
    const task = createTask(loop, () => doSomeWork(seconds));
    if (busy > 0) createTask(loop, () => sys.cpu(busy * SECOND_NS));
    const result = await task.wait();
    if (argv[3] === 'told') await print(sys, `Task ret: ${result}\n`);
  });
  const tookNs = (await sys.clock_gettime('monotonic')) - startNs;
  await print(sys, `Time: ${(tookNs / SECOND_NS).toFixed(2)}\n`);
  return 0;
};
