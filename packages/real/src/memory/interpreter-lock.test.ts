import { Worker } from 'node:worker_threads';
import { INTERPRETERS } from '@netarium/core/os/interpreter/profile.ts';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { bundled } from '../testing/bundle.test-kit.ts';
import { InterpreterLock } from './interpreter-lock.ts';
import type { JobData } from './memory-worker.test-kit.ts';
import { SharedHeap } from './shared-heap.ts';
import { ThreadMemory } from './thread-memory.ts';
import { SERVING } from './wait.ts';

const MS = 1_000_000;

let entry: URL;
beforeAll(async () => {
  entry = await bundled(new URL('./memory-worker.test-kit.ts', import.meta.url));
});

const workers: Worker[] = [];
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.terminate();
});

function start(heap: SharedHeap, tid: number, job: string, ...args: number[]): Promise<unknown> {
  const worker = new Worker(entry, { workerData: { buffer: heap.buffer, tid, job, args } satisfies JobData });
  workers.push(worker);
  return new Promise((resolve, reject) => {
    worker.once('message', ({ result }) => resolve(result)).once('error', reject);
  });
}

function attached(version: keyof typeof INTERPRETERS) {
  const heap = SharedHeap.create();
  const main = new InterpreterLock(heap, 1, SERVING);
  expect(main.attach(version, 1)).toBe(undefined);
  main.release();
  return { heap, main };
}

describe('an interpreter lock', () => {
  test('is attached once, by the only thread, and keeps its profile', () => {
    const lock = new InterpreterLock(SharedHeap.create(), 1, SERVING);
    expect(lock.profile()).toMatchObject({ code: 'EINVAL' });
    expect(lock.setInterval(1)).toMatchObject({ code: 'EINVAL' });
    expect(lock.checkpoint()).toBe(undefined);
    expect(lock.attach('4.0' as '3.11', 1)).toMatchObject({ code: 'EINVAL' });
    expect(lock.attach('3.11', 2)).toMatchObject({ code: 'EBUSY' });
    expect(lock.attach('3.11', 1)).toBe(undefined);
    expect(lock.profile()).toEqual(INTERPRETERS['3.11']);
    expect(lock.setInterval(0)).toMatchObject({ code: 'EINVAL' });
    expect(lock.setInterval(MS)).toBe(undefined);
    expect(lock.profile()).toEqual({ ...INTERPRETERS['3.11'], intervalNs: MS });
  });

  test.each(['3.11', '2.7'] as const)('of %s lets one thread at a time run code', async (version) => {
    const { heap } = attached(version);
    const memory = new ThreadMemory(heap, 1, SERVING);
    const inside = memory.cell_create(0) as number;
    const lock = new InterpreterLock(heap, 1, SERVING);
    lock.setInterval(version === '2.7' ? 3_000 : 100_000);
    const overlaps = await Promise.all([2, 3, 4].map((tid) => start(heap, tid, 'interpreted', inside, 100_000)));
    expect(overlaps).toEqual([0, 0, 0]);
    expect(lock.switches).toBeGreaterThan(2);
  });

  test('is none where threads are free', async () => {
    const { heap, main } = attached('free-threaded');
    expect(main.locks).toBe(false);
    const memory = new ThreadMemory(heap, 1, SERVING);
    const inside = memory.cell_create(0) as number;
    const overlaps = (await Promise.all(
      [2, 3, 4].map((tid) => start(heap, tid, 'interpreted', inside, 300_000)),
    )) as number[];
    expect(Math.max(...overlaps)).toBeGreaterThan(0);
    expect(main.switches).toBe(0);
  });

  test('changes hands after the switch interval, one after the other', async () => {
    const { heap, main } = attached('3.11');
    const barrier = new ThreadMemory(heap, 1, SERVING).barrier_create(2) as number;
    const all = (await Promise.all([2, 3].map((tid) => start(heap, tid, 'turns', barrier, 400)))) as number[];
    // 400 ms in turns of at least 5 ms: not one for all, and not more than there is room for.
    expect(main.switches).toBeGreaterThan(4);
    expect(main.switches).toBeLessThanOrEqual(90);
    expect(Math.min(...all)).toBeGreaterThan(0);
  });

  test('is waited for by the main thread while it serves', async () => {
    const { heap, main } = attached('3.11');
    const memory = new ThreadMemory(heap, 1, SERVING);
    const barrier = memory.barrier_create(2) as number;
    const other = start(heap, 2, 'turns', barrier, 300);
    await memory.barrier_wait(barrier);
    let [served, turns, ended] = [0, 0, false];
    const serving = setInterval(() => served++, 1);
    void other.then(() => (ended = true));
    while (!ended) {
      await main.acquire();
      turns++;
      main.release();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    clearInterval(serving);
    expect(await other).toBeGreaterThan(0);
    expect(turns).toBeGreaterThan(3);
    expect(served).toBeGreaterThan(10);
  });

  test('goes on when its holder has died', async () => {
    const { heap } = attached('3.11');
    const memory = new ThreadMemory(heap, 1, SERVING);
    expect(new InterpreterLock(heap, 9, SERVING).acquire()).toBe(undefined);
    const waiting = new InterpreterLock(heap, 1, SERVING).acquire();
    expect(waiting).toBeInstanceOf(Promise);
    memory.threadEnded(9);
    await waiting;
  });

  test('is let go around the calls that CPython lets it go around, and around sleeps', async () => {
    const { heap, main } = attached('3.11');
    const other = new InterpreterLock(heap, 2, SERVING);
    await main.acquire();
    main.beforeCall('cell_load', [1]);
    const blocked = other.acquire();
    expect(blocked).toBeInstanceOf(Promise);
    main.beforeCall('read', [0, 1]);
    await blocked;
    const regained = main.checkpoint();
    expect(regained).toBeInstanceOf(Promise);
    const memory = new ThreadMemory(heap, 2, SERVING, () => other.release());
    const sleeping = memory.sem_wait(memory.sem_create(0) as number, MS);
    await regained;
    expect(await sleeping).toMatchObject({ code: 'ETIMEDOUT' });
  });
});
