/** The runtimes in the manner of Python, which stand on threads, cells, locks, pipes and forks: what they promise, on whichever kernel. */
import { gather } from '@netarium/userland/runtimes/asyncio/gather.ts';
import { run } from '@netarium/userland/runtimes/asyncio/run.ts';
import { sleep } from '@netarium/userland/runtimes/asyncio/task.ts';
import { ThreadPoolExecutor } from '@netarium/userland/runtimes/futures/thread-pool.ts';
import type { Connection } from '@netarium/userland/runtimes/multiprocessing/connection.ts';
import { Pipe } from '@netarium/userland/runtimes/multiprocessing/connection.ts';
import { Pool } from '@netarium/userland/runtimes/multiprocessing/pool.ts';
import { Process } from '@netarium/userland/runtimes/multiprocessing/process.ts';
import * as between from '@netarium/userland/runtimes/multiprocessing/queue.ts';
import { Value } from '@netarium/userland/runtimes/multiprocessing/synchronize.ts';
import { Event } from '@netarium/userland/runtimes/threading/condition.ts';
import { Lock } from '@netarium/userland/runtimes/threading/lock.ts';
import { python } from '@netarium/userland/runtimes/threading/program.ts';
import type { Python } from '@netarium/userland/runtimes/threading/python.ts';
import { Queue } from '@netarium/userland/runtimes/threading/queue.ts';
import type { Passable } from '@netarium/userland/runtimes/threading/shared.ts';
import { Thread } from '@netarium/userland/runtimes/threading/thread.ts';
import { Broken, holds, MS, same, tookNs } from '../suite.ts';

const COUNT = 30;
const numbers = Array.from({ length: COUNT }, (_, i) => i);
const sorted = (values: readonly unknown[]): number[] => (values as number[]).toSorted((a, b) => a - b);

async function threads(py: Python, target: string, count: number, ...args: Passable[]): Promise<Thread[]> {
  const made: Thread[] = [];
  for (let i = 0; i < count; i++) made.push(await Thread.create(py, { target, args }));
  for (const one of made) await one.start();
  return made;
}

async function processes(py: Python, target: string, count: number, ...args: Passable[]): Promise<Process[]> {
  const made: Process[] = [];
  for (let i = 0; i < count; i++) made.push(await Process.create(py, { target, args }));
  for (const one of made) await one.start();
  return made;
}

async function joined(all: readonly { join(): Promise<void> }[]): Promise<void> {
  for (const one of all) await one.join();
}

export const cases: Readonly<Record<string, (py: Python) => Promise<void>>> = {
  async 'a Lock makes += exact between threads'(py) {
    const [lock, cell] = [await Lock.create(py), await py.sys.cell_create(0)];
    await joined(await threads(py, 'adds', 4, lock, cell, 50));
    same(await py.sys.cell_load(cell), 200, 'four times 50');
  },

  async 'an Event lets all go that wait for it'(py) {
    const [event, cell] = [await Event.create(py), await py.sys.cell_create(0)];
    const waiting = await threads(py, 'waits', 3, event, cell);
    same(await event.wait(0.02), false, 'not yet');
    await event.set();
    await joined(waiting);
    same(await py.sys.cell_load(cell), 3, 'three went on');
  },

  async 'queue.Queue: one marker for each consumer, each item once, put waits for a place'(py) {
    const [queue, taken] = [await Queue.create(py, 3), await py.sys.list_create()];
    const consumers = await threads(py, 'consumes', 3, queue, taken);
    for (const item of numbers) await queue.put(item);
    for (let i = 0; i < 3; i++) await queue.put(null);
    await joined(consumers);
    const items: unknown[] = [];
    for (let i = await py.sys.list_length(taken); i > 0; i--) items.push(await py.sys.list_remove(taken, 0));
    same(sorted(items), numbers, 'what was taken');
    for (let i = 0; i < 3; i++) await queue.put(i);
    const before = await py.monotonic();
    const refused = await queue.put('too much', true, 0.03).then(
      () => 'taken',
      (error: Error) => error.name,
    );
    same(refused, 'Full', 'a fourth item');
    holds((await py.monotonic()) - before >= 0.03, 'after its time');
  },

  async 'task_done and join: daemons are left behind, nothing is lost'(py) {
    const [queue, sum] = [await Queue.create(py), await py.sys.cell_create(0)];
    for (let i = 0; i < 3; i++) {
      const daemon = await Thread.create(py, { target: 'sums', args: [queue, sum], daemon: true });
      await daemon.start();
    }
    for (const item of numbers) await queue.put(item);
    await queue.join();
    same(await py.sys.cell_load(sum), 435, 'the sum of all');
  },

  async 'ThreadPoolExecutor.map keeps the order, and tells what was raised'(py) {
    const pool = await ThreadPoolExecutor.create(py, { maxWorkers: 4 });
    const squares: Passable[] = [];
    for await (const one of await pool.map(
      'square',
      numbers.map((n) => [n]),
    ))
      squares.push(one);
    same(
      squares,
      numbers.map((n) => n * n),
      'squares',
    );
    const failing = await pool.submit('fails', 'on purpose');
    same((await failing.exception())?.message, 'on purpose', 'the error');
    await pool.shutdown();
  },

  async 'a Queue between processes: each item once, in the order of its producer'(py) {
    const [queue, answers] = [await between.Queue.create(py, 5), await between.Queue.create(py)];
    const consumers = await processes(py, 'consumesBetween', 2, queue, answers);
    for (const item of numbers) await queue.put(item);
    for (let i = 0; i < 2; i++) await queue.put(null);
    const shares: number[][] = [];
    for (let i = 0; i < 2; i++) shares.push((await answers.get()) as unknown as number[]);
    await joined(consumers);
    same(sorted(shares.flat()), numbers, 'what was taken');
    for (const share of shares) same(sorted(share), share, 'in order');
    for (const consumer of consumers) same(await consumer.exitcode(), 0, 'exit code');
  },

  async 'a Pipe ends when its process does, and a Value is shared'(py) {
    const [ours, theirs] = await Pipe(py, false);
    const value = await Value.create(py, 5);
    const [child] = await processes(py, 'sends', 1, theirs, value);
    await theirs.close();
    same(await ours.recv(), { text: 'from the child', list: [1, 2, 3] }, 'received');
    const end = await ours.recv().then(
      () => 'more',
      (error: Error) => error.name,
    );
    same(end, 'EOFError', 'the end');
    await child!.join();
    same([await child!.exitcode(), await value.get()], [3, 6], 'exit code and value');
  },

  async 'Pool.map: results in order, by other processes'(py) {
    const pool = await Pool.create(py, 2);
    same(
      await pool.map('square', numbers),
      numbers.map((n) => n * n),
      'squares',
    );
    const pids = (await pool.map('tellsPid', [1, 2, 3, 4], 1)) as number[];
    holds(!pids.includes(await py.sys.getpid()), 'not by the parent');
    await pool.close();
    await pool.join();
  },

  async 'asyncio: ten sleeps take the time of one'(py) {
    const took = await tookNs(py.sys, () =>
      run(py.sys, async (loop) => {
        const sleeps = Array.from({ length: 10 }, () => () => sleep(loop, 300 * MS));
        await gather(loop, sleeps).wait();
      }),
    );
    holds(took >= 300 * MS && took < 2700 * MS, `ten times 300 ms took ${took} ns`);
  },
};

const program = python('3.11', {
  async main(py, [, name = '', dir = '']) {
    await py.sys.chdir(dir);
    try {
      await cases[name]!(py);
      await py.print('kept');
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      await py.print(error.message);
      py.exit(1);
    }
  },
  async adds(py, lock: Lock, cell: number, times: number) {
    for (let i = 0; i < times; i++)
      await lock.with(async () => {
        const value = (await py.sys.cell_load(cell)) as number;
        await py.sys.cell_store(cell, value + 1);
      });
  },
  async waits(py, event: Event, cell: number) {
    await event.wait();
    await py.sys.cell_add(cell, 1);
  },
  async consumes(py, queue: Queue, taken: number) {
    for (let item = await queue.get(); item !== null; item = await queue.get())
      await py.sys.list_push(taken, item as number);
  },
  async sums(py, queue: Queue, sum: number) {
    for (;;) {
      await py.sys.cell_add(sum, (await queue.get()) as number);
      await queue.taskDone();
    }
  },
  async consumesBetween(_py, queue: between.Queue, answers: between.Queue) {
    const taken: Passable[] = [];
    for (let item = await queue.get(); item !== null; item = await queue.get()) taken.push(item);
    await answers.put(taken as Passable);
  },
  async sends(py, to: Connection, value: Value) {
    await value.set(6);
    await to.send({ text: 'from the child', list: [1, 2, 3] });
    py.exit(3);
  },
  async square(_py, n: number) {
    return n * n;
  },
  async tellsPid(py) {
    return py.sys.getpid();
  },
  async fails(_py, why: string) {
    throw new RangeError(why);
  },
});

export const { main } = program;
/** With the entries of the libraries. */
export const entries = program;
