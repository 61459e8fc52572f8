import { E, Errno } from '@netarium/core/base/errno.ts';
import { BLOCKED } from '@netarium/core/kernel/outcome.ts';
import { describe, expect, test } from 'vitest';
import { RealKernel } from '../kernel/real-kernel.ts';
import { RealProcess } from '../kernel/real-process.ts';
import { FIRST_ROOT_NUMBER } from './layout.ts';

const MS = 1_000_000;

/** Two processes of one kernel, the second forked from the first, and their calls. */
function setUp() {
  const kernel = new RealKernel();
  const parent = new RealProcess(100, undefined, 0, '/');
  const fork = (pid: number): RealProcess => {
    const child = new RealProcess(pid, parent, 0, '/');
    kernel.memory.fork(parent, child);
    return child;
  };
  /** A call's outcome: at once, or later where it blocks. */
  const call = (process: RealProcess, tid: number, name: string, ...args: unknown[]): unknown => {
    const thread = kernel.thread(process, tid);
    const outcome = kernel.enter(thread, name, args);
    if (outcome !== BLOCKED) return plain(outcome);
    return new Promise((resolve) => {
      thread.finish = (late) => resolve(plain(late));
    });
  };
  return { kernel, parent, fork, call };
}

const plain = (outcome: unknown): unknown => (outcome instanceof Errno ? outcome.code : outcome);

describe('memory between processes', () => {
  test('is what a fork shares, under numbers of its own', () => {
    const { parent, fork, call } = setUp();
    const cell = call(parent, 100, 'cell_create', { a: [1] }, { shared: true }) as number;
    expect(cell).toBeGreaterThan(FIRST_ROOT_NUMBER);
    const child = fork(101);
    expect(call(child, 101, 'cell_load', cell)).toEqual({ a: [1] });
    expect(call(child, 101, 'cell_store', cell, 7)).toBe(undefined);
    expect(call(parent, 100, 'cell_add', cell, 1)).toBe(7);
    // Each process's number is its own to free.
    expect(call(parent, 100, 'cell_free', cell)).toBe(undefined);
    expect(call(parent, 100, 'cell_load', cell)).toBe('EFAULT');
    expect(call(child, 101, 'cell_load', cell)).toBe(8);
    const stranger = new RealProcess(200, undefined, 0, '/');
    expect(call(stranger, 200, 'cell_load', cell)).toBe('EFAULT');
    expect(call(stranger, 200, 'cell_load', 1)).toBe('EFAULT');
  });

  test('is found by name, until the name is taken away', () => {
    const { parent, call } = setUp();
    const stranger = new RealProcess(200, undefined, 0, '/');
    const one = call(parent, 100, 'sem_create', 3, { name: 'gate' }) as number;
    const other = call(stranger, 200, 'sem_create', 9, { name: 'gate' }) as number;
    expect(call(stranger, 200, 'sem_trywait', other)).toBe(undefined);
    expect(call(parent, 100, 'sem_getvalue', one)).toBe(2);
    expect(call(parent, 100, 'mutex_create', { name: 'gate' })).toBe('EINVAL');
    expect(call(parent, 100, 'shm_unlink', 'gate')).toBe(undefined);
    expect(call(parent, 100, 'shm_unlink', 'gate')).toBe('ENOENT');
  });

  test('wakes who sleeps on it in another process, in order, and in time', async () => {
    const { parent, fork, call } = setUp();
    const mutex = call(parent, 100, 'mutex_create', { shared: true }) as number;
    const [one, other] = [fork(101), fork(102)];
    expect(call(parent, 100, 'mutex_lock', mutex)).toBe(undefined);
    const order: string[] = [];
    const sleep = async (process: RealProcess, name: string): Promise<void> => {
      await call(process, process.pid, 'mutex_lock', mutex);
      order.push(name);
      expect(call(process, process.pid, 'mutex_unlock', mutex)).toBe(undefined);
    };
    const sleeping = [sleep(one, 'one'), sleep(other, 'other')];
    expect(await call(parent, 7, 'mutex_lock', mutex, 5 * MS + 0.5)).toBe('ETIMEDOUT');
    expect(call(parent, 100, 'mutex_unlock', mutex)).toBe(undefined);
    await Promise.all(sleeping);
    expect(order).toEqual(['one', 'other']);
    expect(call(parent, 100, 'mutex_lock', mutex, Number.NaN)).toBe('EINVAL');
    expect(call(parent, 100, 'mutex_lock', mutex, Number.MAX_VALUE)).toBe(undefined);
  });

  test('tells the next of the death of an owner, be it a process or a thread', async () => {
    const { kernel, parent, fork, call } = setUp();
    const mutex = call(parent, 100, 'mutex_create', { shared: true, robust: true }) as number;
    const child = fork(101);
    expect(call(child, 101, 'mutex_lock', mutex)).toBe(undefined);
    const next = call(parent, 100, 'mutex_lock', mutex);
    kernel.ended(child, 0, 'SIGKILL');
    expect(await next).toBe('EOWNERDEAD');
    expect(call(parent, 100, 'mutex_consistent', mutex)).toBe(undefined);
    expect(call(parent, 100, 'mutex_unlock', mutex)).toBe(undefined);
    expect(call(parent, 105, 'mutex_lock', mutex)).toBe(undefined);
    expect(call(parent, 105, 'thread_ended', 105)).toBe(undefined);
    expect(parent.threads.has(105)).toBe(false);
    expect(call(parent, 100, 'mutex_trylock', mutex)).toBe('EOWNERDEAD');
  });

  test('refuses what it cannot keep', () => {
    const { parent, call } = setUp();
    expect(call(parent, 100, 'mutex_create', { shared: true, protocol: 'inherit' })).toBe(E.EOPNOTSUPP.code);
    const condition = call(parent, 100, 'cond_create', { shared: true }) as number;
    expect(call(parent, 100, 'cond_wait', condition, 1)).toBe('EINVAL');
    expect(call(parent, 100, 'cell_load', Number.NaN)).toBe('EFAULT');
    expect(call(parent, 100, 'cell_create', () => 1, { shared: true })).toBe('EINVAL');
  });
});
