/** Programs about multiprocessing.Queue: who gets what, what waits when it is full, and the thread that feeds its pipe. */
import { type Connection, Pipe } from '@netarium/userland/runtimes/multiprocessing/connection.ts';
import { Queue, SimpleQueue } from '@netarium/userland/runtimes/multiprocessing/queue.ts';
import { python } from '@netarium/userland/runtimes/threading/program.ts';
import type { Passable } from '@netarium/userland/runtimes/threading/shared.ts';
import { enumerate } from '@netarium/userland/runtimes/threading/thread.ts';
import { joinAll, startProcesses } from '../lib/python-threads.ts';

export const PROCESSES = 3;
export const ITEMS = 8;
/** Longer than PIPE_BUF: a write of it may be torn apart. */
const PADDING = 20_000;

interface Way {
  put(item: Passable): Promise<void>;
  get(): Promise<Passable>;
}

/** The two ends of a bare pipe, without a lock. */
const bare = (reader: Connection, writer: Connection): Way => ({
  put: (item) => writer.send(item),
  get: () => reader.recv(),
});

/** `deliver Queue|Pipe`: three processes put numbers, three take them; each item is long. */
export const deliver = python('3.11', {
  async main(py, [, kind]) {
    const queue = kind === 'Queue' ? await Queue.create(py) : null;
    const [reader, writer] = await Pipe(py, false);
    const args = [queue, reader, writer];
    const takers = Array.from({ length: PROCESSES }, () => ({ target: 'take', args }));
    const givers = Array.from({ length: PROCESSES }, (_, i) => ({ target: 'give', args: [...args, i] }));
    const started = await startProcesses(py, takers);
    await joinAll(await startProcesses(py, givers));
    const way = queue ?? bare(reader, writer);
    for (let i = 0; i < PROCESSES; i++) await way.put(null);
    await joinAll(started);
  },
  async give(_py, queue: Queue | null, reader: Connection, writer: Connection, giver: number) {
    const way = queue ?? bare(reader, writer);
    for (let i = 0; i < ITEMS; i++) await way.put([giver * ITEMS + i, 'x'.repeat(PADDING)]);
  },
  async take(py, queue: Queue | null, reader: Connection, writer: Connection) {
    const way = queue ?? bare(reader, writer);
    for (let item = await way.get(); item !== null; item = await way.get())
      await py.print('got', (item as readonly Passable[])[0]);
  },
});

/** `bounded MAXSIZE`: puts five items; who takes them comes after a second. */
export const bounded = python('3.11', {
  async main(py, [, maxsize]) {
    const queue = await Queue.create(py, Number(maxsize));
    await startProcesses(py, [{ target: 'late', args: [queue] }]);
    for (let i = 1; i <= 5; i++) {
      const before = await py.monotonicNs();
      await queue.put(i);
      await py.print('put', i, 'took', Math.round(((await py.monotonicNs()) - before) / 1_000_000), 'ms');
    }
  },
  async late(py, queue: Queue) {
    await py.sleep(1);
    for (let i = 0; i < 5; i++) await queue.get();
  },
});

/** `feeder Queue|SimpleQueue`: puts one item that is longer than a pipe holds; who takes it comes after a second. */
export const feeder = python('3.11', {
  async main(py, [, kind]) {
    const queue = kind === 'Queue' ? await Queue.create(py) : await SimpleQueue.create(py);
    await startProcesses(py, [{ target: 'late', args: [queue] }]);
    const before = await py.monotonicNs();
    await queue.put('x'.repeat(100_000));
    const threads = (await enumerate(py)).map(({ name }) => name).join(' ');
    await py.print('put took', Math.round(((await py.monotonicNs()) - before) / 1_000_000), 'ms; threads:', threads);
    await py.print('main has nothing more to do');
  },
  async late(py, queue: Queue | SimpleQueue) {
    await py.sleep(1);
    const item = (await queue.get()) as string;
    await py.print('got', item.length, 'characters');
  },
});
