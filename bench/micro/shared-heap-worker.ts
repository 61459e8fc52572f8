/** A worker of `shared-heap.ts`: runs one operation many times on the heap and answers how long it took. */
import { parentPort, workerData } from 'node:worker_threads';
import { SharedHeap } from '@netarium/real/memory/shared-heap.ts';
import { ThreadMemory } from '@netarium/real/memory/thread-memory.ts';
import { STOPPING } from '@netarium/real/memory/wait.ts';

export interface HeapJob {
  readonly buffer: SharedArrayBuffer;
  readonly tid: number;
  readonly operation: string;
  readonly times: number;
  readonly numbers: readonly number[];
}

const { buffer, tid, operation, times, numbers } = workerData as HeapJob;
const memory = new ThreadMemory(SharedHeap.attach(buffer), tid, STOPPING);
const [barrier = 0, first = 0, second = 0] = numbers;

const OPERATIONS: Readonly<Record<string, () => void>> = {
  'mutex_lock + mutex_unlock': () => {
    memory.mutex_lock(first);
    memory.mutex_unlock(first);
  },
  cell_add: () => void memory.cell_add(first, 1),
  'cell_load, a number': () => void memory.cell_load(first),
  'cell_store, a text of 20': () => void memory.cell_store(first, 'twenty letters are h'),
  'list_push + list_remove, a number': () => {
    memory.list_push(first, 1);
    memory.list_remove(first, 0);
  },
  'list_push + list_remove, an array of 100 numbers': () => {
    memory.list_push(first, ARRAY);
    memory.list_remove(first, 0);
  },
  'sem_wait, sem_post to the other': () => {
    memory.sem_wait(first);
    memory.sem_post(second);
  },
};
const ARRAY = Array.from({ length: 100 }, (_, i) => 1_000_000 + i);

const operate = OPERATIONS[operation]!;
const warm = operation.startsWith('sem_wait') ? 0 : times / 10;
for (let i = 0; i < warm; i++) operate();
memory.barrier_wait(barrier);
const started = performance.now();
for (let i = 0; i < times; i++) operate();
parentPort!.postMessage(performance.now() - started);
