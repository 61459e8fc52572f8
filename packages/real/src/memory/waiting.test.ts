/** Threads that wait for each other, all of them served by one: each step of what they do is in the test's hands. */
import { describe, expect, test } from 'vitest';
import { InterpreterLock } from './interpreter-lock.ts';
import { SharedHeap } from './shared-heap.ts';
import { ThreadMemory } from './thread-memory.ts';
import { SERVING } from './wait.ts';

const MS = 1_000_000;
const code = (name: string) => ({ code: name });

function threads(count: number) {
  const heap = SharedHeap.create();
  return { heap, all: Array.from({ length: count }, (_, i) => new ThreadMemory(heap, i + 1, SERVING)) };
}

/** What a promise has come to after everything that is ready has run. */
async function now(promise: unknown): Promise<unknown> {
  return Promise.race([promise, new Promise((resolve) => setTimeout(resolve, 10, 'asleep'))]);
}

describe('a condition', () => {
  test('gives its mutex back to a waiter whose time is over, however long that takes', async () => {
    const [one, other] = threads(2).all as [ThreadMemory, ThreadMemory];
    const [mutex, condition] = [one.mutex_create() as number, one.cond_create() as number];
    expect(one.mutex_lock(mutex)).toBe(undefined);
    const waiting = one.cond_wait(condition, mutex, 2 * MS);
    expect(other.mutex_lock(mutex)).toBe(undefined);
    expect(await now(waiting)).toBe('asleep');
    expect(other.mutex_unlock(mutex)).toBe(undefined);
    expect(await waiting).toMatchObject(code('ETIMEDOUT'));
    expect(other.mutex_trylock(mutex)).toMatchObject(code('EBUSY'));
  });

  test('wakes the one that has waited longest, and nobody who comes later', async () => {
    const [one, other, third] = threads(3).all as [ThreadMemory, ThreadMemory, ThreadMemory];
    const [mutex, condition] = [one.mutex_create() as number, one.cond_create() as number];
    one.cond_signal(condition);
    const wait = (memory: ThreadMemory): unknown => {
      expect(memory.mutex_lock(mutex)).toBe(undefined);
      return memory.cond_wait(condition, mutex);
    };
    const [first, second] = [wait(one), wait(other)];
    expect(await now(first)).toBe('asleep');
    third.cond_signal(condition);
    expect(await first).toBe(undefined);
    expect(one.mutex_unlock(mutex)).toBe(undefined);
    expect(await now(second)).toBe('asleep');
    third.cond_broadcast(condition);
    expect(await second).toBe(undefined);
  });

  test('returns without a signal after a signal handler, and the mutex is its waiter’s', async () => {
    const { heap, all } = threads(2);
    const [one, other] = all as [ThreadMemory, ThreadMemory];
    const [mutex, condition] = [one.mutex_create() as number, one.cond_create() as number];
    one.mutex_lock(mutex);
    const waiting = one.cond_wait(condition, mutex);
    expect(other.mutex_lock(mutex)).toBe(undefined);
    heap.interrupt(1);
    expect(await now(waiting)).toBe('asleep');
    other.mutex_unlock(mutex);
    expect(await waiting).toBe(undefined);
    expect(one.mutex_unlock(mutex)).toBe(undefined);
  });
});

describe('a read-write lock', () => {
  test.each(['readers', 'writers'] as const)('that prefers %s', async (prefer) => {
    const [one, writer, late] = threads(3).all as [ThreadMemory, ThreadMemory, ThreadMemory];
    const lock = one.rwlock_create({ prefer }) as number;
    expect(one.rwlock_rdlock(lock)).toBe(undefined);
    const writing = writer.rwlock_wrlock(lock);
    const reading = late.rwlock_rdlock(lock);
    expect(await now(reading)).toBe(prefer === 'readers' ? undefined : 'asleep');
    one.rwlock_unlock(lock);
    if (prefer === 'readers') {
      expect(await now(writing)).toBe('asleep');
      late.rwlock_unlock(lock);
    }
    expect(await writing).toBe(undefined);
    expect(late.rwlock_tryrdlock(lock)).toMatchObject(code('EBUSY'));
    writer.rwlock_unlock(lock);
    if (prefer === 'writers') expect(await reading).toBe(undefined);
  });

  test('lets readers go on when the writer before them has given up or died', async () => {
    for (const leaves of ['gives up', 'dies']) {
      const [one, writer, late] = threads(3).all as [ThreadMemory, ThreadMemory, ThreadMemory];
      const lock = one.rwlock_create({ prefer: 'writers' }) as number;
      one.rwlock_rdlock(lock);
      const writing = writer.rwlock_wrlock(lock, leaves === 'gives up' ? 20 * MS : -1);
      const reading = late.rwlock_rdlock(lock);
      expect(await now(reading)).toBe('asleep');
      if (leaves === 'dies') one.threadEnded(2);
      else expect(await writing).toMatchObject(code('ETIMEDOUT'));
      expect(await reading).toBe(undefined);
    }
  });
});

describe('a destroyed object', () => {
  test('gives its memory back when the last of those who slept on it has gone', async () => {
    const { heap, all } = threads(2);
    const [one, other] = all as [ThreadMemory, ThreadMemory];
    const warm = one.cell_create(0) as number;
    await Promise.all([one.cell_wait(warm, 0, MS), other.cell_wait(warm, 0, MS)]);
    const used = heap.usedBytes;
    const text = 'x'.repeat(5000);
    const cell = one.cell_create(text) as number;
    const asleep = [one.cell_wait(cell, text, 5 * MS), other.cell_wait(cell, text, 30 * MS)];
    expect(one.cell_free(cell)).toBe(undefined);
    expect(one.cell_free(cell)).toMatchObject(code('EFAULT'));
    expect(await asleep[0]).toMatchObject(code('ETIMEDOUT'));
    expect(heap.usedBytes).toBeGreaterThan(used + 5000);
    expect(await asleep[1]).toMatchObject(code('ETIMEDOUT'));
    expect(heap.usedBytes).toBe(used);
  });
});

test('a list that is a queue stays as small as it is long', () => {
  const { heap, all } = threads(1);
  const memory = all[0]!;
  const list = memory.list_create([1, 2, 3]) as number;
  for (let i = 0; i < 5000; i++) {
    memory.list_push(list, i);
    memory.list_remove(list, 0);
  }
  const used = heap.usedBytes;
  for (let i = 0; i < 5000; i++) {
    memory.list_push(list, i);
    memory.list_remove(list, 0);
  }
  expect(heap.usedBytes).toBe(used);
  expect([0, 1, 2].map((at) => memory.list_get(list, at))).toEqual([4997, 4998, 4999]);
});

test('who lets the interpreter go because another has asked cannot have it back first', async () => {
  const heap = SharedHeap.create();
  const [holder, asking] = [new InterpreterLock(heap, 1, SERVING), new InterpreterLock(heap, 2, SERVING)];
  expect(holder.attach('3.11', 1)).toBe(undefined);
  expect(holder.setInterval(2 * MS)).toBe(undefined);
  const waiting = asking.acquire();
  expect(holder.checkpoint()).toBe(undefined);
  await new Promise((resolve) => setTimeout(resolve, 15));
  // Asked for: the holder lets go at its next call, and waits until the other has had its turn.
  const regained = holder.checkpoint();
  expect(regained).toBeInstanceOf(Promise);
  await waiting;
  asking.release();
  await regained;
});
