/**
 * Four people, one bowl of noodles, one fork: the notes' program retold, as they print it and with three cures. `noodles HOW MEALS PEOPLE` over the
 * library in CPython's manner; `table HOW` the same locks bare, small enough for every schedule: two people, each eats twice.
 */
import type { ProgramModule } from '@netarium/core/syscall/program.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { Lock, type Mutex, RLock } from '@netarium/userland/runtimes/threading/lock.ts';
import { python } from '@netarium/userland/runtimes/threading/program.ts';
import type { Python } from '@netarium/userland/runtimes/threading/python.ts';
import { Thread } from '@netarium/userland/runtimes/threading/thread.ts';

/** As printed: two take the noodles first, two the fork. `ordered`: all the noodles first. `try`: who cannot have the second lets the first go. */
export const CURES = ['ordered', 'try', 'single'] as const;

const NOODLES = 'the noodles';
const FORK = 'the fork';

export const noodles = python('3.11', {
  async main(py, [, how = 'printed']) {
    const single = how === 'single' ? await RLock.create(py, { label: 'table' }) : undefined;
    const bowl = single ?? (await Lock.create(py, { label: 'noodles' }));
    const fork = single ?? (await Lock.create(py, { label: 'fork' }));
    for (const [name, forkFirst] of [
      ['alex', false],
      ['wusir', false],
      ['baoyuan', true],
      ['taibai', true],
    ] as const) {
      const turned = forkFirst && how !== 'ordered';
      const args = turned ? [name, fork, FORK, bowl, NOODLES, how] : [name, bowl, NOODLES, fork, FORK, how];
      await (await Thread.create(py, { target: 'eat', args, name })).start();
    }
  },
  async eat(py, name: string, first: Mutex, firstName: string, second: Mutex, secondName: string, how: string) {
    await takeBoth(py, name, first, firstName, second, how);
    await py.print(name, 'has', secondName);
    await py.print(name, 'eats');
    await py.sleep(0.2);
    await second.release();
    await py.print(name, 'puts down', secondName);
    await first.release();
    await py.print(name, 'puts down', firstName);
  },
});

async function takeBoth(
  py: Python,
  name: string,
  first: Mutex,
  firstName: string,
  second: Mutex,
  how: string,
): Promise<void> {
  for (;;) {
    await first.acquire();
    await py.print(name, 'has', firstName);
    if (how !== 'try') {
      await second.acquire();
      return;
    }
    if (await second.acquire(false)) return;
    await first.release();
    // Not all at the same time again: each waits for as long as chance will have it.
    await py.sleep(await py.uniform(0.01, 0.05));
  }
}

const MEALS = 2;

/** `table printed|ordered|try|single`. */
export const table: ProgramModule = {
  async main(sys, [, how = 'printed']) {
    const bowl = await sys.mutex_create({ label: 'noodles', ...(how === 'single' ? { type: 'recursive' } : {}) });
    const fork = how === 'single' ? bowl : await sys.mutex_create({ label: 'fork' });
    const eaten = await sys.cell_create(0);
    const other = how === 'ordered' ? [bowl, fork] : [fork, bowl];
    const tids = [
      await sys.thread_create('eat', [bowl, fork, eaten, how], { name: 'alex' }),
      await sys.thread_create('eat', [...other, eaten, how], { name: 'baoyuan' }),
    ];
    for (const tid of tids) await sys.thread_join(tid);
    return how === 'try' || (await sys.cell_load(eaten)) === 2 * MEALS ? 0 : 1;
  },
  async eat(sys: Sys, first: number, second: number, eaten: number, how: string) {
    for (let meal = 0; meal < MEALS; meal++) {
      await sys.mutex_lock(first);
      if (how === 'try') {
        // One try per meal keeps the program bounded: who does not get both goes hungry this time.
        const got = await sys.mutex_trylock(second).then(
          () => true,
          () => false,
        );
        if (!got) {
          await sys.mutex_unlock(first);
          continue;
        }
      } else await sys.mutex_lock(second);
      await sys.cell_add(eaten, 1);
      await sys.mutex_unlock(second);
      await sys.mutex_unlock(first);
    }
  },
};
