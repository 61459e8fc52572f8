/**
 * `market PRODUCERS ITEMS CONSUMERS MARKERS WHEN [QUEUE]`: cooks put food into a queue between processes, guests eat until they meet the end marker (None).
 * WHEN the markers are put: `after` all cooks have been joined, `each` by every cook at its own end, `early` before the cooks have begun, `never`.
 * QUEUE: `Queue`, or `JoinableQueue`, where guests are daemons and the end is known by task_done and join.
 */
import { Process } from '@netarium/userland/runtimes/multiprocessing/process.ts';
import { JoinableQueue, Queue } from '@netarium/userland/runtimes/multiprocessing/queue.ts';
import { python } from '@netarium/userland/runtimes/threading/program.ts';
import { joinAll, startProcesses } from '../lib/python-threads.ts';

const MAXSIZE = 10;

export const market = python('3.11', {
  async main(py, [, producers, items, consumers, markers, when, kind = 'Queue']) {
    const joinable = kind === 'JoinableQueue';
    const queue = joinable ? await JoinableQueue(py, MAXSIZE) : await Queue.create(py, MAXSIZE);
    if (when === 'early') for (let i = 0; i < Number(markers); i++) await queue.put(null);
    const cooks: Process[] = [];
    for (let i = 1; i <= Number(producers); i++) {
      const args = [`cook${i}`, Number(items), when === 'each' ? Number(markers) : 0, queue];
      cooks.push(await Process.create(py, { target: 'produce', args }));
    }
    for (const cook of cooks) await cook.start();
    const guests = Array.from({ length: Number(consumers) }, (_, i) => ({
      target: 'consume',
      args: [`guest${i + 1}`, queue, joinable],
      daemon: joinable,
    }));
    await startProcesses(py, guests);
    await joinAll(cooks);
    if (when === 'after') for (let i = 0; i < Number(markers); i++) await queue.put(null);
    if (joinable) await queue.join();
    await py.print('main done');
  },
  async produce(py, name: string, items: number, markers: number, queue: Queue) {
    for (let i = 0; i < items; i++) {
      await py.sleep(await py.uniform(0.1, 0.3));
      const food = `${name}-${i}`;
      await py.print(name, 'made', food);
      await queue.put(food);
    }
    for (let i = 0; i < markers; i++) await queue.put(null);
  },
  async consume(py, name: string, queue: Queue, joinable: boolean) {
    for (;;) {
      const food = await queue.get();
      if (food === null) break;
      await py.sleep(await py.uniform(0.1, 0.3));
      await py.print(name, 'ate', food);
      if (joinable) await queue.taskDone();
    }
  },
});
