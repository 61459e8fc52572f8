/** Locks when things go wrong or get crowded: owners that die, time limits, signals, forks, and an interpreter that lets one thread run at a time. */
import type { Cloneable, Sys } from '@netarium/core/syscall/sys.ts';
import { type Cases, contract, holds, MS, refused, same, tookNs } from '../suite.ts';

/** Entries of threads and children. */
export async function locksAndLeaves(sys: Sys, mutex: number): Promise<number> {
  await sys.mutex_lock(mutex);
  return 0;
}

export async function locksAndWaits(sys: Sys, mutex: number, gate: number): Promise<number> {
  await sys.mutex_lock(mutex);
  await sys.sem_post(gate);
  await sys.nanosleep(3_600_000 * MS);
  return 0;
}

export async function waitsBehind(sys: Sys, mutex: number, list: number, name: string, gate: number): Promise<void> {
  await sys.sem_post(gate);
  await sys.mutex_lock(mutex);
  await sys.list_push(list, name);
  await sys.mutex_unlock(mutex);
}

export async function triesLocks(sys: Sys, mutex: number, semaphore: number, lock: number): Promise<number> {
  await refused(sys.mutex_trylock(mutex), 'EBUSY', 'the child has the mutex as it was');
  await refused(sys.mutex_unlock(mutex), 'EPERM', 'held by a thread that the child has not');
  same(await sys.sem_getvalue(semaphore), 2, 'the semaphore as it was');
  await sys.sem_wait(semaphore);
  await refused(sys.rwlock_trywrlock(lock), 'EBUSY', 'readers of the parent');
  return 5;
}

export async function sleepsOnCell(sys: Sys, cell: number, gate: number): Promise<number> {
  await sys.sem_post(gate);
  while ((await sys.cell_load(cell)) === 0) {
    try {
      await sys.cell_wait(cell, 0);
    } catch {
      // Changed before we slept.
    }
  }
  return (await sys.cell_load(cell)) as number;
}

export async function meetsOnce(sys: Sys, barrier: number): Promise<Cloneable> {
  const serial = await sys.barrier_wait(barrier);
  if (serial) await sys.sync_destroy(barrier);
  return serial;
}

export async function interpreted(sys: Sys, inside: number, times: number): Promise<number> {
  let overlaps = 0;
  for (let i = 0; i < times; i++) {
    if ((await sys.cell_exchange(inside, 1)) !== 0) overlaps++;
    await sys.cell_store(inside, 0);
    if (i % 50 === 0) await sys.nanosleep(1000);
  }
  return overlaps;
}

export async function reads(sys: Sys, lock: number, list: number, name: string, gate: number): Promise<void> {
  await sys.sem_post(gate);
  await sys.rwlock_rdlock(lock);
  await sys.list_push(list, name);
  await sys.rwlock_unlock(lock);
}

export async function writes(sys: Sys, lock: number, list: number, name: string, gate: number): Promise<void> {
  await sys.sem_post(gate);
  await sys.rwlock_wrlock(lock);
  await sys.list_push(list, name);
  await sys.rwlock_unlock(lock);
}

const VALUES: readonly Cloneable[] = [
  0,
  -1.5,
  'text',
  '中文 😀',
  '',
  true,
  null,
  [1, ['x', { y: null }]],
  { a: { b: [true] }, c: 'ß' },
  new Uint8Array([0, 255]),
];

const A_MOMENT_NS = 40 * MS;

/** Waits until a thread has said that it is about to sleep, and a moment more. */
async function asleep(sys: Sys, gate: number): Promise<void> {
  await sys.sem_wait(gate);
  await sys.nanosleep(A_MOMENT_NS);
}

export const cases: Cases = {
  async 'the next thread learns that a robust mutex’s owner has died'(sys) {
    const mutex = await sys.mutex_create({ robust: true });
    await sys.thread_join(await sys.thread_create('locksAndLeaves', [mutex]));
    await refused(sys.mutex_lock(mutex), 'EOWNERDEAD', 'locked, but');
    await sys.mutex_consistent(mutex);
    await refused(sys.mutex_consistent(mutex), 'EINVAL', 'once');
    await sys.mutex_unlock(mutex);
    await sys.thread_join(await sys.thread_create('locksAndLeaves', [mutex]));
    await refused(sys.mutex_trylock(mutex), 'EOWNERDEAD', 'again');
    await sys.mutex_unlock(mutex);
    await refused(sys.mutex_lock(mutex), 'ENOTRECOVERABLE', 'not made consistent');
  },

  async 'a robust mutex between processes outlives a kill'(sys) {
    const [mutex, gate] = [
      await sys.mutex_create({ shared: true, robust: true }),
      await sys.sem_create(0, { shared: true }),
    ];
    const child = await sys.fork('locksAndWaits', [mutex, gate]);
    await sys.sem_wait(gate);
    await refused(sys.mutex_trylock(mutex), 'EBUSY', 'the child has it');
    await refused(sys.mutex_lock(mutex, 10 * MS), 'ETIMEDOUT', 'for longer than that');
    await sys.kill(child, 'SIGKILL');
    await refused(sys.mutex_lock(mutex), 'EOWNERDEAD', 'the next');
    await sys.mutex_consistent(mutex);
    await sys.mutex_unlock(mutex);
    await sys.mutex_lock(mutex);
    await sys.waitpid(child);
  },

  async 'waits end in time, and not before'(sys) {
    const [mutex, condition] = [await sys.mutex_create(), await sys.cond_create()];
    const waits: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['mutex_lock', () => sys.mutex_lock(mutex, 20 * MS)],
      ['sem_wait', async () => sys.sem_wait(await sys.sem_create(0), 20 * MS)],
      ['cond_wait', () => sys.cond_wait(condition, mutex, 20 * MS)],
      ['cell_wait', async () => sys.cell_wait(await sys.cell_create('x'), 'x', 20 * MS)],
      ['barrier_wait', async () => sys.barrier_wait(await sys.barrier_create(2), 20 * MS)],
    ];
    await sys.mutex_lock(mutex);
    for (const [name, wait] of waits) {
      const ns = await tookNs(sys, () => refused(wait(), 'ETIMEDOUT', name));
      holds(ns >= 19 * MS && ns < 2000 * MS, `${name} took ${ns} ns`);
    }
    await refused(sys.mutex_trylock(mutex), 'EBUSY', 'after cond_wait the mutex is ours again');
  },

  async 'sleepers on a mutex come in the order of their coming'(sys) {
    const [mutex, list, gate] = [await sys.mutex_create(), await sys.list_create(), await sys.sem_create(0)];
    await sys.mutex_lock(mutex);
    const threads: number[] = [];
    for (const name of ['a', 'b', 'c']) {
      threads.push(await sys.thread_create('waitsBehind', [mutex, list, name, gate]));
      await asleep(sys, gate);
    }
    await sys.mutex_unlock(mutex);
    for (const thread of threads) await sys.thread_join(thread);
    same(
      [await sys.list_get(list, 0), await sys.list_get(list, 1), await sys.list_get(list, 2)],
      ['a', 'b', 'c'],
      'order',
    );
    const uses = await sys.sync_statistics(mutex);
    same(
      uses.map(({ acquisitions, contended }) => [acquisitions, contended]),
      [
        [1, 0],
        [1, 1],
        [1, 1],
        [1, 1],
      ],
      'who waited',
    );
    holds(uses[1]!.longestWaitNs > 2 * A_MOMENT_NS, 'and how long');
  },

  async 'a signal ends sem_wait and cell_wait, and no lock’s wait'(sys) {
    const seen: string[] = [];
    await sys.sigaction('SIGALRM', { handler: async () => void seen.push('handler') });
    const [semaphore, cell] = [await sys.sem_create(0), await sys.cell_create(1)];
    await sys.alarm(20 * MS);
    await refused(sys.sem_wait(semaphore), 'EINTR', 'sem_wait');
    await sys.alarm(20 * MS);
    await refused(sys.cell_wait(cell, 1), 'EINTR', 'cell_wait');
    const mutex = await sys.mutex_create();
    await sys.mutex_lock(mutex);
    await sys.alarm(20 * MS);
    await refused(sys.mutex_lock(mutex, 60 * MS), 'ETIMEDOUT', 'mutex_lock');
    same(seen, ['handler', 'handler', 'handler'], 'handlers ran');
  },

  async 'a forked child has copies of locks, as they were'(sys) {
    const [mutex, semaphore] = [await sys.mutex_create({ type: 'errorcheck' }), await sys.sem_create(2)];
    const lock = await sys.rwlock_create();
    await sys.mutex_lock(mutex);
    await sys.rwlock_rdlock(lock);
    const child = await sys.fork('triesLocks', [mutex, semaphore, lock]);
    same(await sys.waitpid(child), { pid: child, code: 5 }, 'the child');
    same(await sys.sem_getvalue(semaphore), 2, 'ours is ours');
    await sys.mutex_unlock(mutex);
  },

  async 'cell_notify reaches a sleeper in another process'(sys) {
    const [cell, gate] = [await sys.cell_create(0, { shared: true }), await sys.sem_create(0, { shared: true })];
    const child = await sys.fork('sleepsOnCell', [cell, gate]);
    await asleep(sys, gate);
    await sys.cell_store(cell, 9);
    await sys.cell_notify(cell, 1);
    same(await sys.waitpid(child), { pid: child, code: 9 }, 'woken');
  },

  async 'the serial one may destroy the barrier'(sys) {
    const barrier = await sys.barrier_create(3);
    const threads = [await sys.thread_create('meetsOnce', [barrier]), await sys.thread_create('meetsOnce', [barrier])];
    const mine = (await meetsOnce(sys, barrier)) as boolean;
    const theirs = [await sys.thread_join(threads[0]!), await sys.thread_join(threads[1]!)];
    same([mine, ...theirs].filter(Boolean).length, 1, 'serial ones');
    await refused(sys.barrier_wait(barrier), 'EFAULT', 'it has gone');
  },

  async 'with an interpreter one thread at a time runs code'(sys) {
    const inside = await sys.cell_create(0);
    await refused(sys.interpreter_profile(), 'EINVAL', 'none yet');
    await sys.interpreter_attach('3.11');
    same((await sys.interpreter_profile()).name, 'cpython-3.11', 'its profile');
    // So long that nobody has to give way in the middle, on a busy machine either: they take turns where they sleep.
    await sys.interpreter_setinterval(60_000 * MS);
    const threads: number[] = [];
    for (let i = 0; i < 3; i++) threads.push(await sys.thread_create('interpreted', [inside, 300]));
    await refused(sys.interpreter_attach('2.7'), 'EBUSY', 'with threads');
    for (const thread of threads) same(await sys.thread_join(thread), 0, 'overlaps');
  },

  async 'readers wait behind a writer where it is preferred'(sys) {
    for (const prefer of ['readers', 'writers'] as const) {
      const [lock, list, gate] = [
        await sys.rwlock_create({ prefer }),
        await sys.list_create(),
        await sys.sem_create(0),
      ];
      await sys.rwlock_rdlock(lock);
      const writer = await sys.thread_create('writes', [lock, list, 'writer', gate]);
      await asleep(sys, gate);
      const reader = await sys.thread_create('reads', [lock, list, 'reader', gate]);
      await asleep(sys, gate);
      await sys.rwlock_unlock(lock);
      await sys.thread_join(writer);
      await sys.thread_join(reader);
      const order = [await sys.list_get(list, 0), await sys.list_get(list, 1)];
      same(order, prefer === 'readers' ? ['reader', 'writer'] : ['writer', 'reader'], prefer);
    }
  },

  async 'values come out of cells and lists as they went in'(sys) {
    for (const shared of [false, true]) {
      const list = await sys.list_create(VALUES, { shared });
      const cell = await sys.cell_create(null, { shared });
      for (const [at, value] of VALUES.entries()) {
        same(await sys.list_get(list, at), value, 'in a list');
        await sys.cell_store(cell, value);
        const back = await sys.cell_load(cell);
        same(back, value, 'in a cell');
        holds(back instanceof Uint8Array === value instanceof Uint8Array, 'of its kind');
      }
      await refused(sys.cell_store(cell, (() => 1) as unknown as Cloneable), 'EINVAL', 'a function');
      await refused(sys.list_get(list, 99), 'ERANGE', 'past the end');
      await refused(sys.mutex_lock(list), 'EINVAL', 'another kind');
      await sys.cell_free(cell);
      await refused(sys.cell_load(cell), 'EFAULT', 'freed');
    }
  },
};

export const main = contract(cases);
