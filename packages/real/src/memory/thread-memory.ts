/**
 * The calls on memory, locks and thread-local storage of one real thread, carried out by the thread itself on the heap that it shares with the others. A call
 * answers its value, an errno, or (in the main thread, which must go on serving) a promise of one of them; in a worker thread it stops the thread instead.
 *
 * Objects that forked children or other processes see are the root process's (`kernel-memory.ts`): `carries` says which calls go there. Left out: labels of
 * locks, since no report of a deadlock is made on the real kernel; `protocol: 'inherit'` is ENOTSUP.
 */
import { assert } from '@netarium/core/base/assert.ts';
import { E, Errno } from '@netarium/core/base/errno.ts';
import type { MemoryCalls } from '@netarium/core/syscall/sys/memory.ts';
import type { SyncCalls } from '@netarium/core/syscall/sys/sync.ts';
import type { ThreadCalls } from '@netarium/core/syscall/sys/thread.ts';
import type {
  CellOptions,
  Cloneable,
  LockStatistics,
  MutexOptions,
  RwLockOptions,
  SyncOptions,
} from '@netarium/core/syscall/sys.ts';
import { Access } from './access.ts';
import { Barriers } from './barriers.ts';
import { Cells } from './cells.ts';
import { Conditions } from './conditions.ts';
import { FIRST_ROOT_NUMBER, KIND, SLOT, THREAD } from './layout.ts';
import { Lists } from './lists.ts';
import { Mutexes } from './mutexes.ts';
import { RwLocks } from './rwlocks.ts';
import { Semaphores } from './semaphores.ts';
import type { SharedHeap } from './shared-heap.ts';
import { usesOf } from './statistics.ts';
import { endThread } from './thread-end.ts';
import type { Parking } from './wait.ts';
import { type Answer, Waits } from './waits.ts';

type LocalCalls = MemoryCalls & SyncCalls & Pick<ThreadCalls, 'tls_get' | 'tls_set'>;

/** The calls as `Sys` has them, each with an answer in place of a promise. `shm_unlink` is the root's alone. */
export type ThreadMemoryCalls = {
  readonly [N in Exclude<keyof LocalCalls, 'shm_unlink'>]: (
    ...args: Parameters<LocalCalls[N]>
  ) => Answer<Awaited<ReturnType<LocalCalls[N]>>>;
};

/** Where a call's options stand among its arguments. */
const OPTIONS_AT = new Map([
  ['cell_create', 1],
  ['list_create', 1],
  ['mutex_create', 0],
  ['cond_create', 0],
  ['sem_create', 1],
  ['rwlock_create', 0],
  ['barrier_create', 1],
]);

const FOR_EVER = -1;

export class ThreadMemory implements ThreadMemoryCalls {
  private readonly access: Access;
  private readonly cells: Cells;
  private readonly lists: Lists;
  private readonly mutexes: Mutexes;
  private readonly conditions: Conditions;
  private readonly semaphores: Semaphores;
  private readonly rwlocks: RwLocks;
  private readonly barriers: Barriers;
  private readonly local = new Map<number, unknown>();
  private readonly record: number;
  private readonly waits: Waits;

  /** `beforeWaiting` is called before the thread sleeps: an interpreter lock is let go there. */
  constructor(
    private readonly heap: SharedHeap,
    readonly tid: number,
    parking: Parking,
    beforeWaiting: () => void = () => {},
  ) {
    const record = heap.register(tid);
    assert(!(record instanceof Errno), 'a heap has room for the record of a thread that was let start');
    this.record = record;
    const access = new Access(heap, tid);
    this.access = access;
    this.cells = new Cells(access);
    this.lists = new Lists(access);
    this.mutexes = new Mutexes(access);
    this.conditions = new Conditions(access, this.mutexes);
    this.semaphores = new Semaphores(access);
    this.rwlocks = new RwLocks(access);
    this.barriers = new Barriers(access);
    this.waits = new Waits(heap, tid, record, parking, beforeWaiting);
  }

  /** Is this call one of this process's own memory? If not, it is the root's. */
  carries(name: string, args: readonly unknown[]): boolean {
    if (name === 'shm_unlink') return false;
    if (name === 'tls_get' || name === 'tls_set') return true;
    const at = OPTIONS_AT.get(name);
    if (at === undefined) return !((args[0] as number) >= FIRST_ROOT_NUMBER);
    const options = args[at] as CellOptions | undefined;
    return options?.shared !== true && options?.name === undefined;
  }

  /** Another thread has ended: its robust mutexes go on, and wakes that it did not use. */
  threadEnded(tid: number): void {
    const { mutexes, semaphores, rwlocks } = this;
    endThread(this.access, { mutexes, semaphores, rwlocks }, tid);
  }

  /** A signal handler has run, and no call was asleep that it ended. */
  clearInterruption(): void {
    Atomics.store(this.heap.words, this.record + THREAD.INTERRUPTED, 0);
  }

  // Cells.

  cell_create(initial: Cloneable, _options?: CellOptions): Answer<number> {
    return this.cells.create(initial);
  }

  cell_load(cell: number): Answer<Cloneable> {
    return this.cells.load(cell);
  }

  cell_store(cell: number, value: Cloneable): Answer<undefined> {
    return this.cells.store(cell, value);
  }

  cell_exchange(cell: number, value: Cloneable): Answer<Cloneable> {
    return this.cells.exchange(cell, value);
  }

  cell_compare_exchange(cell: number, expected: Cloneable, value: Cloneable): Answer<Cloneable> {
    return this.cells.compareExchange(cell, expected, value);
  }

  cell_add(cell: number, amount: number): Answer<number> {
    return this.cells.add(cell, amount);
  }

  cell_wait(cell: number, expected: Cloneable, timeoutNs = FOR_EVER): Answer<undefined> {
    return this.waits.run((wait) => this.cells.wait(cell, expected, timeoutNs, wait));
  }

  cell_notify(cell: number, count: number): Answer<number> {
    return this.cells.notify(cell, count);
  }

  cell_free(cell: number): Answer<undefined> {
    return this.access.destroy(cell);
  }

  // Lists.

  list_create(initial: readonly Cloneable[] = [], _options?: CellOptions): Answer<number> {
    return this.lists.create(initial);
  }

  list_length(list: number): Answer<number> {
    return this.lists.length(list);
  }

  list_get(list: number, at: number): Answer<Cloneable> {
    return this.lists.get(list, at);
  }

  list_set(list: number, at: number, value: Cloneable): Answer<undefined> {
    return this.lists.set(list, at, value);
  }

  list_push(list: number, value: Cloneable): Answer<number> {
    return this.lists.push(list, value);
  }

  list_insert(list: number, at: number, value: Cloneable): Answer<undefined> {
    return this.lists.insert(list, at, value);
  }

  list_remove(list: number, at: number): Answer<Cloneable> {
    return this.lists.remove(list, at);
  }

  // Locks.

  mutex_create(options: MutexOptions = {}): Answer<number> {
    return this.mutexes.create(options);
  }

  mutex_lock(mutex: number, timeoutNs = FOR_EVER): Answer<undefined> {
    return this.waits.run((wait) => this.mutexes.lock(mutex, timeoutNs, wait));
  }

  mutex_trylock(mutex: number): Answer<undefined> {
    return this.mutexes.tryLock(mutex);
  }

  mutex_unlock(mutex: number): Answer<undefined> {
    return this.mutexes.unlock(mutex);
  }

  mutex_consistent(mutex: number): Answer<undefined> {
    return this.mutexes.consistent(mutex);
  }

  cond_create(_options?: SyncOptions): Answer<number> {
    return this.conditions.create();
  }

  /** Both must be of this process: EINVAL where one of them is the root's. */
  cond_wait(condition: number, mutex: number, timeoutNs = FOR_EVER): Answer<undefined> {
    if (mutex >= FIRST_ROOT_NUMBER) return E.EINVAL;
    return this.waits.run((wait) => this.conditions.wait(condition, mutex, timeoutNs, wait));
  }

  cond_signal(condition: number): Answer<undefined> {
    return this.conditions.wake(condition, 1);
  }

  cond_broadcast(condition: number): Answer<undefined> {
    return this.conditions.wake(condition, Number.POSITIVE_INFINITY);
  }

  sem_create(value: number, _options?: SyncOptions): Answer<number> {
    return this.semaphores.create(value);
  }

  sem_wait(semaphore: number, timeoutNs = FOR_EVER): Answer<undefined> {
    return this.waits.run((wait) => this.semaphores.wait(semaphore, timeoutNs, wait));
  }

  sem_trywait(semaphore: number): Answer<undefined> {
    return this.semaphores.tryWait(semaphore);
  }

  sem_post(semaphore: number): Answer<undefined> {
    return this.semaphores.post(semaphore);
  }

  sem_getvalue(semaphore: number): Answer<number> {
    return this.semaphores.value(semaphore);
  }

  rwlock_create(options: RwLockOptions = {}): Answer<number> {
    return this.rwlocks.create(options);
  }

  rwlock_rdlock(lock: number, timeoutNs = FOR_EVER): Answer<undefined> {
    return this.waits.run((wait) => this.rwlocks.read(lock, timeoutNs, wait));
  }

  rwlock_tryrdlock(lock: number): Answer<undefined> {
    return this.rwlocks.tryRead(lock) as Errno | undefined;
  }

  rwlock_wrlock(lock: number, timeoutNs = FOR_EVER): Answer<undefined> {
    return this.waits.run((wait) => this.rwlocks.write(lock, timeoutNs, wait));
  }

  rwlock_trywrlock(lock: number): Answer<undefined> {
    return this.rwlocks.tryWrite(lock) as Errno | undefined;
  }

  rwlock_unlock(lock: number): Answer<undefined> {
    return this.rwlocks.unlock(lock) as Errno | undefined;
  }

  barrier_create(parties: number, _options?: SyncOptions): Answer<number> {
    return this.barriers.create(parties);
  }

  barrier_wait(barrier: number, timeoutNs = FOR_EVER): Answer<boolean> {
    return this.waits.run((wait) => this.barriers.wait(barrier, timeoutNs, wait));
  }

  sync_destroy(object: number): Answer<undefined> {
    return this.access.destroy(object, (slot) => {
      if (!this.isLock(slot)) return E.EINVAL;
      return this.access.isLockedMutex(slot) ? E.EBUSY : undefined;
    });
  }

  sync_statistics(object: number): Answer<readonly LockStatistics[]> {
    const slot = this.heap.lockSlot(object);
    if (slot === 0) return E.EFAULT;
    const uses = this.isLock(slot) ? usesOf(this.heap, slot) : E.EINVAL;
    this.heap.leave(slot);
    return uses;
  }

  private isLock(slot: number): boolean {
    return this.heap.words[slot + SLOT.KIND]! >= KIND.MUTEX;
  }

  // Thread-local storage is the thread's own.

  tls_get(key: number): Answer<unknown> {
    return this.local.get(key);
  }

  tls_set(key: number, value: unknown): Answer<undefined> {
    this.local.set(key, value);
    return undefined;
  }
}
