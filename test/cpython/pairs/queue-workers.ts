import { text } from '@netarium/userland/runtimes/threading/python.ts';
import { Queue } from '@netarium/userland/runtimes/threading/queue.ts';
import { Thread } from '@netarium/userland/runtimes/threading/thread.ts';
import type { Pair } from '../pair.ts';
import { pyMain } from '../python-pair.ts';

export default {
  order: 'per thread',
  before: [['all put', 'joined']],
  ratios: [{ name: 'twelve items, three workers', of: ['begin', 'joined'], to: ['joined', 'a sleep'] }],
  main: pyMain((marks) => ({
    async main(py) {
      const [queue, done] = [await Queue.create(py, 3), await py.sys.list_create()];
      marks.at(py, 'begin');
      const threads: Thread[] = [];
      for (let i = 0; i < 3; i++)
        threads.push(await Thread.create(py, { target: 'worker', args: [queue, done], name: `W${i}` }));
      for (const thread of threads) await thread.start();
      const maker = await Thread.create(py, { target: 'producer', args: [queue], name: 'P' });
      await maker.start();
      await maker.join();
      await queue.join();
      marks.at(py, 'joined');
      for (const _ of threads) await queue.put(null);
      for (const thread of threads) await thread.join();
      const items: number[] = [];
      for (let i = 0; i < (await py.sys.list_length(done)); i++) items.push((await py.sys.list_get(done, i)) as number);
      marks.at(py, text(items.sort((a, b) => a - b)));
      await py.sleep(0.05);
      marks.at(py, 'a sleep');
    },
    async worker(py, queue: Queue, done: number) {
      for (let item = await queue.get(); item !== null; item = await queue.get()) {
        await py.sleep(0.05);
        await py.sys.list_push(done, item as number);
        await queue.taskDone();
      }
    },
    async producer(py, queue: Queue) {
      for (let i = 0; i < 12; i++) await queue.put(i);
      marks.at(py, 'all put');
    },
  })),
} satisfies Pair;
