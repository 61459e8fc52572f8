import { Errno, SysError } from '@netarium/core/base/errno.ts';
import { bench } from '@netarium/core/syscall/kernel.test-util.ts';
import type { Cloneable, Sys } from '@netarium/core/syscall/sys.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SharedHeap } from './shared-heap.ts';
import { ThreadMemory } from './thread-memory.ts';
import { SERVING, STOPPING } from './wait.ts';

const US = 1_000;
const MS = 1_000_000;

/** A call by name; arguments of the kind `{ object: i }` stand for the number of the i-th object that was made. */
type Step = readonly [name: string, ...args: unknown[]];

interface ObjectAt {
  readonly object: number;
}

const isObjectAt = (value: unknown): value is ObjectAt =>
  typeof value === 'object' && value !== null && 'object' in value;

/** What a sequence of calls comes to: errno codes, values, and for calls that make objects only whether they did. */
async function results(steps: readonly Step[], call: (name: string, args: unknown[]) => Promise<unknown>) {
  const made: number[] = [];
  const seen: unknown[] = [];
  for (const [name, ...args] of steps) {
    const actual = args.map((arg) => (isObjectAt(arg) ? (made[arg.object % (made.length || 1)] ?? 77) : arg));
    const result = await call(name, actual);
    if (name.endsWith('_create') && typeof result === 'number') {
      made.push(result);
      seen.push([name, 'made']);
    } else seen.push([name, name === 'sync_statistics' ? withoutTid(result) : result]);
  }
  return seen;
}

/** Thread ids and how long a wait lasted are each kernel's own. */
const withoutTid = (result: unknown) =>
  Array.isArray(result)
    ? result.map(({ acquisitions, contended }: Record<string, unknown>) => ({ acquisitions, contended }))
    : result;

async function simulated(steps: readonly Step[]): Promise<unknown[]> {
  let seen: unknown[] = [];
  const b = bench();
  b.start(async (sys: Sys) => {
    seen = await results(steps, async (name, args) => {
      try {
        return await (sys[name as keyof Sys] as (...all: unknown[]) => Promise<unknown>)(...args);
      } catch (error) {
        if (error instanceof SysError) return error.code;
        throw error;
      }
    });
    return 0;
  });
  await b.run();
  expect(b.crashes).toEqual([]);
  return seen;
}

function real(steps: readonly Step[], parking = STOPPING): Promise<unknown[]> {
  const memory = new ThreadMemory(SharedHeap.create(), 100, parking);
  return results(steps, async (name, args) => {
    const result = await (memory[name as 'cell_load'] as (...all: unknown[]) => unknown)(...args);
    return result instanceof Errno ? result.code : result;
  });
}

const object = fc.nat(2).map((at): ObjectAt => ({ object: at }));
const scalar = fc.constantFrom<Cloneable>(0, 1, -0, Number.NaN, 2.5, 'text', '', 'ß→😀', true, false, null, undefined);
const value: fc.Arbitrary<unknown> = fc.oneof(
  scalar,
  fc.constantFrom<unknown>(
    [1, [2, 'x'], { a: undefined }],
    { b: new Uint8Array([1, 2]) },
    new Uint8Array([7]),
    new Map(),
    () => 1,
  ),
);
const place = fc.constantFrom<unknown>(0, 1, 2, -1, -3, 9, 0.5);
const limit = fc.constantFrom(0, 2 * US);
const step = (names: readonly string[], ...args: fc.Arbitrary<unknown>[]): fc.Arbitrary<Step> =>
  fc.tuple(fc.constantFrom(...names), ...args) as fc.Arbitrary<Step>;
const options = (...all: unknown[]): fc.Arbitrary<unknown> => fc.constantFrom(...all);

const cells = fc.oneof(
  step(['cell_create'], value),
  step(['cell_load', 'cell_free'], object),
  step(['cell_store', 'cell_exchange'], object, value),
  step(['cell_compare_exchange'], object, scalar, value),
  step(['cell_add', 'cell_notify'], object, options(1, -2, 0.25)),
  step(['cell_wait'], object, scalar, limit),
);
const lists = fc.oneof(
  step(['list_create'], fc.array(value, { maxLength: 3 })),
  step(['list_length'], object),
  step(['list_push'], object, value),
  step(['list_get', 'list_remove'], object, place),
  step(['list_set', 'list_insert'], object, place, value),
);
const mutexes = fc.oneof(
  step(['mutex_create'], options({}, { type: 'recursive' }, { type: 'errorcheck' }, { type: 'odd' }, { robust: true })),
  step(['mutex_lock'], object, limit),
  step(['mutex_trylock', 'mutex_unlock', 'mutex_consistent', 'sync_destroy', 'sync_statistics'], object),
  step(['cond_create']),
  step(['cond_wait'], object, object, limit),
  step(['cond_signal', 'cond_broadcast'], object),
);
const counters = fc.oneof(
  step(['sem_create'], options(0, 1, 2, 2_147_483_647, -1, 1.5)),
  step(['barrier_create'], options(1, 2, 3, 0)),
  step(['sem_wait', 'barrier_wait', 'barrier_wait'], object, limit),
  step(['sem_trywait', 'sem_post', 'sem_getvalue', 'sync_destroy', 'sync_statistics'], object),
);
const rwlocks = fc.oneof(
  step(['rwlock_create'], options({}, { prefer: 'writers' }, { prefer: 'odd' })),
  step(['rwlock_rdlock', 'rwlock_wrlock'], object, limit),
  step(['rwlock_tryrdlock', 'rwlock_trywrlock', 'rwlock_unlock', 'rwlock_unlock', 'sync_statistics'], object),
);
const sequence = (most: number): fc.Arbitrary<Step[]> =>
  fc
    .constantFrom(cells, lists, mutexes, counters, rwlocks, fc.oneof(cells, lists, mutexes, counters, rwlocks))
    .chain((steps) => fc.array(steps, { minLength: 4, maxLength: most, size: 'max' }));

describe('calls of one thread', () => {
  test('come to the same as on the simulated kernel', async () => {
    await fc.assert(
      fc.asyncProperty(sequence(60), async (steps) => {
        expect(await real(steps)).toEqual(await simulated(steps));
      }),
      { numRuns: 300 },
    );
  });

  test('come to the same whether the thread stops or serves', async () => {
    await fc.assert(
      fc.asyncProperty(sequence(30), async (steps) => {
        expect(await real(steps, SERVING)).toEqual(await real(steps, STOPPING));
      }),
      { numRuns: 60 },
    );
  });

  test('give back all the memory that they take', async () => {
    const heap = SharedHeap.create();
    const memory = new ThreadMemory(heap, 1, STOPPING);
    const round = (): void => {
      const list = memory.list_create(['a', { b: 1 }, new Uint8Array(1000)]) as number;
      for (let i = 0; i < 100; i++) memory.list_push(list, `text ${i}`);
      for (let i = 0; i < 50; i++) memory.list_remove(list, i % 3);
      memory.list_set(list, 2, 'other');
      const cell = memory.cell_create('x'.repeat(70_000)) as number;
      memory.cell_store(cell, [1, 2, 3]);
      memory.cell_exchange(cell, 'ß→😀');
      memory.cell_compare_exchange(cell, 'ß→😀', { a: 1 });
      const lock = memory.rwlock_create() as number;
      for (let i = 0; i < 9; i++) memory.rwlock_rdlock(lock);
      const mutex = memory.mutex_create() as number;
      expect(memory.mutex_lock(mutex)).toBe(undefined);
      expect((memory.mutex_lock(mutex, US) as Errno).code).toBe('ETIMEDOUT');
      memory.mutex_unlock(mutex);
      expect(memory.cell_free(cell)).toBe(undefined);
      expect(memory.cell_free(list)).toBe(undefined);
      expect(memory.sync_destroy(lock)).toBe(undefined);
      expect(memory.sync_destroy(mutex)).toBe(undefined);
    };
    round();
    const used = heap.usedBytes;
    const size = heap.buffer.byteLength;
    for (let i = 0; i < 500; i++) round();
    expect(heap.usedBytes).toBe(used);
    expect(heap.buffer.byteLength).toBe(size);
  });

  test('a number does not come back before its slot has had a thousand others', () => {
    const memory = new ThreadMemory(SharedHeap.create(), 1, STOPPING);
    const numbers = new Set<number>();
    for (let i = 0; i < 5000; i++) {
      const cell = memory.cell_create(i) as number;
      expect(numbers.has(cell)).toBe(false);
      numbers.add(cell);
      memory.cell_free(cell);
      expect((memory.cell_load(cell) as Errno).code).toBe('EFAULT');
    }
  });

  test('the end of memory is ENOMEM, and what was there is whole', () => {
    const heap = SharedHeap.create({ initialBytes: 1 << 17, maxBytes: 1 << 20 });
    const memory = new ThreadMemory(heap, 1, STOPPING);
    const list = memory.list_create() as number;
    const text = 'x'.repeat(10_000);
    let pushed = 0;
    let last: unknown;
    while (!((last = memory.list_push(list, text)) instanceof Errno)) pushed++;
    expect((last as Errno).code).toBe('ENOMEM');
    expect(pushed).toBeGreaterThan(80);
    expect(memory.list_length(list)).toBe(pushed);
    for (let i = 0; i < pushed; i++) expect(memory.list_remove(list, -1)).toBe(text);
    expect(memory.list_push(list, text)).toBe(1);
  });

  test('a wait ends within its time, and a signal ends those that it may', async () => {
    const heap = SharedHeap.create();
    const memory = new ThreadMemory(heap, 7, SERVING);
    const cell = memory.cell_create(5) as number;
    const before = performance.now();
    expect(await memory.cell_wait(cell, 5, 20 * MS)).toMatchObject({ code: 'ETIMEDOUT' });
    expect(performance.now() - before).toBeGreaterThanOrEqual(19);
    const waiting = memory.cell_wait(cell, 5);
    expect(heap.interrupt(7)).toBe(true);
    expect(heap.interrupt(8)).toBe(false);
    expect(await waiting).toMatchObject({ code: 'EINTR' });
    heap.interrupt(7);
    const semaphore = memory.sem_create(0) as number;
    expect(await memory.sem_wait(semaphore)).toMatchObject({ code: 'EINTR' });
    heap.interrupt(7);
    memory.clearInterruption();
    expect(await memory.sem_wait(semaphore, MS)).toMatchObject({ code: 'ETIMEDOUT' });
  });

  test('say which go to the root process', () => {
    const memory = new ThreadMemory(SharedHeap.create(), 1, STOPPING);
    expect(memory.carries('cell_create', [1])).toBe(true);
    expect(memory.carries('cell_create', [1, { shared: true }])).toBe(false);
    expect(memory.carries('mutex_create', [{ name: 'gate' }])).toBe(false);
    expect(memory.carries('mutex_lock', [3])).toBe(true);
    expect(memory.carries('mutex_lock', [1_000_000_003])).toBe(false);
    expect(memory.carries('shm_unlink', ['gate'])).toBe(false);
    expect(memory.cond_wait(memory.cond_create() as number, 1_000_000_003)).toMatchObject({ code: 'EINVAL' });
    expect(memory.mutex_create({ protocol: 'inherit' })).toMatchObject({ code: 'EOPNOTSUPP' });
  });
});
