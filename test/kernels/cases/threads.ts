/** Threads, cells, lists, locks and queues: pthreads(7), futex(2). */
import type { Cloneable, Sys } from '@netarium/core/syscall/sys.ts';
import { bytes, type Cases, content, contract, holds, MS, refused, same, text, tookNs } from '../suite.ts';

/** Entries of threads. */
export async function echo(_sys: Sys, ...args: Cloneable[]): Promise<Cloneable> {
  return { args, count: args.length };
}

export async function writesLater(sys: Sys, fd: number, line: string): Promise<void> {
  await sys.nanosleep(20 * MS);
  await sys.write(fd, bytes(line));
}

/** Writes as often as it is let, and says each time that it has. */
export async function logs(sys: Sys, fd: number, go: number, done: number): Promise<void> {
  for (let i = 1; i <= 5; i++) {
    await sys.sem_wait(go);
    await sys.write(fd, bytes(`line ${i}\n`));
    await sys.sem_post(done);
  }
}

export async function adds(sys: Sys, cell: number, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await sys.cell_add(cell, 1);
}

/** Load and store under a lock: exact only when the lock works. */
export async function addsLocked(sys: Sys, mutex: number, cell: number, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    await sys.mutex_lock(mutex);
    const value = (await sys.cell_load(cell)) as number;
    if (i % 10 === 0) await sys.sched_yield();
    await sys.cell_store(cell, value + 1);
    await sys.mutex_unlock(mutex);
  }
}

export async function setsAndSignals(sys: Sys, mutex: number, condition: number, cell: number): Promise<void> {
  await sys.nanosleep(20 * MS);
  await sys.mutex_lock(mutex);
  await sys.cell_store(cell, 'set');
  await sys.cond_signal(condition);
  await sys.mutex_unlock(mutex);
}

export async function posts(sys: Sys, semaphore: number, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    await sys.nanosleep(MS);
    await sys.sem_post(semaphore);
  }
}

export async function meets(sys: Sys, barrier: number, cell: number): Promise<boolean> {
  await sys.cell_add(cell, 1);
  const chosen = await sys.barrier_wait(barrier);
  const present = (await sys.cell_load(cell)) as number;
  holds(present === 4, `${present} of 4 were there`);
  return chosen;
}

export async function storesAndNotifies(sys: Sys, cell: number): Promise<void> {
  await sys.nanosleep(20 * MS);
  await sys.cell_store(cell, 1);
  await sys.cell_notify(cell, 1);
}

export async function holdsLock(sys: Sys, mutex: number, gate: number): Promise<void> {
  await sys.mutex_lock(mutex);
  await sys.sem_post(gate);
  await sys.nanosleep(60 * MS);
  await sys.mutex_unlock(mutex);
}

export async function leavesEarly(sys: Sys): Promise<string> {
  await sys.thread_exit('left early');
  return 'never';
}

export async function remembers(sys: Sys, value: string): Promise<Cloneable> {
  const before = ((await sys.tls_get(1)) ?? null) as Cloneable;
  await sys.tls_set(1, value);
  await sys.nanosleep(5 * MS);
  return [before, (await sys.tls_get(1)) as Cloneable];
}

/** Takes items until the end marker, and hands on what it took. */
export async function takesAll(sys: Sys, list: number, full: number): Promise<Cloneable> {
  const taken: Cloneable[] = [];
  for (;;) {
    await sys.sem_wait(full);
    const item = await sys.list_remove(list, 0);
    if (item === null) return taken;
    taken.push(item);
  }
}

export async function writesAndPosts(sys: Sys, fd: number, written: number, seen: number): Promise<void> {
  for (let i = 0; i < 50; i++) {
    await sys.write(fd, bytes('t'));
    await sys.sem_post(written);
    await sys.sem_wait(seen);
  }
}

export async function sleepsForEver(sys: Sys): Promise<void> {
  await sys.nanosleep(3_600_000 * MS);
}

export async function endsTheProcess(sys: Sys): Promise<void> {
  await sys.write(1, bytes('kept\n'));
  await sys.exit(0);
}

async function allJoined(sys: Sys, tids: readonly number[]): Promise<Cloneable[]> {
  const answers: Cloneable[] = [];
  for (const tid of tids) answers.push(await sys.thread_join(tid));
  return answers;
}

export const cases: Cases = {
  async 'a thread’s writes go to what the descriptor is by then'(sys) {
    const flags = { write: true, create: true, append: true };
    const fd = await sys.open('first', flags);
    const [go, done] = [await sys.sem_create(0), await sys.sem_create(0)];
    const thread = await sys.thread_create('logs', [fd, go, done]);
    const next = async (): Promise<void> => {
      await sys.sem_post(go);
      await sys.sem_wait(done);
    };
    await next();
    await next();
    same(await sys.lseek(fd, 0, 'cur'), 14, 'the offset that all of them have');
    await sys.lseek(fd, 2, 'set');
    same(await sys.lseek(fd, 1, 'cur'), 3, 'where it was moved to');
    await next();
    same(await sys.lseek(fd, 0, 'cur'), 21, 'an append moves it to the end again');
    await sys.write(fd, bytes('and main\n'));
    const other = await sys.open('second', flags);
    await sys.dup2(other, fd);
    await next();
    await sys.close(fd);
    await sys.close(other);
    same(await sys.open('third', { ...flags, read: true }), fd, 'the same number again');
    await next();
    await sys.thread_join(thread);
    same(await content(sys, 'first'), 'line 1\nline 2\nline 3\nand main\n', 'before');
    same(await content(sys, 'second'), 'line 4\n', 'after dup2');
    same(await content(sys, 'third'), 'line 5\n', 'after close and open');
    await sys.close(fd);
  },

  async 'an entry gets its arguments, and its answer is joined'(sys) {
    const tid = await sys.thread_create('echo', [1, 'two', null, { three: [3, true] }]);
    holds(tid !== (await sys.gettid()), 'another id');
    const expected = { args: [1, 'two', null, { three: [3, true] }], count: 4 };
    same(await sys.thread_join(tid), expected, 'the answer');
    await refused(sys.thread_join(tid), 'ESRCH', 'join twice');
    await refused(sys.thread_create('no such entry'), 'EINVAL', 'an unknown entry');
    await refused(sys.thread_join(await sys.gettid()), 'EDEADLK', 'join oneself');
    same(await sys.thread_join(await sys.thread_create('leavesEarly')), 'left early', 'thread_exit');
  },

  async 'threads share descriptors'(sys) {
    const [reader, writer] = await sys.pipe();
    const tid = await sys.thread_create('writesLater', [writer, 'from the thread']);
    same(text(await sys.read(reader, 100)), 'from the thread', 'a blocked read is woken');
    await sys.thread_join(tid);
    await sys.close(writer);
    same((await sys.read(reader, 1)).length, 0, 'the end');
  },

  async 'join waits at most so long, and not for who is detached'(sys) {
    const tid = await sys.thread_create('sleepsForEver');
    const took = await tookNs(sys, () => refused(sys.thread_join(tid, 30 * MS), 'ETIMEDOUT', 'join'));
    holds(took >= 30 * MS && took < 5000 * MS, `30 ms took ${took} ns`);
    await sys.thread_detach(tid);
    await refused(sys.thread_join(tid), 'EINVAL', 'join of a detached thread');
    // The process ends although one of its threads still sleeps.
  },

  async 'cells are shared, and cell_add loses nothing'(sys) {
    const cell = await sys.cell_create(5);
    same(await sys.cell_load(cell), 5, 'the first value');
    const tids = [];
    for (let i = 0; i < 4; i++) tids.push(await sys.thread_create('adds', [cell, 250]));
    await allJoined(sys, tids);
    same(await sys.cell_load(cell), 1005, 'four times 250');
    same(await sys.cell_add(cell, 1), 1005, 'cell_add answers what was there');
    same(await sys.cell_exchange(cell, 'text'), 1006, 'cell_exchange too');
    same(await sys.cell_compare_exchange(cell, 'other', 1), 'text', 'not as expected');
    same(await sys.cell_load(cell), 'text', 'so it stays');
    same(await sys.cell_compare_exchange(cell, 'text', { a: [1, 'b'] }), 'text', 'as expected');
    same(await sys.cell_load(cell), { a: [1, 'b'] }, 'so it is stored');
    await refused(sys.cell_add(cell, 1), 'EINVAL', 'no number');
    await sys.cell_free(cell);
    await refused(sys.cell_load(cell), 'EFAULT', 'freed');
  },

  async 'a mutex makes load and store one'(sys) {
    const [mutex, cell] = [await sys.mutex_create(), await sys.cell_create(0)];
    const tids = [];
    for (let i = 0; i < 4; i++) tids.push(await sys.thread_create('addsLocked', [mutex, cell, 100]));
    await allJoined(sys, tids);
    same(await sys.cell_load(cell), 400, 'four times 100');
  },

  async 'kinds of mutexes'(sys) {
    const checked = await sys.mutex_create({ type: 'errorcheck' });
    await sys.mutex_lock(checked);
    await refused(sys.mutex_lock(checked), 'EDEADLK', 'locked twice');
    await sys.mutex_unlock(checked);
    await refused(sys.mutex_unlock(checked), 'EPERM', 'unlocked twice');
    const recursive = await sys.mutex_create({ type: 'recursive' });
    await sys.mutex_lock(recursive);
    await sys.mutex_lock(recursive);
    await sys.mutex_unlock(recursive);
    await sys.mutex_unlock(recursive);
    await refused(sys.mutex_unlock(recursive), 'EPERM', 'unlocked once more');
    const [held, gate] = [await sys.mutex_create(), await sys.sem_create(0)];
    const tid = await sys.thread_create('holdsLock', [held, gate]);
    await sys.sem_wait(gate);
    await refused(sys.mutex_trylock(held), 'EBUSY', 'trylock');
    await refused(sys.mutex_lock(held, 5 * MS), 'ETIMEDOUT', 'a short wait');
    await sys.mutex_lock(held);
    await sys.mutex_unlock(held);
    await sys.thread_join(tid);
    await refused(sys.mutex_lock(99_999), 'EFAULT', 'no mutex');
  },

  async 'a condition wakes who waits'(sys) {
    const [mutex, condition] = [await sys.mutex_create(), await sys.cond_create()];
    const cell = await sys.cell_create('unset');
    await sys.mutex_lock(mutex);
    await refused(sys.cond_wait(condition, mutex, 10 * MS), 'ETIMEDOUT', 'nobody signals');
    const tid = await sys.thread_create('setsAndSignals', [mutex, condition, cell]);
    while ((await sys.cell_load(cell)) === 'unset') await sys.cond_wait(condition, mutex);
    await sys.mutex_unlock(mutex);
    await sys.thread_join(tid);
  },

  async 'a semaphore counts'(sys) {
    const semaphore = await sys.sem_create(2);
    await sys.sem_wait(semaphore);
    await sys.sem_trywait(semaphore);
    await refused(sys.sem_trywait(semaphore), 'EAGAIN', 'used up');
    await refused(sys.sem_wait(semaphore, 5 * MS), 'ETIMEDOUT', 'a short wait');
    const tid = await sys.thread_create('posts', [semaphore, 5]);
    for (let i = 0; i < 4; i++) await sys.sem_wait(semaphore);
    await sys.thread_join(tid);
    same(await sys.sem_getvalue(semaphore), 1, 'one is left');
  },

  async 'a barrier opens when all are there, and chooses one'(sys) {
    const [barrier, cell] = [await sys.barrier_create(4), await sys.cell_create(0)];
    const tids = [];
    for (let i = 0; i < 4; i++) tids.push(await sys.thread_create('meets', [barrier, cell]));
    same((await allJoined(sys, tids)).filter((chosen) => chosen === true).length, 1, 'chosen');
  },

  async 'readers share a lock, a writer has it alone'(sys) {
    const lock = await sys.rwlock_create();
    await sys.rwlock_rdlock(lock);
    await sys.rwlock_tryrdlock(lock);
    await refused(sys.rwlock_trywrlock(lock), 'EBUSY', 'write while read');
    await sys.rwlock_unlock(lock);
    await sys.rwlock_unlock(lock);
    await sys.rwlock_wrlock(lock);
    await refused(sys.rwlock_tryrdlock(lock), 'EBUSY', 'read while written');
    await sys.rwlock_unlock(lock);
  },

  async 'cell_wait sleeps while a value is there'(sys) {
    const cell = await sys.cell_create(0);
    await refused(sys.cell_wait(cell, 7), 'EAGAIN', 'another value');
    await refused(sys.cell_wait(cell, 0, 10 * MS), 'ETIMEDOUT', 'nobody notifies');
    const tid = await sys.thread_create('storesAndNotifies', [cell]);
    while ((await sys.cell_load(cell)) === 0) {
      await sys.cell_wait(cell, 0, 5000 * MS).catch((error: unknown) => {
        if ((error as { code?: string }).code !== 'EAGAIN') throw error;
      });
    }
    await sys.thread_join(tid);
    same(await sys.cell_notify(cell, 10), 0, 'nobody sleeps');
  },

  async 'each thread has values of its own'(sys) {
    const tids = [];
    for (const name of ['a', 'b', 'c']) tids.push(await sys.thread_create('remembers', [name]));
    const answers = await allJoined(sys, tids);
    same(
      answers,
      [
        [null, 'a'],
        [null, 'b'],
        [null, 'c'],
      ],
      'nothing at first, then its own',
    );
  },

  async 'threads one after the other begin anew'(sys) {
    const seen = new Set<number>();
    for (let i = 0; i < 20; i++) {
      const tid = await sys.thread_create('remembers', [i]);
      seen.add(tid);
      same(await sys.thread_join(tid), [null, i], 'nothing of the one before');
    }
    same(seen.size, 20, 'ids');
    await refused(sys.thread_join([...seen][0]!), 'ESRCH', 'join of one that was joined');
  },

  async 'lists are shared and whole'(sys) {
    const list = await sys.list_create(['a', 'b']);
    same(await sys.list_push(list, { c: 1 }), 3, 'the new length');
    await sys.list_insert(list, 0, 'first');
    await sys.list_set(list, 1, null);
    same([await sys.list_get(list, 0), await sys.list_get(list, -1)], ['first', { c: 1 }], 'ends');
    same(await sys.list_remove(list, 1), null, 'removed');
    same(await sys.list_length(list), 3, 'length');
    await refused(sys.list_get(list, 3), 'ERANGE', 'beyond the end');
    await refused(sys.list_remove(list, -4), 'ERANGE', 'before the start');
  },

  async 'a queue hands each item to one taker'(sys) {
    const [list, full] = [await sys.list_create(), await sys.sem_create(0)];
    const tids = [];
    for (let i = 0; i < 3; i++) tids.push(await sys.thread_create('takesAll', [list, full]));
    for (let item = 0; item < 60; item++) {
      await sys.list_push(list, item);
      await sys.sem_post(full);
    }
    for (const _ of tids) {
      await sys.list_push(list, null);
      await sys.sem_post(full);
    }
    const taken = (await allJoined(sys, tids)) as number[][];
    for (const items of taken)
      same(
        [...items].sort((a, b) => a - b),
        items,
        'each taker’s items are in order',
      );
    same(
      taken.flat().sort((a, b) => a - b),
      Array.from({ length: 60 }, (_, item) => item),
      'all of them, once',
    );
  },

  async 'what a thread wrote before it posted stands before what is written after the wait'(sys) {
    const [written, seen] = [await sys.sem_create(0), await sys.sem_create(0)];
    const [reader, writer] = await sys.pipe();
    const file = await sys.open('f', { write: true, create: true, append: true });
    for (const fd of [writer, file]) {
      const tid = await sys.thread_create('writesAndPosts', [fd, written, seen]);
      for (let i = 0; i < 50; i++) {
        await sys.sem_wait(written);
        await sys.write(fd, bytes('m'));
        await sys.sem_post(seen);
      }
      await sys.thread_join(tid);
    }
    same(text(await sys.read(reader, 1000)), 'tm'.repeat(50), 'through a pipe');
    same(await content(sys, 'f'), 'tm'.repeat(50), 'in a file');
  },

  async 'exit in a thread ends the process'(sys) {
    await sys.thread_create('endsTheProcess');
    await sys.nanosleep(60_000 * MS);
    holds(false, 'the process outlived exit');
  },
};

export const main = contract(cases);
