import { Process } from '@netarium/userland/runtimes/multiprocessing/process.ts';
import {
  BoundedSemaphore,
  Condition,
  Event,
  Lock,
  RLock,
  Semaphore,
  Value,
} from '@netarium/userland/runtimes/multiprocessing/synchronize.ts';
import { Lock as ThreadLock } from '@netarium/userland/runtimes/threading/lock.ts';
import { text } from '@netarium/userland/runtimes/threading/python.ts';
import type { Pair } from '../pair.ts';
import { pyMain } from '../python-pair.ts';

const all = (...values: readonly unknown[]): string => values.map(text).join(' ');

export default {
  order: 'total',
  main: pyMain((marks) => ({
    async main(py) {
      const [lock, rlock] = [await Lock.create(py), await RLock.create(py)];
      await marks.raises(py, () => lock.release());
      await marks.raises(py, () => rlock.release());
      marks.at(py, all(await lock.acquire(), await lock.acquire(false), await lock.acquire(true, 0.05)));
      marks.at(py, all(await rlock.acquire(), await rlock.acquire(), await rlock.acquire(false)));
      const [semaphore, bounded] = [await Semaphore.create(py, 2), await BoundedSemaphore(py, 1)];
      const got = [await semaphore.acquire(), await semaphore.acquire(), await semaphore.acquire(false)];
      marks.at(py, all(...got, await semaphore.getValue()));
      await marks.raises(py, () => bounded.release());
      for (let i = 0; i < 3; i++) await semaphore.release();
      marks.at(py, all(await semaphore.getValue()));
      const releasing = await Process.create(py, { target: 'release', args: [lock, rlock] });
      await releasing.start();
      await releasing.join();
      marks.at(py, `let go by a child ${text(await lock.acquire(false))}`);
      await lock.release();
      const guards = [
        ['process lock', lock],
        ['its own lock', undefined],
        ['thread lock', await ThreadLock.create(py)],
      ] as const;
      for (const [kind, guard] of guards) {
        const value = await Value.create(py, 0);
        const children: Process[] = [];
        for (let i = 0; i < 4; i++)
          children.push(await Process.create(py, { target: 'add', args: [value, guard ?? value.getLock()] }));
        for (const child of children) await child.start();
        for (const child of children) await child.join();
        marks.at(py, `${kind}: ${(await value.get()) === 20 ? 'exact' : 'updates lost'}`);
      }
      const [event, condition] = [await Event.create(py), await Condition.create(py)];
      const told = await Process.create(py, { target: 'told', args: [event, condition] });
      await told.start();
      marks.at(py, all(await event.wait(), await event.isSet()));
      await condition.with(() => condition.notifyAll());
      await told.join();
      await condition.with(async () => marks.at(py, all(await condition.wait(0.05))));
      await event.clear();
      marks.at(py, all(await event.wait(0.05)));
    },
    async release(py, lock: Lock, rlock: RLock) {
      await lock.release();
      try {
        await rlock.release();
      } catch (error) {
        await py.print((error as Error).message);
      }
    },
    async add(py, value: Value, lock: Lock) {
      for (let i = 0; i < 5; i++)
        await lock.with(async () => {
          const seen = (await value.get()) as number;
          await py.sleep(0.002);
          await value.set(seen + 1);
        });
    },
    async told(py, event: Event, condition: Condition) {
      await condition.with(async () => {
        await event.set();
        await py.print(await condition.wait());
      });
    },
  })),
} satisfies Pair;
