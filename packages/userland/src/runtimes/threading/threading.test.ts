import { describe, expect, test } from 'vitest';
import { raised, runPython } from '../python.test-util.ts';
import { Barrier } from './barrier.ts';
import { Condition, Event } from './condition.ts';
import { Local } from './local.ts';
import { Lock, RLock } from './lock.ts';
import type { PyModule, Python } from './python.ts';
import { BoundedSemaphore, Semaphore } from './semaphore.ts';
import { activeCount, enumerate, Thread } from './thread.ts';

const MS = 1_000_000;

async function startAll(py: Python, target: string, count: number, args: readonly unknown[]) {
  const threads: Thread[] = [];
  for (let i = 0; i < count; i++)
    threads.push(await Thread.create(py, { target, args: [...(args as never[]), i], name: `T${i}` }));
  for (const thread of threads) await thread.start();
  return threads;
}

const joinAll = async (threads: readonly Thread[]) => {
  for (const thread of threads) await thread.join();
};

describe('threads', () => {
  test('names, life, join with and without a limit, what may not be done', async () => {
    const { lines, code } = await runPython({
      async main(py) {
        const thread = await Thread.create(py, { target: 'nap', args: [0.05] });
        await py.print(thread.name, await thread.isAlive(), await thread.ident());
        await py.print(await raised(() => thread.join()));
        await thread.start();
        await py.print(
          await thread.isAlive(),
          await activeCount(py),
          (await enumerate(py)).map(({ name }) => name).join(' '),
        );
        await py.print(await raised(() => thread.start()), await raised(() => py.thread.join()));
        await thread.join(0.01);
        await py.print(await thread.isAlive());
        await thread.join();
        await thread.join();
        await py.print(await thread.isAlive(), await activeCount(py));
      },
      async nap(py, seconds: number) {
        await py.sleep(seconds);
      },
    });
    expect(lines).toEqual([
      'Thread-1 (nap) False None',
      'RuntimeError: cannot join thread before it is started',
      'True 2 MainThread Thread-1 (nap)',
      'RuntimeError: threads can only be started once RuntimeError: cannot join current thread',
      'True',
      'False 1',
    ]);
    expect(code).toBe(0);
  });

  test('the process waits for threads, and not for daemons', async () => {
    const run = (daemon: boolean) =>
      runPython({
        async main(py) {
          await (await Thread.create(py, { target: 'nap', daemon })).start();
          await py.print('main done');
        },
        async nap(py) {
          await py.sleep(0.1);
          await py.print('nap done');
        },
      });
    const [waited, left] = [await run(false), await run(true)];
    expect(waited.lines).toEqual(['main done', 'nap done']);
    expect(left.lines).toEqual(['main done']);
    expect(left.endNs).toBeLessThan(5 * MS);
  });

  test('an exception ends one thread, is told, and the others go on', async () => {
    const { lines, code } = await runPython({
      async main(py) {
        const bad = await Thread.create(py, { target: 'bad', name: 'B' });
        await bad.start();
        await bad.join();
        await py.print('main goes on');
      },
      async bad() {
        throw new RangeError('broken');
      },
    });
    expect(lines).toEqual([
      'Exception in thread B:',
      'Traceback (most recent call last):',
      'RangeError: broken',
      'main goes on',
    ]);
    expect(code).toBe(0);
    const main = await runPython({
      async main() {
        throw new RangeError('broken');
      },
    });
    expect([main.code, main.lines.at(-1)]).toEqual([1, 'RangeError: broken']);
    const exits = await runPython({
      async main(py) {
        py.exit(3);
      },
    });
    expect([exits.code, exits.lines]).toEqual([3, []]);
  });

  test("local data are each thread's own", async () => {
    const { lines } = await runPython({
      async main(py) {
        const local = await Local.create(py, { num: 0 });
        await joinAll(await startAll(py, 'show', 5, [local]));
        await py.print('main', await local.get('num'), await raised(() => local.get('other')));
      },
      async show(py, local: Local, i: number) {
        await local.set('num', i);
        await py.sleep(0.01);
        await py.print(i, await local.get('num'));
      },
    });
    expect(lines.slice(0, 5).sort()).toEqual(['0 0', '1 1', '2 2', '3 3', '4 4']);
    expect(lines[5]).toBe("main 0 AttributeError: '_thread._local' object has no attribute 'other'");
  });
});

describe('locks', () => {
  test('a lock and a re-entrant lock: what each lets whom do', async () => {
    const { lines } = await runPython({
      async main(py) {
        const [lock, rlock] = [await Lock.create(py), await RLock.create(py)];
        await py.print(await raised(() => lock.release()), await raised(() => rlock.release()));
        await lock.acquire();
        await rlock.acquire();
        await py.print(await lock.acquire(false), await lock.acquire(true, 0.01), await rlock.acquire(false));
        const other = await Thread.create(py, { target: 'other', args: [lock, rlock] });
        await other.start();
        await other.join();
        await py.print(await lock.locked());
        await rlock.release();
        await rlock.release();
        await py.print(await raised(() => rlock.release()));
      },
      async other(py, lock: Lock, rlock: RLock) {
        await py.print(await rlock.acquire(false), await raised(() => rlock.release()));
        await lock.release();
      },
    });
    expect(lines).toEqual([
      'RuntimeError: release unlocked lock RuntimeError: cannot release un-acquired lock',
      'False False True',
      'False RuntimeError: cannot release un-acquired lock',
      'False',
      'RuntimeError: cannot release un-acquired lock',
    ]);
  });

  const counting = (locked: boolean): PyModule => ({
    async main(py) {
      await py.sys.interpreter_setinterval(20_000);
      const cell = await py.sys.cell_create(0);
      await joinAll(await startAll(py, 'count', 3, [cell, await Lock.create(py)]));
      await py.print(await py.sys.cell_load(cell));
    },
    async count(py, cell: number, lock: Lock) {
      const add = async () => py.sys.cell_store(cell, ((await py.sys.cell_load(cell)) as number) + 1);
      for (let i = 0; i < (locked ? 100 : 3000); i++) await (locked ? lock.with(add) : add());
    },
  });

  test('a count is exact under a lock for every seed, and not without', async () => {
    const without: string[] = [];
    for (let seed = 1; seed <= 4; seed++) {
      expect((await runPython(counting(true), { seed })).lines).toEqual(['300']);
      without.push((await runPython(counting(false), { seed })).lines[0]!);
    }
    expect(without.some((count) => count !== '9000')).toBe(true);
  });
});

describe('condition, event, semaphores, barrier', () => {
  test('a condition wakes in the order of waiting; waiting needs its lock', async () => {
    const { lines } = await runPython({
      async main(py) {
        const condition = await Condition.create(py);
        await py.print(await raised(() => condition.wait()), await raised(() => condition.notify()));
        const threads = await startAll(py, 'waiter', 3, [condition]);
        await py.sleep(0.01);
        for (let i = 0; i < 2; i++) {
          await condition.with(() => condition.notify());
          await py.sleep(0.01);
        }
        await py.print('now all');
        await condition.with(() => condition.notifyAll());
        await joinAll(threads);
        await py.print(
          await condition.with(() => condition.wait(0.01)),
          await condition.with(() => condition.waitFor(async () => false, 0.01)),
        );
      },
      async waiter(py, condition: Condition, i: number) {
        await condition.with(() => condition.wait());
        await py.print('woken', i);
      },
    });
    expect(lines).toEqual([
      'RuntimeError: cannot wait on un-acquired lock RuntimeError: cannot notify on un-acquired lock',
      'woken 0',
      'woken 1',
      'now all',
      'woken 2',
      'False False',
    ]);
  });

  test('an event lets all go and stays set', async () => {
    const { lines } = await runPython({
      async main(py) {
        const event = await Event.create(py);
        const threads = await startAll(py, 'waiter', 2, [event]);
        await py.print(await event.wait(0.01), await event.isSet());
        await event.set();
        await joinAll(threads);
        await py.print(await event.wait(), await event.isSet());
        await event.clear();
        await py.print(await event.isSet());
      },
      async waiter(py, event: Event) {
        await py.print(await event.wait());
      },
    });
    expect(lines).toEqual(['False False', 'True', 'True', 'True True', 'False']);
  });

  test('semaphores admit so many, and a bounded one counts', async () => {
    const { lines } = await runPython({
      async main(py) {
        const [semaphore, inside, most] = [
          await Semaphore.create(py, 2),
          await py.sys.cell_create(0),
          await py.sys.cell_create(0),
        ];
        await joinAll(await startAll(py, 'work', 5, [semaphore, inside, most]));
        await py.print(await py.sys.cell_load(most));
        const bounded = await BoundedSemaphore.create(py, 1);
        await py.print(await bounded.acquire(), await bounded.acquire(false), await bounded.acquire(true, 0.01));
        await bounded.release();
        await py.print(await raised(() => bounded.release()), await raised(() => Semaphore.create(py, -1)));
      },
      async work(py, semaphore: Semaphore, inside: number, most: number) {
        await semaphore.with(async () => {
          const now = (await py.sys.cell_add(inside, 1)) + 1;
          if (now > ((await py.sys.cell_load(most)) as number)) await py.sys.cell_store(most, now);
          await py.sleep(0.01);
          await py.sys.cell_add(inside, -1);
        });
      },
    });
    expect(lines).toEqual([
      '2',
      'True False False',
      'ValueError: Semaphore released too many times ValueError: semaphore initial value must be >= 0',
    ]);
  });

  test('a barrier lets all out together, and breaks for all', async () => {
    const { lines } = await runPython({
      async main(py) {
        const barrier = await Barrier.create(py, 3, { action: 'together' });
        await joinAll(await startAll(py, 'go', 3, [barrier]));
        await py.print(await raised(() => barrier.wait(0.01)), await barrier.broken());
        await py.print(await raised(() => barrier.wait()));
        await barrier.reset();
        await py.print(await barrier.broken());
      },
      async together(py) {
        await py.print('all are here');
      },
      async go(py, barrier: Barrier, i: number) {
        await py.sleep(0.01 * (i + 1));
        await barrier.wait();
        await py.print('out');
      },
    });
    expect(lines).toEqual([
      'all are here',
      'out',
      'out',
      'out',
      'BrokenBarrierError True',
      'BrokenBarrierError',
      'False',
    ]);
  });
});
