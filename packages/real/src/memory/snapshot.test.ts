import { describe, expect, test } from 'vitest';
import { InterpreterLock } from './interpreter-lock.ts';
import { SharedHeap } from './shared-heap.ts';
import { restore, snapshot } from './snapshot.ts';
import { ThreadMemory } from './thread-memory.ts';
import { SERVING } from './wait.ts';

describe('the memory of a forked child', () => {
  test('has every object under its number, and the two change apart', () => {
    const parent = new ThreadMemory(SharedHeap.create(), 1, SERVING);
    const heap = (parent as unknown as { heap: SharedHeap }).heap;
    const cell = parent.cell_create({ a: ['x', new Uint8Array([1])] }) as number;
    const list = parent.list_create([1, 'zwei', null]) as number;
    const semaphore = parent.sem_create(3) as number;
    const gone = parent.cell_create('gone') as number;
    parent.cell_free(gone);
    const child = new ThreadMemory(restore(snapshot(heap)), 2, SERVING);
    parent.cell_store(cell, 'other');
    parent.list_push(list, 4);
    expect(child.cell_load(cell)).toEqual({ a: ['x', new Uint8Array([1])] });
    expect(child.list_length(list)).toBe(3);
    expect(child.list_get(list, 1)).toBe('zwei');
    child.sem_post(semaphore);
    expect([parent.sem_getvalue(semaphore), child.sem_getvalue(semaphore)]).toEqual([3, 4]);
    expect(child.cell_load(gone)).toMatchObject({ code: 'EFAULT' });
    // The free slot is free in both.
    expect(child.cell_create(1)).toBe(parent.cell_create(1));
  });

  test('has nobody asleep, and locks as they were', async () => {
    const heap = SharedHeap.create();
    const parent = new ThreadMemory(heap, 1, SERVING);
    const checked = parent.mutex_create({ type: 'errorcheck' }) as number;
    const cell = parent.cell_create(0) as number;
    const barrier = parent.barrier_create(2) as number;
    const doomed = parent.sem_create(0) as number;
    const read = parent.rwlock_create() as number;
    expect(parent.mutex_lock(checked)).toBe(undefined);
    expect(parent.rwlock_rdlock(read)).toBe(undefined);
    const asleep = [parent.cell_wait(cell, 0, 5_000_000), parent.barrier_wait(barrier), parent.sem_wait(doomed, 5e6)];
    parent.sync_destroy(doomed);
    const childHeap = restore(snapshot(heap));
    const child = new ThreadMemory(childHeap, 2, SERVING);
    expect(child.cell_notify(cell, 9)).toBe(0);
    expect(await child.barrier_wait(barrier, 1_000_000)).toMatchObject({ code: 'ETIMEDOUT' });
    expect(child.mutex_trylock(checked)).toMatchObject({ code: 'EBUSY' });
    expect(child.mutex_unlock(checked)).toMatchObject({ code: 'EPERM' });
    // Nor does a thread of the child own it that happens to have the number of one of the parent's.
    const namesake = new ThreadMemory(childHeap, 1, SERVING);
    expect(namesake.mutex_unlock(checked)).toMatchObject({ code: 'EPERM' });
    expect(namesake.rwlock_unlock(read)).toMatchObject({ code: 'EPERM' });
    expect(namesake.rwlock_trywrlock(read)).toMatchObject({ code: 'EBUSY' });
    expect(child.sync_statistics(checked)).toEqual([]);
    expect(await asleep[0]).toMatchObject({ code: 'ETIMEDOUT' });
    expect(await asleep[2]).toMatchObject({ code: 'ETIMEDOUT' });
    expect(await parent.barrier_wait(barrier)).toBe(true);
    expect(await asleep[1]).toBe(false);
    for (const number of [cell, barrier]) child.cell_free(number);
    expect(childHeap.usedBytes).toBeLessThan(heap.usedBytes);
  });

  test('keeps the interpreter, whose lock nobody holds', () => {
    const heap = SharedHeap.create();
    const parent = new InterpreterLock(heap, 1, SERVING);
    expect(parent.attach('3.11', 1)).toBe(undefined);
    const child = new InterpreterLock(restore(snapshot(heap)), 2, SERVING);
    expect(child.profile()).toEqual(parent.profile());
    expect(child.acquire()).toBe(undefined);
    expect(parent.acquire()).toBe(undefined);
  });

  test('starts with no lock of the heap itself held', () => {
    const heap = SharedHeap.create({ initialBytes: 1 << 17 });
    const parent = new ThreadMemory(heap, 1, SERVING);
    const cells = Array.from({ length: 3_000 }, (_, i) => parent.cell_create(`text ${i}`) as number);
    const child = new ThreadMemory(restore(snapshot(heap)), 2, SERVING);
    cells.forEach((cell, i) => void expect(child.cell_exchange(cell, i)).toBe(`text ${i}`));
    cells.forEach((cell, i) => void expect(parent.cell_load(cell)).toBe(`text ${i}`));
    expect(child.list_create(Array.from({ length: 1000 }, (_, i) => i))).toBeGreaterThan(3_000);
  });
});
