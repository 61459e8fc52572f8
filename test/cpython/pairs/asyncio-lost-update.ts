/** Ten tasks add 100 each: read, await, write loses updates; without an await between, or with a lock, none. */
import type { Coroutine } from '@netarium/userland/runtimes/asyncio/future.ts';
import { gather } from '@netarium/userland/runtimes/asyncio/gather.ts';
import { Lock } from '@netarium/userland/runtimes/asyncio/locks.ts';
import { sleep } from '@netarium/userland/runtimes/asyncio/task.ts';
import { inAsyncio } from '../asyncio-pair.ts';
import type { Pair } from '../pair.ts';

const [TASKS, TIMES] = [10, 100];

export default {
  order: 'total',
  main: inAsyncio(async (loop, trace) => {
    let n = 0;
    const lock = new Lock(loop);
    const update = async () => {
      const seen = n;
      await sleep(loop, 0);
      n = seen + 1;
    };
    const atomic = async () => {
      n = n + 1;
      await sleep(loop, 0);
    };
    const total = async (name: string, step: Coroutine<void>) => {
      n = 0;
      const task = async () => {
        for (let i = 0; i < TIMES; i++) await step();
      };
      await gather(
        loop,
        Array.from({ length: TASKS }, () => task),
      ).wait();
      trace.at(`${name}: ${n}`);
    };
    await total('across an await', update);
    await total('without an await between', atomic);
    await total('with a lock', () => lock.with(update));
  }),
} satisfies Pair;
