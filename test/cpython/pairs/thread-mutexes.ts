import { Lock, RLock } from '@netarium/userland/runtimes/threading/lock.ts';
import { text } from '@netarium/userland/runtimes/threading/python.ts';
import { Thread } from '@netarium/userland/runtimes/threading/thread.ts';
import type { Pair } from '../pair.ts';
import { pyMain } from '../python-pair.ts';

const all = (...values: readonly unknown[]): string => values.map(text).join(' ');

export default {
  order: 'per thread',
  before: [['again True', 'waits True']],
  main: pyMain((marks) => ({
    async main(py) {
      const [lock, rlock] = [await Lock.create(py), await RLock.create(py)];
      await marks.raises(py, () => lock.release());
      await marks.raises(py, () => rlock.release());
      marks.at(
        py,
        all(await lock.acquire(), await lock.locked(), await lock.acquire(false), await lock.acquire(true, 0.05)),
      );
      marks.at(py, all(await rlock.acquire(), await rlock.acquire(false), await rlock.acquire(true, 0.05)));
      const thread = await Thread.create(py, { target: 'other', args: [lock, rlock], name: 'T' });
      await thread.start();
      await py.sleep(0.05);
      marks.at(py, `waits ${text(await lock.acquire())}`);
      await thread.join();
      for (let i = 0; i < 3; i++) await rlock.release();
      await marks.raises(py, () => rlock.release());
    },
    async other(py, lock: Lock, rlock: RLock) {
      marks.at(py, all(await lock.acquire(false), await rlock.acquire(false)));
      await marks.raises(py, () => rlock.release());
      await lock.release();
      marks.at(py, 'let the lock of main go');
      marks.at(py, `again ${text(await lock.acquire())}`);
      await py.sleep(0.1);
      await lock.release();
    },
  })),
} satisfies Pair;
