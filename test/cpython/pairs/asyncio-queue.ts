/** A bounded queue between two producers and three consumers: who is held back, who gets what, and join. */
import { gather } from '@netarium/userland/runtimes/asyncio/gather.ts';
import { Queue } from '@netarium/userland/runtimes/asyncio/queue.ts';
import { createTask, sleep } from '@netarium/userland/runtimes/asyncio/task.ts';
import { inAsyncio, MS } from '../asyncio-pair.ts';
import type { Pair } from '../pair.ts';

export default {
  order: 'total',
  main: inAsyncio(async (loop, trace) => {
    const queue = new Queue<string>(loop, 2);
    const producer = (name: string, count: number) => async () => {
      for (let i = 0; i < count; i++) {
        await queue.put(`${name}${i}`);
        trace.at(`put ${name}${i}, ${queue.size} inside`);
      }
    };
    const consumer = (name: string) => async () => {
      for (;;) {
        const item = await queue.get();
        trace.at(`${name} got ${item}`);
        await sleep(loop, 0);
        queue.taskDone();
      }
    };
    const tryIt = (step: () => void) => {
      try {
        step();
      } catch (error) {
        trace.raised(error);
      }
    };
    const producers = ['p', 'q'].map((name) => createTask(loop, producer(name, 4)));
    await sleep(loop, 10 * MS);
    trace.at(`full: ${queue.full ? 'True' : 'False'}`);
    tryIt(() => queue.putNowait('too much'));
    const consumers = [0, 1, 2].map((i) => createTask(loop, consumer(`c${i}`)));
    await gather(loop, producers).wait();
    await queue.join();
    trace.at('joined');
    for (const task of consumers) task.cancel();
    await gather<unknown>(loop, consumers, { returnExceptions: true }).wait();
    tryIt(() => queue.getNowait());
  }),
} satisfies Pair;
