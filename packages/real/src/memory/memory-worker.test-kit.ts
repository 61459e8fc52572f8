/** Worker threads for tests of the heap: each runs one job on it and answers what that came to. */
import { parentPort, workerData } from 'node:worker_threads';
import { Errno } from '@netarium/core/base/errno.ts';
import { InterpreterLock } from './interpreter-lock.ts';
import { SharedHeap } from './shared-heap.ts';
import { ThreadMemory } from './thread-memory.ts';
import { STOPPING } from './wait.ts';

export interface JobData {
  readonly buffer: SharedArrayBuffer;
  readonly tid: number;
  readonly job: string;
  readonly args: readonly number[];
}

/** As a worker has it: no call answers a promise. */
type Calls = {
  readonly [N in keyof ThreadMemory]: ThreadMemory[N] extends (...args: infer A) => unknown
    ? (...args: A) => unknown
    : never;
};

type Job = (memory: Calls, tid: number, args: readonly number[], interpreter: InterpreterLock) => unknown;

function busyMs(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

const JOBS: Record<string, Job> = {
  /** Adds to a cell in two steps, under a mutex where one is given. */
  count(memory, _tid, [cell = 0, mutex = 0, times = 0]) {
    for (let i = 0; i < times; i++) {
      if (mutex > 0) memory.mutex_lock(mutex);
      memory.cell_store(cell, (memory.cell_load(cell) as number) + 1);
      if (mutex > 0) memory.mutex_unlock(mutex);
    }
  },
  add(memory, _tid, [cell = 0, times = 0]) {
    for (let i = 0; i < times; i++) memory.cell_add(cell, 1);
  },
  /** A bounded queue over a list, a mutex and two conditions. */
  produce(memory, tid, [list = 0, mutex = 0, filled = 0, emptied = 0, times = 0, room = 0]) {
    for (let i = 0; i < times; i++) {
      memory.mutex_lock(mutex);
      while ((memory.list_length(list) as number) >= room) memory.cond_wait(emptied, mutex);
      memory.list_push(list, `${tid}/${i}`);
      memory.cond_signal(filled);
      memory.mutex_unlock(mutex);
    }
  },
  consume(memory, _tid, [list = 0, mutex = 0, filled = 0, emptied = 0, times = 0]) {
    const taken: unknown[] = [];
    for (let i = 0; i < times; i++) {
      memory.mutex_lock(mutex);
      while (memory.list_length(list) === 0) memory.cond_wait(filled, mutex);
      taken.push(memory.list_remove(list, 0));
      memory.cond_signal(emptied);
      memory.mutex_unlock(mutex);
    }
    return taken;
  },
  /** Waits for its turn, round after round: a lost wake-up hangs. */
  pingPong(memory, _tid, [cell = 0, mine = 0, parties = 0, times = 0]) {
    for (let i = 0; i < times; i++) {
      const turn = i * parties + mine;
      for (let seen = memory.cell_load(cell) as number; seen !== turn; seen = memory.cell_load(cell) as number)
        memory.cell_wait(cell, seen);
      memory.cell_store(cell, turn + 1);
      memory.cell_notify(cell, parties);
    }
  },
  /** Semaphores handed to and fro. */
  bounce(memory, _tid, [take = 0, give = 0, times = 0]) {
    for (let i = 0; i < times; i++) {
      memory.sem_wait(take);
      memory.sem_post(give);
    }
  },
  meet(memory, _tid, [barrier = 0, cell = 0, rounds = 0]) {
    let serial = 0;
    let wrong = 0;
    for (let round = 1; round <= rounds; round++) {
      memory.cell_add(cell, 1);
      if (memory.barrier_wait(barrier) === true) serial++;
      if ((memory.cell_load(cell) as number) % 4 !== 0) wrong++;
      memory.barrier_wait(barrier);
    }
    return [serial, wrong];
  },
  /** Two cells that a writer keeps equal: a reader never sees them differ. */
  readWrite(memory, tid, [lock = 0, one = 0, other = 0, times = 0]) {
    let torn = 0;
    for (let i = 0; i < times; i++) {
      if ((i + tid) % 5 === 0) {
        memory.rwlock_wrlock(lock);
        memory.cell_add(one, 1);
        memory.cell_add(other, 1);
      } else {
        memory.rwlock_rdlock(lock);
        if (memory.cell_load(one) !== memory.cell_load(other)) torn++;
      }
      memory.rwlock_unlock(lock);
    }
    return torn;
  },
  /** Waits of random length under pressure, some of which end by their time limit. */
  impatient(memory, tid, [mutex = 0, cell = 0, times = 0]) {
    let got = 0;
    for (let i = 0; i < times; i++) {
      if (memory.mutex_lock(mutex, ((i * 7 + tid * 13) % 50) * 1000) instanceof Errno) continue;
      got++;
      memory.cell_store(cell, (memory.cell_load(cell) as number) + 1);
      if (i % 10 === 0) busyMs(0.05);
      memory.mutex_unlock(mutex);
    }
    return got;
  },
  /** Text, bytes and objects to and fro through one cell and one list, which grow the heap. */
  values(memory, tid, [cell = 0, list = 0, times = 0]) {
    let wrong = 0;
    for (let i = 0; i < times; i++) {
      const size = (i * 997 + tid * 31) % 20_000;
      memory.cell_store(cell, { tid, size, text: 'y'.repeat(size) });
      const seen = memory.cell_load(cell) as { size: number; text: string };
      if (seen.text.length !== seen.size || /[^y]/.test(seen.text)) wrong++;
      memory.list_push(list, 'z'.repeat(size));
      const taken = memory.list_remove(list, 0);
      if (typeof taken !== 'string' || /[^z]/.test(taken)) wrong++;
    }
    return wrong;
  },
  lockAndDie(memory, _tid, [mutex = 0]) {
    memory.mutex_lock(mutex);
    return 'held';
  },
  lockForEver(memory, _tid, [mutex = 0]) {
    parentPort?.postMessage('asleep soon');
    return String(memory.mutex_lock(mutex));
  },
  /** Sleeps once, on what is there. */
  waitOnce(memory, _tid, [kind = 0, number = 0]) {
    const calls = [() => memory.cell_wait(number, 0), () => memory.mutex_lock(number)];
    calls.push(
      () => memory.sem_wait(number),
      () => memory.rwlock_wrlock(number),
    );
    return String(calls[kind]!());
  },
  /** Counts how often another thread was inside at the same time, under the interpreter lock. */
  interpreted(memory, _tid, [inside = 0, times = 0], interpreter) {
    let overlaps = 0;
    interpreter.acquire();
    for (let i = 0; i < times; i++) {
      if (memory.cell_add(inside, 1) !== 0) overlaps++;
      memory.cell_add(inside, -1);
      interpreter.checkpoint();
    }
    interpreter.release();
    return overlaps;
  },
  /** Meets the others, then computes for so long with a checkpoint at each step; answers how many steps it was let do. */
  turns(memory, _tid, [barrier = 0, forMs = 0], interpreter) {
    let steps = 0;
    memory.barrier_wait(barrier);
    const untilMs = performance.now() + forMs;
    interpreter.acquire();
    for (; performance.now() < untilMs; steps++) interpreter.checkpoint();
    interpreter.release();
    return steps;
  },
};

const { buffer, tid, job, args } = workerData as JobData;
const heap = SharedHeap.attach(buffer);
const interpreter = new InterpreterLock(heap, tid, STOPPING);
const memory = new ThreadMemory(heap, tid, STOPPING, () => interpreter.release());
parentPort?.postMessage({ result: JOBS[job]!(memory as unknown as Calls, tid, args, interpreter) });
