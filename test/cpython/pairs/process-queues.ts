import { Process } from '@netarium/userland/runtimes/multiprocessing/process.ts';
import { JoinableQueue, Queue, SimpleQueue } from '@netarium/userland/runtimes/multiprocessing/queue.ts';
import { text } from '@netarium/userland/runtimes/threading/python.ts';
import { activeCount } from '@netarium/userland/runtimes/threading/thread.ts';
import type { Pair } from '../pair.ts';
import { pyMain } from '../python-pair.ts';

export default {
  order: 'total',
  main: pyMain((marks) => ({
    async main(py) {
      const small = await Queue.create(py, 1);
      marks.at(py, `threads ${await activeCount(py)}`);
      await marks.raises(py, () => small.getNowait());
      await marks.raises(py, () => small.get(true, 0.05));
      await small.put(1);
      marks.at(py, `threads ${await activeCount(py)}`);
      await marks.raises(py, () => small.putNowait(2));
      await marks.raises(py, () => small.put(2, true, 0.05));
      const seen = [await small.full(), await small.qsize(), await small.get(), await small.empty()];
      marks.at(py, seen.map(text).join(' '));

      const [queue, out] = [await Queue.create(py, 3), await Queue.create(py)];
      const processes: Process[] = [];
      for (const start of [0, 10])
        processes.push(await Process.create(py, { target: 'produce', args: [queue, start] }));
      for (let i = 0; i < 2; i++) processes.push(await Process.create(py, { target: 'consume', args: [queue, out] }));
      for (const process of processes) await process.start();
      for (const process of processes.slice(0, 2)) await process.join();
      for (let i = 0; i < 2; i++) await queue.put(null);
      const items: number[] = [];
      for (let i = 0; i < 10; i++) items.push((await out.get()) as number);
      for (const process of processes.slice(2)) await process.join();
      marks.at(py, text(items.sort((a, b) => a - b)));

      const joinable = await JoinableQueue(py);
      await (await Process.create(py, { target: 'work', args: [joinable], daemon: true })).start();
      for (let i = 0; i < 4; i++) await joinable.put(i);
      await joinable.join();
      marks.at(py, 'joined');
      await marks.raises(py, () => joinable.taskDone());
      const simple = await SimpleQueue.create(py);
      await (await Process.create(py, { target: 'hello', args: [simple] })).start();
      marks.at(py, `${await simple.get()} ${text(await simple.empty())}`);
    },
    async produce(_py, queue: Queue, start: number) {
      for (let i = 0; i < 5; i++) await queue.put(start + i);
    },
    async consume(_py, queue: Queue, out: Queue) {
      for (let item = await queue.get(); item !== null; item = await queue.get()) await out.put(item);
    },
    async work(py, queue: Queue) {
      for (;;) {
        await queue.get();
        await py.sleep(0.05);
        await queue.taskDone();
      }
    },
    async hello(_py, queue: SimpleQueue) {
      await queue.put('hello');
    },
  })),
} satisfies Pair;
