/**
 * Memory of a real process: operations per second of worker threads on the shared heap, alone and against each other, and how long a hand-over takes.
 * `npx tsx bench/micro/shared-heap.ts`
 */
import { Worker } from 'node:worker_threads';
import { SharedHeap } from '@netarium/real/memory/shared-heap.ts';
import { ThreadMemory } from '@netarium/real/memory/thread-memory.ts';
import { SERVING } from '@netarium/real/memory/wait.ts';
import { bundled } from '@netarium/real/testing/bundle.test-kit.ts';
import type { HeapJob } from './shared-heap-worker.ts';

const entry = await bundled(new URL('./shared-heap-worker.ts', import.meta.url));

function timed(job: HeapJob): Promise<number> {
  const worker = new Worker(entry, { workerData: job });
  return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
}

async function measure(
  operation: string,
  threads: number,
  times: number,
  kind: 'mutex' | 'cell' | 'list',
): Promise<void> {
  const { buffer, memory } = fresh();
  const barrier = memory.barrier_create(threads) as number;
  const object = {
    mutex: () => memory.mutex_create(),
    cell: () => memory.cell_create(0),
    list: () => memory.list_create(),
  };
  const numbers = [barrier, object[kind]() as number];
  const all = Array.from({ length: threads }, (_, i) => timed({ buffer, tid: i + 2, operation, times, numbers }));
  const ms = Math.max(...(await Promise.all(all)));
  console.log(`${operation}, ${threads} thread(s): ${((threads * times) / ms / 1000).toFixed(2)} M/s`);
}

function fresh() {
  const heap = SharedHeap.create();
  return { buffer: heap.buffer, memory: new ThreadMemory(heap, 1, SERVING) };
}

for (const threads of [1, 2]) {
  await measure('mutex_lock + mutex_unlock', threads, 2_000_000, 'mutex');
  await measure('cell_add', threads, 4_000_000, 'cell');
  await measure('list_push + list_remove, a number', threads, 2_000_000, 'list');
}
await measure('cell_load, a number', 1, 4_000_000, 'cell');
await measure('cell_store, a text of 20', 1, 1_000_000, 'cell');
await measure('list_push + list_remove, an array of 100 numbers', 1, 100_000, 'list');

const HAND_OVERS = 20_000;
{
  const { buffer, memory } = fresh();
  const barrier = memory.barrier_create(2) as number;
  const [one, other] = [memory.sem_create(1) as number, memory.sem_create(0) as number];
  const operation = 'sem_wait, sem_post to the other';
  const job = { buffer, operation, times: HAND_OVERS };
  const all = [
    timed({ ...job, tid: 2, numbers: [barrier, one, other] }),
    timed({ ...job, tid: 3, numbers: [barrier, other, one] }),
  ];
  const ms = Math.max(...(await Promise.all(all)));
  console.log(`hand-over between two workers: ${((ms * 1000) / (2 * HAND_OVERS)).toFixed(1)} us`);
}
{
  const { buffer, memory } = fresh();
  const barrier = memory.barrier_create(2) as number;
  const [mine, theirs] = [memory.sem_create(0) as number, memory.sem_create(0) as number];
  const numbers = [barrier, theirs, mine];
  const done = timed({ buffer, tid: 2, operation: 'sem_wait, sem_post to the other', times: HAND_OVERS, numbers });
  await memory.barrier_wait(barrier);
  const started = performance.now();
  for (let i = 0; i < HAND_OVERS; i++) {
    memory.sem_post(theirs);
    await memory.sem_wait(mine);
  }
  const ms = performance.now() - started;
  await done;
  console.log(`hand-over between main thread and worker: ${((ms * 1000) / (2 * HAND_OVERS)).toFixed(1)} us`);
}
