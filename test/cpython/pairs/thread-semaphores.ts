import { text } from '@netarium/userland/runtimes/threading/python.ts';
import { BoundedSemaphore, Semaphore } from '@netarium/userland/runtimes/threading/semaphore.ts';
import { Thread } from '@netarium/userland/runtimes/threading/thread.ts';
import type { Pair } from '../pair.ts';
import { pyMain } from '../python-pair.ts';

const all = (...values: readonly unknown[]): string => values.map(text).join(' ');

export default {
  order: 'per thread',
  ratios: [{ name: 'six of 0.1 s through two places', of: ['begin', 'six by two'], to: ['six by two', 'one more'] }],
  main: pyMain((marks) => ({
    async main(py) {
      await marks.raises(py, () => Semaphore.create(py, -1));
      const [semaphore, bounded] = [await Semaphore.create(py, 2), await BoundedSemaphore.create(py, 1)];
      marks.at(py, all(await bounded.acquire(), await bounded.acquire(false), await bounded.acquire(true, 0.05)));
      await bounded.release();
      await marks.raises(py, () => bounded.release());
      await marks.raises(py, () => semaphore.acquire(false, 1));
      await marks.raises(py, () => semaphore.release(0));
      marks.at(py, 'begin');
      const threads: Thread[] = [];
      for (let i = 0; i < 6; i++)
        threads.push(await Thread.create(py, { target: 'work', args: [semaphore], name: `T${i}` }));
      for (const thread of threads) await thread.start();
      for (const thread of threads) await thread.join();
      marks.at(py, 'six by two');
      await py.sleep(0.1);
      marks.at(py, 'one more');
      await semaphore.release(3);
      const got: boolean[] = [];
      for (let i = 0; i < 6; i++) got.push(await semaphore.acquire(false));
      marks.at(py, text(got));
    },
    async work(py, semaphore: Semaphore) {
      await semaphore.with(async () => {
        await py.sleep(0.1);
        marks.at(py, 'worked');
      });
    },
  })),
} satisfies Pair;
