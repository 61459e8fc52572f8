/**
 * `market PRODUCERS ITEMS CONSUMERS MARKERS WHEN [KIND]`: cooks put food into a queue, guests eat until they meet the end marker (None).
 *
 * WHEN the markers are put: `after` all cooks have been joined, `each` by every cook at its own end, `early` before the cooks have begun, `never`; `empty`:
 * never, and guests leave when the queue is empty; `unstarted`: `each`, but nobody starts the cooks.
 *
 * KIND: `Queue` between processes; `JoinableQueue`, where guests are daemons and the end is known by task_done and join; `threads` with a queue.Queue, and
 * `joinable-threads`.
 *
 * `relay FIRST ROUNDS`: the same without a queue: a generator is the guest, the cook sends to it; what is false ends it.
 */
import { Coroutine, StopIteration } from '@netarium/userland/runtimes/coroutine.ts';
import { Process } from '@netarium/userland/runtimes/multiprocessing/process.ts';
import * as between from '@netarium/userland/runtimes/multiprocessing/queue.ts';
import { python } from '@netarium/userland/runtimes/threading/program.ts';
import type { Python } from '@netarium/userland/runtimes/threading/python.ts';
import { Queue } from '@netarium/userland/runtimes/threading/queue.ts';
import { Thread } from '@netarium/userland/runtimes/threading/thread.ts';
import { joinAll, type Start } from '../lib/python-threads.ts';

const MAXSIZE = 10;
type AnyQueue = Queue | between.Queue;

interface Staff {
  /** Waits for a last task_done. */
  readonly joinable: boolean;
  queue(py: Python): Promise<AnyQueue>;
  hire(py: Python, start: Start): Promise<Thread | Process>;
}

const processes = (joinable: boolean): Staff => ({
  joinable,
  queue: (py) => (joinable ? between.JoinableQueue(py, MAXSIZE) : between.Queue.create(py, MAXSIZE)),
  hire: (py, start) => Process.create(py, start),
});
const threads = (joinable: boolean): Staff => ({
  joinable,
  queue: (py) => Queue.create(py, MAXSIZE),
  hire: (py, start) => Thread.create(py, start),
});

const STAFF: ReadonlyMap<string, Staff> = new Map([
  ['Queue', processes(false)],
  ['JoinableQueue', processes(true)],
  ['threads', threads(false)],
  ['joinable-threads', threads(true)],
]);

export const market = python('3.11', {
  async main(py, [, producers, items, consumers, markers, when, kind = 'Queue']) {
    const staff = STAFF.get(kind)!;
    const queue = await staff.queue(py);
    const put = async (): Promise<void> => {
      for (let i = 0; i < Number(markers); i++) await queue.put(null);
    };
    if (when === 'early') await put();
    const own = when === 'each' || when === 'unstarted' ? Number(markers) : 0;
    const cooks: (Thread | Process)[] = [];
    for (let i = 1; i <= Number(producers); i++)
      cooks.push(await staff.hire(py, { target: 'produce', args: [`cook${i}`, Number(items), own, queue] }));
    const started = when === 'unstarted' ? [] : cooks;
    for (const cook of started) await cook.start();
    for (let i = 1; i <= Number(consumers); i++) {
      const args = [`guest${i}`, queue, staff.joinable, when === 'empty'];
      await (await staff.hire(py, { target: 'consume', args, daemon: staff.joinable })).start();
    }
    await joinAll(started);
    if (when === 'after') await put();
    if (staff.joinable) await queue.join();
    await py.print('main done');
  },
  async produce(py, name: string, items: number, markers: number, queue: AnyQueue) {
    for (let i = 0; i < items; i++) {
      await py.sleep(await py.uniform(0.1, 0.3));
      const food = `${name}-${i}`;
      await py.print(name, 'made', food);
      await queue.put(food);
    }
    for (let i = 0; i < markers; i++) await queue.put(null);
  },
  async consume(py, name: string, queue: AnyQueue, joinable: boolean, untilEmpty: boolean) {
    while (!untilEmpty || !(await queue.empty())) {
      const food = await queue.get();
      if (food === null) break;
      await py.sleep(await py.uniform(0.1, 0.3));
      await py.print(name, 'ate', food);
      if (joinable) await queue.taskDone();
    }
  },
});

/** Takes what is sent, until it is false. */
async function* guest(py: Python): AsyncGenerator<string, void, number | undefined> {
  for (let answer = 'hungry'; ; answer = 'thanks') {
    const food = yield answer;
    if (!food) return;
    await py.print('guest ate', food);
  }
}

export const relay = python('3.11', {
  async main(py, [, first, rounds]) {
    const eater = new Coroutine(guest(py));
    await py.print('guest says', await eater.next());
    try {
      for (let food = Number(first); food < Number(first) + Number(rounds); food++) {
        await py.print('cook made', food);
        await py.print('guest says', await eater.send(food));
      }
    } catch (error) {
      if (!(error instanceof StopIteration)) throw error;
      await py.print('StopIteration');
    }
    await eater.close();
    await py.print('main done');
  },
});
