/**
 * Seven faults that only some schedules show, each as a small program with its cure: `lost-update broken`, `lost-update cured`. A program ends with
 * code 1 where what it promises does not hold; deadlocks and hangs show by themselves.
 */
import type { ProgramModule } from '@netarium/core/syscall/program.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';

async function joinAll(sys: Sys, tids: readonly number[]): Promise<void> {
  for (const tid of tids) await sys.thread_join(tid);
}

const number = async (sys: Sys, cell: number): Promise<number> => (await sys.cell_load(cell)) as number;

/** Two threads add 1 by load and store; with the lock around both the sum is 2. */
export const lostUpdate: ProgramModule = {
  async main(sys, [, how]) {
    const sum = await sys.cell_create(0);
    const lock = await sys.mutex_create();
    const args = [sum, lock, how === 'cured'];
    await joinAll(sys, [await sys.thread_create('add', args), await sys.thread_create('add', args)]);
    return (await number(sys, sum)) === 2 ? 0 : 1;
  },
  async add(sys: Sys, sum: number, lock: number, locked: boolean) {
    if (locked) await sys.mutex_lock(lock);
    await sys.cell_store(sum, (await number(sys, sum)) + 1);
    if (locked) await sys.mutex_unlock(lock);
  },
};

/** Two locks, taken in either order; or both in the same. */
export const deadlock: ProgramModule = {
  async main(sys, [, how]) {
    const a = await sys.mutex_create({ label: 'a' });
    const b = await sys.mutex_create({ label: 'b' });
    const second = how === 'cured' ? [a, b] : [b, a];
    await joinAll(sys, [await sys.thread_create('both', [a, b]), await sys.thread_create('both', second)]);
    return 0;
  },
  async both(sys: Sys, first: number, second: number) {
    await sys.mutex_lock(first);
    await sys.mutex_lock(second);
    await sys.mutex_unlock(second);
    await sys.mutex_unlock(first);
  },
};

/** The sleeper looks before it takes the lock, and sleeps through a signal that came in between. */
export const lostWakeUp: ProgramModule = {
  async main(sys, [, how]) {
    const ready = await sys.cell_create(0);
    const lock = await sys.mutex_create();
    const woken = await sys.cond_create();
    const args = [ready, lock, woken];
    const sleeper = how === 'cured' ? 'carefulSleeper' : 'hastySleeper';
    await joinAll(sys, [await sys.thread_create(sleeper, args), await sys.thread_create('waker', args)]);
    return 0;
  },
  async hastySleeper(sys: Sys, ready: number, lock: number, woken: number) {
    if ((await number(sys, ready)) === 1) return;
    await sys.mutex_lock(lock);
    await sys.cond_wait(woken, lock);
    await sys.mutex_unlock(lock);
  },
  async carefulSleeper(sys: Sys, ready: number, lock: number, woken: number) {
    await sys.mutex_lock(lock);
    while ((await number(sys, ready)) === 0) await sys.cond_wait(woken, lock);
    await sys.mutex_unlock(lock);
  },
  async waker(sys: Sys, ready: number, lock: number, woken: number) {
    await sys.mutex_lock(lock);
    await sys.cell_store(ready, 1);
    await sys.cond_signal(woken);
    await sys.mutex_unlock(lock);
  },
};

/** The object is seen before it is ready: the pointer is stored first. */
export const doubleChecked: ProgramModule = {
  async main(sys, [, how]) {
    const made = await sys.cell_create(0);
    const field = await sys.cell_create(0);
    const lock = await sys.mutex_create();
    const args = [made, field, lock, how === 'cured'];
    const tids = [await sys.thread_create('use', args), await sys.thread_create('use', args)];
    let sum = 0;
    for (const tid of tids) sum += (await sys.thread_join(tid)) as number;
    return sum === 84 ? 0 : 1;
  },
  async use(sys: Sys, made: number, field: number, lock: number, readyFirst: boolean) {
    if ((await number(sys, made)) === 0) {
      await sys.mutex_lock(lock);
      if ((await number(sys, made)) === 0) {
        if (readyFirst) await sys.cell_store(field, 42);
        await sys.cell_store(made, 1);
        if (!readyFirst) await sys.cell_store(field, 42);
      }
      await sys.mutex_unlock(lock);
    }
    return number(sys, field);
  },
};

/** Two consumers, and one end marker for both, or one for each. */
export const endMarker: ProgramModule = {
  async main(sys, [, how]) {
    const queue = await sys.list_create();
    const filled = await sys.sem_create(0);
    const eaten = await sys.cell_create(0);
    const args = [queue, filled, eaten];
    const tids = [await sys.thread_create('eat', args), await sys.thread_create('eat', args)];
    for (const item of [1, ...Array.from({ length: how === 'cured' ? 2 : 1 }, () => null)]) {
      await sys.list_push(queue, item);
      await sys.sem_post(filled);
    }
    await joinAll(sys, tids);
    return (await number(sys, eaten)) === 1 ? 0 : 1;
  },
  async eat(sys: Sys, queue: number, filled: number, eaten: number) {
    for (;;) {
      await sys.sem_wait(filled);
      if ((await sys.list_remove(queue, 0)) === null) return;
      await sys.cell_add(eaten, 1);
    }
  },
};
