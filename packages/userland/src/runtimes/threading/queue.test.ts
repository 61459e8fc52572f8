import { describe, expect, test } from 'vitest';
import { raised, runPython } from '../python.test-util.ts';
import { less } from './heap.ts';
import { Queue, SimpleQueue } from './queue.ts';
import { Thread } from './thread.ts';

describe('queue', () => {
  test('orders: first in first out, last in first out, smallest first', async () => {
    const { lines } = await runPython({
      async main(py) {
        for (const order of ['fifo', 'lifo', 'priority'] as const) {
          const queue = await Queue.create(py, 0, order);
          for (const item of [3, 1, 2, 5, 4]) await queue.put(item);
          const taken: unknown[] = [];
          while (!(await queue.empty())) taken.push(await queue.get());
          await py.print(taken.join(' '));
        }
        const pairs = await Queue.create(py, 0, 'priority');
        for (const item of [
          [2, 'b'],
          [1, 'z'],
          [1, 'a'],
        ])
          await pairs.put(item);
        await py.print(await pairs.get(), await pairs.get());
      },
    });
    expect(lines).toEqual(['3 1 2 5 4', '4 5 2 1 3', '1 2 3 4 5', "[1, 'a'] [1, 'z']"]);
    expect(() => less({}, 1)).toThrow("'<' not supported between instances of 'dict' and 'int'");
  });

  test('bounded: full and empty, at once and in time', async () => {
    const { lines } = await runPython({
      async main(py) {
        const queue = await Queue.create(py, 1);
        await py.print(await raised(() => queue.getNowait()), await raised(() => queue.get(true, 0.01)));
        await queue.put('a');
        await py.print(
          await raised(() => queue.putNowait('b')),
          await raised(() => queue.put('b', true, 0.01)),
          await queue.full(),
        );
        const taker = await Thread.create(py, { target: 'take', args: [queue] });
        await taker.start();
        await queue.put('b');
        await py.print('put b at', Math.round((await py.monotonic()) * 100));
        await taker.join();
        await py.print(
          await raised(() => queue.taskDone()),
          await raised(() => queue.taskDone()),
          await raised(() => queue.taskDone()),
        );
      },
      async take(py, queue: Queue) {
        await py.sleep(0.03);
        await py.print(await queue.get());
      },
    });
    expect(lines.slice(0, 2)).toEqual(['Empty Empty', 'Full Full True']);
    expect(lines.slice(2, 4).sort()).toEqual(['a', 'put b at 5']);
    expect(lines[4]).toBe('undefined undefined ValueError: task_done() called too many times');
  });

  test('join waits until every item is done with; workers are daemons', async () => {
    const { lines, code } = await runPython({
      async main(py) {
        const queue = await Queue.create(py);
        for (let i = 0; i < 3; i++)
          await (await Thread.create(py, { target: 'worker', args: [queue], daemon: true })).start();
        for (let i = 0; i < 9; i++) await queue.put(i);
        await queue.join();
        await py.print('all done');
      },
      async worker(py, queue: Queue) {
        for (;;) {
          const item = await queue.get();
          await py.sleep(0.01);
          await py.print(item);
          await queue.taskDone();
        }
      },
    });
    expect(code).toBe(0);
    expect(lines).toHaveLength(10);
    expect(lines.at(-1)).toBe('all done');
  });

  test('a simple queue', async () => {
    const { lines } = await runPython({
      async main(py) {
        const queue = await SimpleQueue.create(py);
        await (await Thread.create(py, { target: 'fill', args: [queue] })).start();
        await py.print(await queue.get(), await queue.get(), await raised(() => queue.getNowait()));
        await py.print(await queue.empty());
      },
      async fill(py, queue: SimpleQueue) {
        await queue.put([1, { a: null }]);
        await py.sleep(0.01);
        await queue.put('x');
      },
    });
    expect(lines).toEqual(['[1, [object Object]] x Empty', 'True']);
  });
});
