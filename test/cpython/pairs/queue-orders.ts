import { text } from '@netarium/userland/runtimes/threading/python.ts';
import { Queue, SimpleQueue } from '@netarium/userland/runtimes/threading/queue.ts';
import type { Pair } from '../pair.ts';
import { pyMain } from '../python-pair.ts';

export default {
  order: 'total',
  main: pyMain((marks) => ({
    async main(py) {
      for (const order of ['fifo', 'lifo', 'priority'] as const) {
        const queue = await Queue.create(py, 0, order);
        for (const item of [3, 1, 2, 5, 4]) await queue.put(item);
        const taken: unknown[] = [];
        for (let i = 0; i < 5; i++) taken.push(await queue.get());
        marks.at(py, text(taken));
      }
      const pairs = await Queue.create(py, 0, 'priority');
      for (const item of [
        [2, 'b'],
        [1, 'z'],
        [1, 'a'],
      ])
        await pairs.put(item);
      const taken: unknown[] = [];
      for (let i = 0; i < 3; i++) taken.push(((await pairs.get()) as unknown[])[1]);
      marks.at(py, text(taken));
      await pairs.put(1);
      await marks.raises(py, () => pairs.put('x'));
      const queue = await Queue.create(py, 2);
      await marks.raises(py, () => queue.getNowait());
      await marks.raises(py, () => queue.get(true, 0.05));
      await marks.raises(py, () => queue.get(true, -1));
      await queue.put('a');
      await queue.put('b');
      marks.at(py, `${text(await queue.full())} ${text(await queue.empty())} ${await queue.qsize()}`);
      await marks.raises(py, () => queue.putNowait('c'));
      await marks.raises(py, () => queue.put('c', true, 0.05));
      await queue.taskDone();
      await queue.taskDone();
      await marks.raises(py, () => queue.taskDone());
      await queue.join();
      const simple = await SimpleQueue.create(py);
      await marks.raises(py, () => simple.getNowait());
      await marks.raises(py, () => simple.get(true, 0.05));
      await simple.put(1);
      marks.at(py, `${await simple.qsize()} ${await simple.get()} ${text(await simple.empty())}`);
    },
  })),
} satisfies Pair;
