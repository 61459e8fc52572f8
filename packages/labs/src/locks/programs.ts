/** Programs about one lock: a count that several threads keep, a lock that is taken twice, a re-entrant lock. */
import type { ProgramModule } from '@netarium/core/syscall/program.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { Lock, RLock } from '@netarium/userland/runtimes/threading/lock.ts';
import { python } from '@netarium/userland/runtimes/threading/program.ts';
import { errorOf, joinAll, startThreads } from '../lib/python-threads.ts';

/** `count locked|unlocked THREADS TIMES`: each adds 1 so often, by load and store. Ends with 1 where the sum is wrong. */
export const count: ProgramModule = {
  async main(sys, [, how, threads, times]) {
    const [sum, lock] = [await sys.cell_create(0), await sys.mutex_create({ label: 'sum' })];
    const tids: number[] = [];
    for (let i = 0; i < Number(threads); i++)
      tids.push(await sys.thread_create('add', [sum, lock, how === 'locked', Number(times)]));
    for (const tid of tids) await sys.thread_join(tid);
    return (await sys.cell_load(sum)) === Number(threads) * Number(times) ? 0 : 1;
  },
  async add(sys: Sys, sum: number, lock: number, locked: boolean, times: number) {
    for (let i = 0; i < times; i++) {
      if (locked) await sys.mutex_lock(lock);
      await sys.cell_store(sum, ((await sys.cell_load(sum)) as number) + 1);
      if (locked) await sys.mutex_unlock(lock);
    }
  },
};

/** `second same|another`: the holder keeps its lock for 0.5 s; another thread takes the same lock, or one of its own. */
export const second = python('3.11', {
  async main(py, [, which]) {
    const held = await Lock.create(py, { label: 'held' });
    const wanted = which === 'same' ? held : await Lock.create(py, { label: 'other' });
    await joinAll(
      await startThreads(py, [
        { target: 'hold', args: [held], name: 'holder' },
        { target: 'want', args: [wanted], name: 'second' },
      ]),
    );
  },
  async hold(py, lock: Lock) {
    await lock.acquire();
    await py.print('holder has the lock');
    await py.sleep(0.5);
    await lock.release();
  },
  async want(py, lock: Lock) {
    await py.sleep(0.1);
    const before = await py.monotonicNs();
    await lock.acquire();
    await py.print('second waited', Math.round(((await py.monotonicNs()) - before) / 1_000_000), 'ms');
    await lock.release();
  },
});

/** `reenter RLock|Lock ACQUIRES RELEASES`: one thread takes a lock so often and lets it go so often; another looks whether it can have it. */
export const reenter = python('3.11', {
  async main(py, [, kind, acquires, releases]) {
    const lock =
      kind === 'RLock' ? await RLock.create(py, { label: 'again' }) : await Lock.create(py, { label: 'again' });
    await lock.acquire();
    await joinAll(await startThreads(py, [{ target: 'thief', args: [lock], name: 'other' }]));
    for (let i = 1; i < Number(acquires); i++) await lock.acquire();
    await py.print('acquired', acquires, 'times');
    for (let i = 0; i < Number(releases); i++) await lock.release();
    await py.print('released', releases, 'times');
    await joinAll(await startThreads(py, [{ target: 'look', args: [lock], name: 'other' }]));
  },
  async thief(py, lock: RLock) {
    await py.print('release by another thread:', await errorOf(() => lock.release()));
  },
  async look(py, lock: RLock) {
    await py.print('another thread gets it:', await lock.acquire(false));
  },
});
