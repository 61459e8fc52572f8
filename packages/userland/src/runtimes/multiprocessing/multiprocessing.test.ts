import { describe, expect, test } from 'vitest';
import { raised, runPython } from '../python.test-util.ts';
import { Lock as ThreadLock } from '../threading/lock.ts';
import type { Python } from '../threading/python.ts';
import { type Connection, Pipe } from './connection.ts';
import { Process, type ProcessOptions } from './process.ts';
import { JoinableQueue, Queue, SimpleQueue } from './queue.ts';
import { deserialize, serialize } from './serialize.ts';
import { Condition, Event, Lock, RLock, Semaphore, Value } from './synchronize.ts';

async function started(py: Python, options: ProcessOptions): Promise<Process> {
  const process = await Process.create(py, options);
  await process.start();
  return process;
}

test('values survive the way through bytes', () => {
  const values = [null, undefined, 1.5, Number.NaN, -0, 'é', true, [1, [2]], { a: Uint8Array.of(0, 255) }];
  for (const value of values) expect(deserialize(serialize(value))).toEqual(value);
});

describe('processes', () => {
  test('exit codes, names, join, signals, isolated memory', async () => {
    const { lines, code } = await runPython({
      async main(py) {
        const cell = await py.sys.cell_create(1);
        const child = await started(py, { target: 'child', args: [cell, 3] });
        await py.print(child.name, child.daemon, await child.isAlive(), await child.exitcode());
        await child.join();
        await py.print(await child.isAlive(), await child.exitcode(), await py.sys.cell_load(cell));
        const sleeper = await started(py, { target: 'forever' });
        await sleeper.join(0.01);
        await py.print(sleeper.name, await sleeper.isAlive());
        await sleeper.terminate();
        await sleeper.join();
        await py.print(await sleeper.exitcode(), await raised(() => sleeper.start()));
        const bad = await started(py, { target: 'bad', name: 'B' });
        await bad.join();
        await py.print(await bad.exitcode());
      },
      async child(py, cell: number, status: number) {
        await py.sys.cell_store(cell, 99);
        py.exit(status);
      },
      async forever(py) {
        for (;;) await py.sleep(1);
      },
      async bad() {
        throw new RangeError('broken');
      },
    });
    expect(lines).toEqual([
      'Process-1 False True None',
      'False 3 1',
      'Process-2 True',
      '-15 AssertionError: cannot start a process twice',
      'Process B:',
      'Traceback (most recent call last):',
      'RangeError: broken',
      '1',
    ]);
    expect(code).toBe(0);
  });

  test('daemons are ended with their parent, others are waited for; daemons have no children', async () => {
    const { lines } = await runPython({
      async main(py) {
        await started(py, { target: 'late', args: ['waited for', 0.02] });
        await started(py, { target: 'late', args: ['never', 0.5], daemon: true });
        const daemon = await started(py, { target: 'parent', daemon: true });
        await daemon.join();
        await py.print('main done');
      },
      async late(py, text: string, seconds: number) {
        await py.sleep(seconds);
        await py.print(text);
      },
      async parent(py) {
        await py.print(await raised(async () => started(py, { target: 'late', args: ['x', 0] })));
      },
    });
    expect(lines).toEqual([
      'AssertionError: daemonic processes are not allowed to have children',
      'main done',
      'waited for',
    ]);
  });
});

describe('locks between processes', () => {
  test('a process lock keeps a ticket count exact, a thread lock does not', async () => {
    const count = async (kind: 'process' | 'thread' | 'none') => {
      const { lines } = await runPython({
        async main(py) {
          const value = await Value.create(py, 20);
          const lock = kind === 'process' ? await Lock.create(py) : await ThreadLock.create(py);
          const children: Process[] = [];
          for (let i = 0; i < 4; i++) children.push(await started(py, { target: 'buy', args: [value, lock] }));
          for (const child of children) await child.join();
          await py.print(await value.get());
        },
        async buy(py, value: Value, lock: Lock) {
          const buy = async () => {
            const left = (await value.get()) as number;
            await py.sleep(0.001);
            await value.set(left - 1);
          };
          for (let i = 0; i < 5; i++) await (kind === 'none' ? buy() : lock.with(buy));
        },
      });
      return Number(lines[0]);
    };
    expect(await count('process')).toBe(0);
    expect(await count('thread')).toBeGreaterThan(0);
    expect(await count('none')).toBeGreaterThan(0);
  });

  test('re-entrant lock, semaphore, condition and event', async () => {
    const { lines } = await runPython({
      async main(py) {
        const rlock = await RLock.create(py);
        await rlock.acquire();
        await rlock.acquire();
        await rlock.release();
        await rlock.release();
        await py.print(
          await raised(() => rlock.release()),
          await raised(async () => (await Lock.create(py)).release()),
        );
        const semaphore = await Semaphore.create(py, 1);
        await py.print(await semaphore.acquire(), await semaphore.acquire(false), await semaphore.acquire(true, 0.01));
        const [condition, event] = [await Condition.create(py), await Event.create(py)];
        const child = await started(py, { target: 'child', args: [condition, event] });
        await event.wait();
        await condition.with(() => condition.notifyAll());
        await child.join();
        await py.print(await event.wait(0.01), await condition.with(() => condition.wait(0.01)));
      },
      async child(py, condition: Condition, event: Event) {
        await condition.with(async () => {
          await event.set();
          await py.print('told', await condition.wait());
        });
      },
    });
    expect(lines).toEqual([
      'AssertionError: attempt to release recursive lock not owned by thread ValueError: semaphore or lock released too many times',
      'True False False',
      'told True',
      'True False',
    ]);
  });
});

describe('pipes and queues', () => {
  test('duplex and simplex pipes, an end, and what may not be done', async () => {
    const { lines } = await runPython({
      async main(py) {
        const [one, other] = await Pipe(py);
        const child = await started(py, { target: 'answer', args: [other] });
        await other.close();
        await one.send({ question: [1, 'two'] });
        await py.print(await one.recv(), await one.poll(0.1));
        await child.join();
        await py.print(await raised(() => one.recv()));
        const [reader, writer] = await Pipe(py, false);
        await py.print(await raised(() => reader.send(1)), await raised(() => writer.recv()));
        await reader.close();
        await py.print(await raised(() => reader.recv()));
      },
      async answer(_py, connection: Connection) {
        const { question } = (await connection.recv()) as { question: unknown[] };
        await connection.send(question.length);
      },
    });
    expect(lines).toEqual([
      '2 True',
      'EOFError',
      'OSError: connection is read-only OSError: connection is write-only',
      'OSError: handle is closed',
    ]);
  });

  test('a queue delivers each item once, whoever takes it, and holds producers back', async () => {
    const { lines } = await runPython({
      async main(py) {
        const queue = await Queue.create(py, 3);
        const producers = [
          await started(py, { target: 'produce', args: [queue, 'a'] }),
          await started(py, { target: 'produce', args: [queue, 'b'] }),
        ];
        const consumers = [
          await started(py, { target: 'consume', args: [queue] }),
          await started(py, { target: 'consume', args: [queue] }),
        ];
        for (const producer of producers) await producer.join();
        for (const _ of consumers) await queue.put(null);
        for (const consumer of consumers) await consumer.join();
        await py.print('done', await queue.qsize());
      },
      async produce(_py, queue: Queue, name: string) {
        for (let i = 0; i < 10; i++) await queue.put(`${name}${i}`);
      },
      async consume(py, queue: Queue) {
        for (let item = await queue.get(); item !== null; item = await queue.get()) await py.print(item);
      },
    });
    expect(lines.at(-1)).toBe('done 0');
    const expected = ['a', 'b'].flatMap((name) => Array.from({ length: 10 }, (_, i) => `${name}${i}`));
    expect(lines.slice(0, -1).sort()).toEqual(expected);
  });

  test('a joinable queue, and a simple one', async () => {
    const { lines } = await runPython({
      async main(py) {
        const queue = await JoinableQueue(py);
        await started(py, { target: 'work', args: [queue], daemon: true });
        for (let i = 0; i < 3; i++) await queue.put(i);
        await queue.join();
        await py.print('joined', await raised(() => queue.taskDone()));
        const simple = await SimpleQueue.create(py);
        await started(py, { target: 'simple', args: [simple] });
        await py.print(await simple.get());
      },
      async work(py, queue: Queue) {
        for (;;) {
          await py.print(await queue.get());
          await queue.taskDone();
        }
      },
      async simple(_py, queue: SimpleQueue) {
        await queue.put('hello');
      },
    });
    expect(lines).toEqual(['0', '1', '2', 'joined ValueError: task_done() called too many times', 'hello']);
  });

  test('full and empty', async () => {
    const { lines } = await runPython({
      async main(py) {
        const queue = await Queue.create(py, 1);
        await py.print(await raised(() => queue.getNowait()), await raised(() => queue.get(true, 0.01)));
        await queue.put(1);
        await py.print(
          await raised(() => queue.putNowait(2)),
          await raised(() => queue.put(2, true, 0.01)),
          await queue.full(),
        );
        await py.print(await queue.get(), await queue.empty());
        await queue.close();
        await py.print(await raised(() => queue.put(3)));
      },
    });
    expect(lines).toEqual(['Empty Empty', 'Full Full True', '1 True', 'ValueError: Queue is closed']);
  });
});
