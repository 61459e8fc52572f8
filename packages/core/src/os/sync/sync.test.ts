import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bench, bench, errnoOf } from '../../syscall/kernel.test-util.ts';
import type { ProgramModule } from '../../syscall/program.ts';
import type { Sys } from '../../syscall/sys.ts';
import { NO_COSTS } from '../costs.ts';
import type { SchedulerOptions } from '../cpu/policies.ts';

const MS = 1_000_000;

interface Options {
  readonly cores?: number;
  readonly seed?: number;
  readonly free?: boolean;
  readonly scheduler?: SchedulerOptions;
}

async function run(program: ProgramModule, { cores = 4, seed = 1, free = false, scheduler }: Options = {}) {
  const cpu = { cores, scheduler: scheduler ?? ({ scheduler: 'eevdf' } as const) };
  const b: Bench = bench({}, { seed, cpu, ...(free ? { costs: NO_COSTS } : {}) });
  const deadlocks: string[] = [];
  b.recorder.on('thread.deadlock', (event) => deadlocks.push(event.values.circle));
  b.start(program);
  await b.run();
  expect(b.crashes).toEqual([]);
  return { b, deadlocks };
}

describe('mutexes', () => {
  test.each([1, 4])('keep a count exact that is lost without, on %i cores', async (cores) => {
    const totals: unknown[] = [];
    const program = (locked: boolean): ProgramModule => ({
      async main(sys) {
        const [cell, mutex] = [await sys.cell_create(0), await sys.mutex_create()];
        const tids: number[] = [];
        for (let i = 0; i < 4; i++) tids.push(await sys.thread_create('count', [cell, mutex]));
        for (const tid of tids) await sys.thread_join(tid);
        totals.push(await sys.cell_load(cell));
        if (!locked) return 0;
        const uses = await sys.sync_statistics(mutex);
        totals.push(uses.reduce((sum, use) => sum + use.acquisitions, 0));
        if (cores > 1) expect(uses.some(({ contended, waitedNs }) => contended > 0 && waitedNs > 0)).toBe(true);
        return 0;
      },
      async count(sys: Sys, cell: number, mutex: number) {
        for (let i = 0; i < 2_000; i++) {
          if (locked) await sys.mutex_lock(mutex);
          await sys.cell_store(cell, ((await sys.cell_load(cell)) as number) + 1);
          if (locked) await sys.mutex_unlock(mutex);
        }
      },
    });
    await run(program(true), { cores });
    expect(totals).toEqual([8_000, 8_000]);
    if (cores === 1) return;
    await run(program(false), { cores });
    expect(totals[2]).toBeLessThan(8_000);
  });

  test('by their types: locked twice, unlocked by another, unlocked when free, tried', async () => {
    const seen: string[] = [];
    await run({
      async main(sys) {
        for (const type of ['normal', 'recursive', 'errorcheck'] as const) {
          const mutex = await sys.mutex_create({ type });
          seen.push(await errnoOf(sys.mutex_unlock(mutex)));
          await sys.mutex_lock(mutex);
          seen.push(await errnoOf(sys.mutex_lock(mutex, 5 * MS)), await errnoOf(sys.mutex_trylock(mutex)));
          const other = await sys.thread_create('other', [mutex]);
          await sys.thread_join(other);
        }
        seen.push(await errnoOf(sys.mutex_lock(99)), await errnoOf(sys.mutex_lock(await sys.cell_create(1))));
        seen.push(await errnoOf(sys.mutex_create({ type: 'other' as never })));
        return 0;
      },
      async other(sys: Sys, mutex: number) {
        seen.push(await errnoOf(sys.mutex_trylock(mutex)), await errnoOf(sys.mutex_unlock(mutex)));
      },
    });
    expect(seen.slice(0, 5)).toEqual(['EPERM', 'ETIMEDOUT', 'EBUSY', 'EBUSY', 'none']);
    expect(seen.slice(5, 10)).toEqual(['EPERM', 'none', 'none', 'EBUSY', 'EPERM']);
    expect(seen.slice(10, 15)).toEqual(['EPERM', 'EDEADLK', 'EBUSY', 'EBUSY', 'EPERM']);
    expect(seen.slice(15)).toEqual(['EFAULT', 'EINVAL', 'EINVAL']);
  });

  test('sleepers come first in, first out; who runs may barge in before', async () => {
    const order: string[] = [];
    await run({
      async main(sys) {
        const mutex = await sys.mutex_create();
        await sys.mutex_lock(mutex);
        const tids: number[] = [];
        for (const name of ['a', 'b', 'c']) {
          tids.push(await sys.thread_create('taker', [mutex, name]));
          await sys.nanosleep(MS);
        }
        await sys.mutex_unlock(mutex);
        await sys.mutex_lock(mutex);
        order.push('main again');
        await sys.mutex_unlock(mutex);
        for (const tid of tids) await sys.thread_join(tid);
        return 0;
      },
      async taker(sys: Sys, mutex: number, name: string) {
        await sys.mutex_lock(mutex);
        order.push(name);
        await sys.nanosleep(MS);
        await sys.mutex_unlock(mutex);
      },
    });
    expect(order).toEqual(['main again', 'a', 'b', 'c']);
  });

  test('noodles and forks: the circle is named at the instant in which it closes', async () => {
    const { b, deadlocks } = await run({
      async main(sys) {
        const noodles = await sys.mutex_create({ label: 'noodles' });
        const fork = await sys.mutex_create({ label: 'fork' });
        const tids = [
          await sys.thread_create('eat', [noodles, fork], { name: 'alex' }),
          await sys.thread_create('eat', [fork, noodles], { name: 'bao' }),
        ];
        for (const tid of tids) await sys.thread_join(tid);
        return 0;
      },
      async eat(sys: Sys, first: number, second: number) {
        await sys.mutex_lock(first);
        await sys.nanosleep(MS);
        await sys.mutex_lock(second);
      },
    });
    expect(deadlocks).toHaveLength(1);
    expect(deadlocks[0]).toContain('waits for mutex fork');
    expect(deadlocks[0]).toContain('waits for mutex noodles');
    expect(b.queue.now).toBeLessThan(2 * MS);
  });

  test('with a time limit there is no deadlock', async () => {
    const { deadlocks } = await run({
      async main(sys) {
        const mutex = await sys.mutex_create();
        await sys.mutex_lock(mutex);
        await errnoOf(sys.mutex_lock(mutex, MS));
        return 0;
      },
    });
    expect(deadlocks).toEqual([]);
  });

  test('robust: the death of an owner is told, and the data made whole or given up', async () => {
    const seen: string[] = [];
    await run({
      async main(sys) {
        const mutex = await sys.mutex_create({ robust: true });
        await sys.thread_join(await sys.thread_create('die', [mutex]));
        seen.push(await errnoOf(sys.mutex_lock(mutex)), await errnoOf(sys.mutex_consistent(mutex)));
        await sys.mutex_unlock(mutex);
        seen.push(await errnoOf(sys.mutex_lock(mutex)));
        await sys.mutex_unlock(mutex);
        await sys.thread_join(await sys.thread_create('die', [mutex]));
        seen.push(await errnoOf(sys.mutex_lock(mutex)));
        await sys.mutex_unlock(mutex);
        seen.push(await errnoOf(sys.mutex_lock(mutex)));
        return 0;
      },
      async die(sys: Sys, mutex: number) {
        await sys.mutex_lock(mutex);
      },
    });
    expect(seen).toEqual(['EOWNERDEAD', 'none', 'none', 'EOWNERDEAD', 'ENOTRECOVERABLE']);
  });

  test('a private one is copied by fork, a shared and a named one are not', async () => {
    const seen: string[] = [];
    await run({
      async main(sys) {
        const own = await sys.mutex_create();
        const shared = await sys.mutex_create({ shared: true });
        const named = await sys.mutex_create({ name: '/gate' });
        for (const mutex of [own, shared, named]) await sys.mutex_lock(mutex);
        const child = await sys.fork('child', [own, shared]);
        await sys.nanosleep(MS);
        for (const mutex of [own, shared, named]) await sys.mutex_unlock(mutex);
        await sys.waitpid(child);
        return 0;
      },
      async child(sys: Sys, own: number, shared: number) {
        seen.push(
          await errnoOf(sys.mutex_lock(shared)),
          await errnoOf(sys.mutex_lock(await sys.mutex_create({ name: '/gate' }))),
        );
        // The owner of the copy is a thread of the parent: it will never be unlocked.
        seen.push(await errnoOf(sys.mutex_lock(own, 10 * MS)));
        return 0;
      },
    });
    expect(seen).toEqual(['none', 'none', 'ETIMEDOUT']);
  });

  const inversion = async (protocol: 'none' | 'inherit'): Promise<number> => {
    let gotItAt = -1;
    await run(
      {
        async main(sys) {
          const mutex = await sys.mutex_create({ protocol });
          const tids: number[] = [];
          for (const [entry, priority] of [
            ['low', 10],
            ['high', 30],
            ['middle', 20],
          ] as const) {
            const tid = await sys.thread_create(entry, [mutex]);
            await sys.sched_setscheduler(tid, { policy: 'fifo', priority });
            tids.push(tid);
          }
          for (const tid of tids) await sys.thread_join(tid);
          return 0;
        },
        async low(sys: Sys, mutex: number) {
          await sys.mutex_lock(mutex);
          await sys.cpu(5 * MS);
          await sys.mutex_unlock(mutex);
        },
        async high(sys: Sys, mutex: number) {
          await sys.nanosleep(MS);
          await sys.mutex_lock(mutex);
          gotItAt = await sys.clock_gettime('monotonic');
          await sys.mutex_unlock(mutex);
        },
        async middle(sys: Sys) {
          await sys.nanosleep(2 * MS);
          await sys.cpu(50 * MS);
        },
      },
      { cores: 1, free: true },
    );
    return gotItAt;
  };

  test('priority inversion, and inheritance that cures it', async () => {
    expect(await inversion('none')).toBe(55 * MS);
    expect(await inversion('inherit')).toBe(5 * MS);
  });
});

describe('conditions', () => {
  test('a signal wakes the one that has waited longest, a broadcast all, nobody is told later', async () => {
    const order: string[] = [];
    await run({
      async main(sys) {
        const [mutex, condition] = [await sys.mutex_create(), await sys.cond_create()];
        await sys.cond_signal(condition);
        const tids: number[] = [];
        for (const name of ['a', 'b', 'c']) {
          tids.push(await sys.thread_create('wait', [mutex, condition, name]));
          await sys.nanosleep(MS);
        }
        await sys.cond_signal(condition);
        await sys.nanosleep(MS);
        order.push('one');
        await sys.cond_broadcast(condition);
        for (const tid of tids) await sys.thread_join(tid);
        await sys.mutex_lock(mutex);
        order.push(await errnoOf(sys.cond_wait(condition, mutex, MS)));
        order.push(await errnoOf(sys.mutex_unlock(mutex)), await errnoOf(sys.cond_wait(condition, mutex)));
        return 0;
      },
      async wait(sys: Sys, mutex: number, condition: number, name: string) {
        await sys.mutex_lock(mutex);
        await sys.cond_wait(condition, mutex);
        order.push(name);
        await sys.mutex_unlock(mutex);
      },
    });
    expect(order).toEqual(['a', 'one', 'b', 'c', 'ETIMEDOUT', 'none', 'EPERM']);
  });

  test('a waiter has its mutex again when it goes on, also after its time is over', async () => {
    const seen: unknown[] = [];
    await run({
      async main(sys) {
        const [mutex, condition] = [await sys.mutex_create(), await sys.cond_create()];
        const waiter = await sys.thread_create('wait', [mutex, condition]);
        await sys.nanosleep(MS);
        await sys.mutex_lock(mutex);
        await sys.nanosleep(20 * MS);
        seen.push('still mine');
        await sys.mutex_unlock(mutex);
        await sys.thread_join(waiter);
        return 0;
      },
      async wait(sys: Sys, mutex: number, condition: number) {
        await sys.mutex_lock(mutex);
        seen.push(await errnoOf(sys.cond_wait(condition, mutex, 5 * MS)));
        await sys.mutex_unlock(mutex);
      },
    });
    expect(seen).toEqual(['still mine', 'ETIMEDOUT']);
  });
});

describe('time limits and circles', () => {
  test('a signal that came before the time limit counts, however late its waiter gets the mutex', async () => {
    const seen: string[] = [];
    await run({
      async main(sys) {
        const [mutex, condition] = [await sys.mutex_create(), await sys.cond_create()];
        const waiter = await sys.thread_create('wait', [mutex, condition]);
        await sys.nanosleep(3 * MS);
        await sys.mutex_lock(mutex);
        await sys.cond_signal(condition);
        await sys.nanosleep(20 * MS);
        await sys.mutex_unlock(mutex);
        await sys.thread_join(waiter);
        return 0;
      },
      async wait(sys: Sys, mutex: number, condition: number) {
        await sys.mutex_lock(mutex);
        seen.push(await errnoOf(sys.cond_wait(condition, mutex, 5 * MS)));
        await sys.mutex_unlock(mutex);
      },
    });
    expect(seen).toEqual(['none']);
  });

  test('a circle of three is found, through a lock that many read too; a line is none', async () => {
    const circle = (closed: boolean): ProgramModule => ({
      async main(sys) {
        const [a, b, c] = [await sys.mutex_create(), await sys.mutex_create(), await sys.rwlock_create()];
        for (const [entry, first, second] of [
          ['mutexes', a, b],
          ['reading', b, c],
          ['writing', c, a],
          ['reader', c, c],
        ] as const)
          await sys.thread_create(entry, [first, second]);
        await sys.nanosleep(50 * MS);
        return 0;
      },
      async mutexes(sys: Sys, first: number, second: number) {
        await sys.mutex_lock(first);
        await sys.nanosleep(MS);
        await sys.mutex_lock(second);
      },
      async reading(sys: Sys, first: number, second: number) {
        await sys.mutex_lock(first);
        await sys.nanosleep(2 * MS);
        await sys.rwlock_wrlock(second);
      },
      async writing(sys: Sys, first: number, second: number) {
        await sys.rwlock_rdlock(first);
        await sys.nanosleep(3 * MS);
        if (closed) await sys.mutex_lock(second);
        else await sys.nanosleep(60 * MS);
      },
      async reader(sys: Sys, lock: number) {
        await sys.rwlock_rdlock(lock);
        await sys.nanosleep(100 * MS);
      },
    });
    const { deadlocks } = await run(circle(true));
    expect(deadlocks).toHaveLength(1);
    expect(deadlocks[0]!.split('; ')).toHaveLength(3);
    expect((await run(circle(false))).deadlocks).toEqual([]);
  });
});

describe('between processes', () => {
  test('a parent that waits for a child that waits for its lock is a circle', async () => {
    const { deadlocks } = await run({
      async main(sys) {
        const mutex = await sys.mutex_create({ shared: true, label: 'gate' });
        await sys.mutex_lock(mutex);
        await sys.waitpid(await sys.fork('child', [mutex]));
        return 0;
      },
      async child(sys: Sys, mutex: number) {
        await sys.mutex_lock(mutex);
        return 0;
      },
    });
    expect(deadlocks).toHaveLength(1);
    expect(deadlocks[0]).toMatch(/waits for mutex gate/);
    expect(deadlocks[0]).toMatch(/waits for process \d+/);
  });

  test('the death of a process that holds a robust mutex is told to another', async () => {
    const seen: string[] = [];
    await run({
      async main(sys) {
        const mutex = await sys.mutex_create({ shared: true, robust: true });
        const child = await sys.fork('child', [mutex]);
        await sys.nanosleep(MS);
        const waiting = await sys.thread_create('next', [mutex]);
        await sys.nanosleep(MS);
        await sys.kill(child, 'SIGKILL');
        await sys.thread_join(waiting);
        return 0;
      },
      async child(sys: Sys, mutex: number) {
        await sys.mutex_lock(mutex);
        await sys.pause();
        return 0;
      },
      async next(sys: Sys, mutex: number) {
        seen.push(await errnoOf(sys.mutex_lock(mutex)));
      },
    });
    expect(seen).toEqual(['EOWNERDEAD']);
  });
});

/** What a thread of a random program does: how long it thinks, how long it holds the lock, and how long it is patient (0: it tries once). */
interface Visit {
  readonly thinkUs: number;
  readonly holdUs: number;
  readonly patienceUs: number;
}

const visit: fc.Arbitrary<Visit> = fc.record({
  thinkUs: fc.nat(60),
  holdUs: fc.nat(60),
  patienceUs: fc.constantFrom(-1, -1, 0, 20, 200),
});

describe('random programs', () => {
  test('never have two inside, lose no wake-up, and count right, whatever cores and seed', async () => {
    const property = fc.asyncProperty(
      fc.array(fc.array(visit, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 5 }),
      fc.integer({ min: 1, max: 4 }),
      fc.nat(1000),
      async (threads, cores, seed) => {
        let inside = 0;
        let most = 0;
        let visits = 0;
        let ended = 0;
        const program: ProgramModule = {
          async main(sys) {
            const mutex = await sys.mutex_create();
            const tids: number[] = [];
            for (let i = 0; i < threads.length; i++) tids.push(await sys.thread_create('visitor', [mutex, i]));
            for (const tid of tids) await sys.thread_join(tid);
            const uses = await sys.sync_statistics(mutex);
            expect(uses.reduce((sum, use) => sum + use.acquisitions, 0)).toBe(visits);
            return 0;
          },
          async visitor(sys: Sys, mutex: number, i: number) {
            for (const { thinkUs, holdUs, patienceUs } of threads[i]!) {
              await sys.cpu(thinkUs * 1000);
              if ((await errnoOf(sys.mutex_lock(mutex, patienceUs < 0 ? -1 : patienceUs * 1000))) !== 'none') continue;
              visits++;
              most = Math.max(most, ++inside);
              if (holdUs % 2 === 0) await sys.nanosleep(holdUs * 1000);
              else await sys.cpu(holdUs * 1000);
              inside--;
              await sys.mutex_unlock(mutex);
            }
            ended++;
          },
        };
        await run(program, { cores, seed });
        expect([most, ended]).toEqual([1, threads.length]);
      },
    );
    // A sleeper is woken and its time is over before it runs: the wake must not be lost to those who sleep on.
    const late = [
      [
        [32, 0, -1],
        [12, 0, -1],
        [2, 10, -1],
      ],
      [[0, 0, -1]],
      [
        [0, 0, 20],
        [0, 0, -1],
        [28, 16, -1],
        [36, 0, -1],
      ],
      [
        [0, 0, 20],
        [0, 0, 200],
      ],
      [
        [16, 3, -1],
        [48, 0, -1],
        [0, 0, -1],
      ],
    ].map((visits) => visits.map(([thinkUs, holdUs, patienceUs]) => ({ thinkUs, holdUs, patienceUs }) as Visit));
    await fc.assert(property, { numRuns: 60, examples: [[late, 1, 552]] });
  });
});

describe('semaphores, read-write locks, barriers', () => {
  test('a semaphore of two admits two', async () => {
    let inside = 0;
    let most = 0;
    const seen: unknown[] = [];
    await run({
      async main(sys) {
        const semaphore = await sys.sem_create(2);
        const tids: number[] = [];
        for (let i = 0; i < 6; i++) tids.push(await sys.thread_create('work', [semaphore]));
        for (const tid of tids) await sys.thread_join(tid);
        seen.push(await sys.sem_getvalue(semaphore));
        await sys.sem_wait(semaphore);
        await sys.sem_trywait(semaphore);
        seen.push(await errnoOf(sys.sem_trywait(semaphore)), await errnoOf(sys.sem_wait(semaphore, MS)));
        seen.push(await errnoOf(sys.sem_create(-1)));
        return 0;
      },
      async work(sys: Sys, semaphore: number) {
        await sys.sem_wait(semaphore);
        most = Math.max(most, ++inside);
        await sys.nanosleep(MS);
        inside--;
        await sys.sem_post(semaphore);
      },
    });
    expect(most).toBe(2);
    expect(seen).toEqual([2, 'EAGAIN', 'ETIMEDOUT', 'EINVAL']);
  });

  test.each(['readers', 'writers'] as const)('a read-write lock that prefers %s', async (prefer) => {
    const order: string[] = [];
    await run({
      async main(sys) {
        const lock = await sys.rwlock_create({ prefer });
        const tids: number[] = [];
        for (const [entry, name] of [
          ['read', 'r1'],
          ['write', 'w'],
          ['read', 'r2'],
        ] as const) {
          tids.push(await sys.thread_create(entry, [lock, name]));
          await sys.nanosleep(MS);
        }
        order.push(await errnoOf(sys.rwlock_trywrlock(lock)), await errnoOf(sys.rwlock_unlock(lock)));
        for (const tid of tids) await sys.thread_join(tid);
        return 0;
      },
      async read(sys: Sys, lock: number, name: string) {
        await sys.rwlock_rdlock(lock);
        order.push(name);
        await sys.nanosleep(10 * MS);
        await sys.rwlock_unlock(lock);
      },
      async write(sys: Sys, lock: number, name: string) {
        await sys.rwlock_wrlock(lock);
        order.push(name, await errnoOf(sys.rwlock_rdlock(lock)));
        await sys.rwlock_unlock(lock);
      },
    });
    expect(order).toEqual(
      prefer === 'readers'
        ? ['r1', 'r2', 'EBUSY', 'EPERM', 'w', 'EDEADLK']
        : ['r1', 'EBUSY', 'EPERM', 'w', 'EDEADLK', 'r2'],
    );
  });

  test('a barrier opens for all at once, round after round', async () => {
    const passed: number[] = [];
    let serial = 0;
    await run({
      async main(sys) {
        const barrier = await sys.barrier_create(3);
        const tids: number[] = [];
        for (let i = 0; i < 3; i++) tids.push(await sys.thread_create('go', [barrier, i]));
        for (const tid of tids) await sys.thread_join(tid);
        expect(await errnoOf(sys.barrier_wait(barrier, MS))).toBe('ETIMEDOUT');
        return 0;
      },
      async go(sys: Sys, barrier: number, i: number) {
        for (let round = 0; round < 2; round++) {
          await sys.nanosleep((i + 1) * MS);
          if (await sys.barrier_wait(barrier)) serial++;
          passed.push(await sys.clock_gettime('monotonic'));
        }
      },
    });
    expect(serial).toBe(2);
    expect(passed).toHaveLength(6);
    for (const round of [passed.slice(0, 3), passed.slice(3)])
      expect(Math.max(...round) - Math.min(...round)).toBeLessThan(MS / 10);
  });
});

describe('under an interpreter lock', () => {
  test('a lock that is free is taken without giving the interpreter up; one that is not lets others run', async () => {
    const order: string[] = [];
    await run({
      async main(sys) {
        await sys.interpreter_attach('3.11');
        const mutex = await sys.mutex_create();
        await sys.mutex_lock(mutex);
        const tids = [await sys.thread_create('sleeper', [mutex]), await sys.thread_create('burner')];
        await sys.nanosleep(MS);
        for (let i = 0; i < 100; i++) {
          const other = await sys.mutex_create();
          await sys.mutex_lock(other);
          await sys.mutex_unlock(other);
        }
        order.push('a hundred free locks');
        await sys.mutex_unlock(mutex);
        for (const tid of tids) await sys.thread_join(tid);
        return 0;
      },
      async sleeper(sys: Sys, mutex: number) {
        await sys.mutex_lock(mutex);
        order.push('sleeper has it');
        await sys.mutex_unlock(mutex);
      },
      async burner(sys: Sys) {
        await sys.cpu(8 * MS);
        order.push('burner');
      },
    });
    expect(order[0]).toBe('a hundred free locks');
    expect(order).toContain('sleeper has it');
  });
});
