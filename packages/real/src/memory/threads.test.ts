import { Worker } from 'node:worker_threads';
import { Errno } from '@netarium/core/base/errno.ts';
import type { LockStatistics } from '@netarium/core/syscall/sys.ts';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { bundled } from '../testing/bundle.test-kit.ts';
import { SLEEPER, SLOT } from './layout.ts';
import type { JobData } from './memory-worker.test-kit.ts';
import { type HeapSize, SharedHeap } from './shared-heap.ts';
import { restore, snapshot } from './snapshot.ts';
import { ThreadMemory } from './thread-memory.ts';
import { SERVING } from './wait.ts';

let entry: URL;
beforeAll(async () => {
  entry = await bundled(new URL('./memory-worker.test-kit.ts', import.meta.url));
});

const workers: Worker[] = [];
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.terminate();
});

let lastTid = 1000;

/** Starts a worker on the heap; `result` settles with what its job came to. */
function start(heap: SharedHeap, job: string, ...args: number[]) {
  const tid = ++lastTid;
  const worker = new Worker(entry, { workerData: { buffer: heap.buffer, tid, job, args } satisfies JobData });
  workers.push(worker);
  const result = new Promise<unknown>((resolve, reject) => {
    worker.on('message', (message: { result: unknown }) => {
      if (typeof message === 'object') resolve(message.result);
    });
    worker.once('error', reject);
  });
  const said = new Promise<void>((resolve) => worker.once('message', () => resolve()));
  return { tid, worker, result, said };
}

function setUp(size: HeapSize = {}) {
  const heap = SharedHeap.create(size);
  const memory = new ThreadMemory(heap, ++lastTid, SERVING);
  return { heap, memory };
}

const made = (answer: unknown): number => {
  expect(answer).toBeTypeOf('number');
  return answer as number;
};
const results = (started: readonly { result: Promise<unknown> }[]): Promise<unknown[]> =>
  Promise.all(started.map(({ result }) => result));
const times = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('threads side by side', () => {
  test('count exactly under a mutex, and lose updates without one', async () => {
    const { heap, memory } = setUp();
    const [cell, mutex] = [made(memory.cell_create(0)), made(memory.mutex_create())];
    await results(times(4).map(() => start(heap, 'count', cell, mutex, 100_000)));
    expect(memory.cell_load(cell)).toBe(400_000);
    const uses = (await memory.sync_statistics(mutex)) as readonly LockStatistics[];
    expect(uses.reduce((sum, use) => sum + use.acquisitions, 0)).toBe(400_000);
    const bare = made(memory.cell_create(0));
    await results(times(4).map(() => start(heap, 'count', bare, 0, 100_000)));
    expect(memory.cell_load(bare)).toBeLessThan(400_000);
    await results(times(4).map(() => start(heap, 'add', cell, 100_000)));
    expect(memory.cell_load(cell)).toBe(800_000);
  });

  test('pass everything on once through a bounded queue with conditions', async () => {
    const { heap, memory } = setUp();
    const shared = [
      made(memory.list_create()),
      made(memory.mutex_create()),
      made(memory.cond_create()),
      made(memory.cond_create()),
    ];
    const producers = times(2).map(() => start(heap, 'produce', ...shared, 20_000, 7));
    const consumers = times(2).map(() => start(heap, 'consume', ...shared, 20_000));
    await results(producers);
    const taken = (await results(consumers)).flat() as string[];
    expect(new Set(taken).size).toBe(40_000);
    expect(memory.list_length(shared[0]!)).toBe(0);
    // What one consumer has of one producer is in the producer's order.
    for (const { tid } of producers) {
      const numbers = taken.slice(0, 20_000).filter((item) => item.startsWith(`${tid}/`));
      const order = numbers.map((item) => Number(item.split('/')[1]));
      expect(order).toEqual([...order].sort((a, b) => a - b));
    }
  });

  test('never lose a wake-up of a cell, a semaphore or a barrier', async () => {
    const { heap, memory } = setUp();
    const cell = made(memory.cell_create(0));
    await results(times(3).map((i) => start(heap, 'pingPong', cell, i, 3, 2_000)));
    expect(memory.cell_load(cell)).toBe(6_000);
    const [one, other] = [made(memory.sem_create(1)), made(memory.sem_create(0))];
    await results([start(heap, 'bounce', one, other, 8_000), start(heap, 'bounce', other, one, 8_000)]);
    expect([memory.sem_getvalue(one), memory.sem_getvalue(other)]).toEqual([1, 0]);
    const [barrier, arrivals] = [made(memory.barrier_create(4)), made(memory.cell_create(0))];
    const met = (await results(times(4).map(() => start(heap, 'meet', barrier, arrivals, 1_000)))) as number[][];
    expect(met.reduce((sum, [serial]) => sum + serial!, 0)).toBe(1_000);
    expect(met.map(([, wrong]) => wrong)).toEqual([0, 0, 0, 0]);
  });

  test.each(['readers', 'writers'] as const)('share a lock that prefers %s', async (prefer) => {
    const { heap, memory } = setUp();
    const args = [made(memory.rwlock_create({ prefer })), made(memory.cell_create(0)), made(memory.cell_create(0))];
    expect(await results(times(4).map(() => start(heap, 'readWrite', ...args, 20_000)))).toEqual([0, 0, 0, 0]);
    expect(memory.cell_load(args[1]!)).toBe(16_000);
    expect(memory.rwlock_trywrlock(args[0]!)).toBe(undefined);
  });

  test('give up in time, and what they did before counts', async () => {
    const { heap, memory } = setUp();
    const [mutex, cell] = [made(memory.mutex_create()), made(memory.cell_create(0))];
    const got = (await results(times(4).map(() => start(heap, 'impatient', mutex, cell, 5_000)))) as number[];
    expect(memory.cell_load(cell)).toBe(got.reduce((sum, count) => sum + count, 0));
    expect(memory.mutex_trylock(mutex)).toBe(undefined);
  });

  test('see whole values while the heap grows', async () => {
    const { heap, memory } = setUp({ initialBytes: 1 << 17 });
    const [cell, list] = [made(memory.cell_create({ size: 0, text: '' })), made(memory.list_create())];
    expect(await results(times(4).map(() => start(heap, 'values', cell, list, 750)))).toEqual([0, 0, 0, 0]);
    expect(memory.list_length(list)).toBe(0);
    expect(heap.buffer.byteLength).toBeGreaterThan(1 << 17);
    expect(heap.buffer.byteLength).toBeLessThan(8 << 20);
  });
});

describe('the main thread', () => {
  test('hands a lock to and fro with a worker ten thousand times while it goes on serving', async () => {
    const { heap, memory } = setUp();
    const [mine, theirs] = [made(memory.sem_create(0)), made(memory.sem_create(0))];
    const worker = start(heap, 'bounce', theirs, mine, 10_000);
    let served = 0;
    const serving = setInterval(() => served++, 1);
    for (let i = 0; i < 10_000; i++) {
      memory.sem_post(theirs);
      expect(await memory.sem_wait(mine)).toBe(undefined);
    }
    clearInterval(serving);
    await worker.result;
    expect(served).toBeGreaterThan(10);
  });

  test('takes part in the count', async () => {
    const { heap, memory } = setUp();
    const [cell, mutex] = [made(memory.cell_create(0)), made(memory.mutex_create())];
    const started = times(2).map(() => start(heap, 'count', cell, mutex, 50_000));
    const answers = new Set<unknown>();
    for (let i = 0; i < 20_000; i++) {
      answers.add(await memory.mutex_lock(mutex));
      memory.cell_store(cell, (memory.cell_load(cell) as number) + 1);
      answers.add(memory.mutex_unlock(mutex));
    }
    expect([...answers]).toEqual([undefined]);
    await results(started);
    expect(memory.cell_load(cell)).toBe(120_000);
  });
});

test('a fork in the middle of it all copies whole values', async () => {
  const { heap, memory } = setUp({ initialBytes: 1 << 17 });
  const [cell, list] = [made(memory.cell_create({ size: 0, text: '' })), made(memory.list_create())];
  const started = times(3).map(() => start(heap, 'values', cell, list, 1_500));
  let running = true;
  void results(started).then(() => (running = false));
  let forks = 0;
  for (; running; forks++) {
    const child = new ThreadMemory(restore(snapshot(heap)), 1, SERVING);
    const { size, text } = child.cell_load(cell) as { size: number; text: string };
    expect(text).toBe('y'.repeat(size));
    const length = made(child.list_length(list));
    expect(length).toBeLessThanOrEqual(3);
    for (let i = 0; i < length; i++) expect(child.list_remove(list, 0)).toMatch(/^z*$/);
    expect(child.list_push(list, 'whole')).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(forks).toBeGreaterThan(5);
  expect(await results(started)).toEqual([0, 0, 0]);
});

describe('the end of a thread', () => {
  test('gives its robust mutex to the next, and leaves the other kind locked', async () => {
    const { heap, memory } = setUp();
    const [robust, plain] = [made(memory.mutex_create({ robust: true })), made(memory.mutex_create())];
    for (const mutex of [robust, plain]) {
      const holder = start(heap, 'lockAndDie', mutex);
      expect(await holder.result).toBe('held');
      const waiting = start(heap, 'lockForEver', mutex);
      await waiting.said;
      await new Promise((resolve) => setTimeout(resolve, 20));
      memory.threadEnded(holder.tid);
      if (mutex === robust) expect(await waiting.result).toBe('EOWNERDEAD');
      else expect(memory.mutex_trylock(mutex)).toMatchObject({ code: 'EBUSY' });
    }
  });

  test.each(['cell', 'mutex', 'semaphore', 'rwlock'] as const)(
    'hands on the wake of a %s that it did not use',
    async (kind) => {
      const { heap, memory } = setUp();
      const number = {
        cell: () => made(memory.cell_create(0)),
        mutex: () => made(memory.mutex_create()),
        semaphore: () => made(memory.sem_create(0)),
        rwlock: () => made(memory.rwlock_create()),
      }[kind]();
      if (kind === 'mutex') expect(memory.mutex_lock(number)).toBe(undefined);
      if (kind === 'rwlock') expect(memory.rwlock_rdlock(number)).toBe(undefined);
      const index = ['cell', 'mutex', 'semaphore', 'rwlock'].indexOf(kind);
      const queue = kind === 'rwlock' ? SLOT.WRITERS : SLOT.SLEEPERS;
      const first = start(heap, 'waitOnce', index, number);
      await asleep(heap, number, queue, 1);
      const second = start(heap, 'waitOnce', index, number);
      await asleep(heap, number, queue, 2);
      await first.worker.terminate();
      if (kind === 'cell') expect(memory.cell_notify(number, 1)).toBe(1);
      else if (kind === 'mutex') expect(memory.mutex_unlock(number)).toBe(undefined);
      else if (kind === 'semaphore') expect(memory.sem_post(number)).toBe(undefined);
      else expect(memory.rwlock_unlock(number)).toBe(undefined);
      memory.threadEnded(first.tid);
      expect(await second.result).toBe('undefined');
    },
  );
});

/** Waits until so many threads sleep on the object: their sleepers are in its queue. */
async function asleep(heap: SharedHeap, number: number, queue: number, count: number): Promise<void> {
  for (;;) {
    const slot = heap.lockSlot(number);
    let sleepers = 0;
    for (let sleeper = heap.words[slot + queue]!; sleeper !== 0; sleepers++)
      sleeper = heap.words[sleeper + SLEEPER.NEXT]!;
    heap.leave(slot);
    if (sleepers === count) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

test('a destroyed object lives on for those who sleep on it', async () => {
  const { heap, memory } = setUp();
  const before = heap.usedBytes;
  const semaphore = made(memory.sem_create(0));
  const sleeping = memory.sem_wait(semaphore, 20_000_000);
  expect(memory.sync_destroy(semaphore)).toBe(undefined);
  expect(memory.sem_post(semaphore)).toBeInstanceOf(Errno);
  const reused = made(memory.cell_create(1));
  expect(await sleeping).toMatchObject({ code: 'ETIMEDOUT' });
  expect(memory.cell_load(reused)).toBe(1);
  memory.cell_free(reused);
  // The sleeper stays with the thread, for its next wait.
  expect(heap.usedBytes - before).toBe(32);
});
