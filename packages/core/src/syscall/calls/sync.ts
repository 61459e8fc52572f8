/** Locks of POSIX threads (`os/sync/`): pthread_mutex_lock(3p), pthread_cond_wait(3p), sem_wait(3) and their kin. */
import { E, Errno } from '../../base/errno.ts';
import { BLOCKED, type Outcome } from '../../kernel/outcome.ts';
import { Barrier } from '../../os/sync/barrier.ts';
import { Condition } from '../../os/sync/condition.ts';
import { Mutex } from '../../os/sync/mutex.ts';
import { RwLock } from '../../os/sync/rwlock.ts';
import { SEM_VALUE_MAX, Semaphore } from '../../os/sync/semaphore.ts';
import { SyncObject } from '../../os/sync/sync-object.ts';
import type { MemoryHost, MemoryThread } from '../call-host.ts';
import type { MemoryCallTable } from '../call-table.ts';
import type { MutexOptions, RwLockOptions, SyncOptions } from '../sys/sync.ts';
import { chargeAccess, place } from './memory.ts';

type SyncClass<T extends SyncObject> = abstract new (...args: never[]) => T;

/** A new object in the process's memory, or the one that has the name already. */
function make<T extends SyncObject>(
  kernel: MemoryHost,
  thread: MemoryThread,
  options: SyncOptions,
  object: T,
  type: SyncClass<T>,
): number | Errno {
  const id = place(kernel, thread, options, object, type);
  if (id instanceof Errno) return id;
  if (object.label === '') object.label = options.label ?? options.name ?? String(id);
  return id;
}

/**
 * One operation on an object. Where it neither sleeps nor wakes a sleeper it is an access to memory, which is what it costs; the entry into the kernel
 * (futex(2)) is paid by those that do.
 */
function operate<T extends SyncObject, R>(
  kernel: MemoryHost,
  thread: MemoryThread,
  id: number,
  type: SyncClass<T>,
  operation: (object: T) => Outcome<R>,
): Outcome<R> {
  const { call } = thread;
  const object = call?.subject instanceof type ? call.subject : thread.process.memory.get(id, type);
  if (object instanceof Errno) return object;
  const outcome = operation(object);
  if (outcome === BLOCKED && call !== undefined) call.subject = object;
  if (outcome !== BLOCKED && call?.attempts === 0 && !object.tookKernel()) chargeAccess(kernel, thread);
  return outcome;
}

function mutexOf(
  kernel: MemoryHost,
  { type = 'normal', robust = false, protocol = 'none' }: MutexOptions,
): Mutex | Errno {
  if (type !== 'normal' && type !== 'recursive' && type !== 'errorcheck') return E.EINVAL;
  if (protocol !== 'none' && protocol !== 'inherit') return E.EINVAL;
  return new Mutex({ type, robust, protocol }, kernel);
}

function rwlockOf(kernel: MemoryHost, { prefer = 'readers' }: RwLockOptions): RwLock | Errno {
  return prefer === 'readers' || prefer === 'writers' ? new RwLock(prefer, kernel) : E.EINVAL;
}

const isCount = (value: unknown, least: number): boolean =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= SEM_VALUE_MAX;

export const syncCalls = {
  mutex_create(kernel, thread, _call, options = {}) {
    const mutex = mutexOf(kernel, options);
    return mutex instanceof Errno ? mutex : make(kernel, thread, options, mutex, Mutex);
  },
  mutex_lock: (kernel, thread, call, id, timeoutNs) =>
    operate(kernel, thread, id, Mutex, (mutex) => mutex.lock(thread, call, timeoutNs)),
  mutex_trylock: (kernel, thread, call, id) =>
    operate(kernel, thread, id, Mutex, (mutex) => mutex.tryLock(thread, call)),
  mutex_unlock: (kernel, thread, _call, id) => operate(kernel, thread, id, Mutex, (mutex) => mutex.unlock(thread)),
  mutex_consistent: (kernel, thread, _call, id) =>
    operate(kernel, thread, id, Mutex, (mutex) => mutex.consistent(thread)),

  cond_create: (kernel, thread, _call, options = {}) => make(kernel, thread, options, new Condition(kernel), Condition),
  cond_wait(kernel, thread, call, id, mutexId, timeoutNs = -1) {
    const mutex = thread.process.memory.get(mutexId, Mutex);
    if (mutex instanceof Errno) return mutex;
    return operate(kernel, thread, id, Condition, (condition) => condition.wait(thread, call, mutex, timeoutNs));
  },
  cond_signal: (kernel, thread, _call, id) => operate(kernel, thread, id, Condition, (condition) => condition.signal()),
  cond_broadcast: (kernel, thread, _call, id) =>
    operate(kernel, thread, id, Condition, (condition) => condition.broadcast()),

  sem_create(kernel, thread, _call, value, options = {}) {
    if (!isCount(value, 0)) return E.EINVAL;
    return make(kernel, thread, options, new Semaphore(value, kernel), Semaphore);
  },
  sem_wait: (kernel, thread, call, id, timeoutNs = -1) =>
    operate(kernel, thread, id, Semaphore, (semaphore) => semaphore.wait(thread, call, timeoutNs)),
  sem_trywait: (kernel, thread, call, id) =>
    operate(kernel, thread, id, Semaphore, (semaphore) => semaphore.tryWait(thread, call)),
  sem_post: (kernel, thread, _call, id) => operate(kernel, thread, id, Semaphore, (semaphore) => semaphore.post()),
  sem_getvalue: (kernel, thread, _call, id) => operate(kernel, thread, id, Semaphore, (semaphore) => semaphore.value),

  rwlock_create(kernel, thread, _call, options = {}) {
    const lock = rwlockOf(kernel, options);
    return lock instanceof Errno ? lock : make(kernel, thread, options, lock, RwLock);
  },
  rwlock_rdlock: (kernel, thread, call, id, timeoutNs = -1) =>
    operate(kernel, thread, id, RwLock, (lock) => lock.read(thread, call, timeoutNs)),
  rwlock_tryrdlock: (kernel, thread, call, id) =>
    operate(kernel, thread, id, RwLock, (lock) => lock.tryRead(thread, call)),
  rwlock_wrlock: (kernel, thread, call, id, timeoutNs = -1) =>
    operate(kernel, thread, id, RwLock, (lock) => lock.write(thread, call, timeoutNs)),
  rwlock_trywrlock: (kernel, thread, call, id) =>
    operate(kernel, thread, id, RwLock, (lock) => lock.tryWrite(thread, call)),
  rwlock_unlock: (kernel, thread, _call, id) => operate(kernel, thread, id, RwLock, (lock) => lock.unlock(thread)),

  barrier_create(kernel, thread, _call, parties, options = {}) {
    if (!isCount(parties, 1)) return E.EINVAL;
    return make(kernel, thread, options, new Barrier(parties, kernel), Barrier);
  },
  barrier_wait: (kernel, thread, call, id, timeoutNs = -1) =>
    operate(kernel, thread, id, Barrier, (barrier) => barrier.wait(thread, call, timeoutNs)),

  sync_destroy(_kernel, thread, _call, id) {
    const object = thread.process.memory.get(id, SyncObject);
    if (object instanceof Errno) return object;
    if (object instanceof Mutex && object.locked) return E.EBUSY;
    thread.process.memory.delete(id);
    return undefined;
  },
  sync_statistics(_kernel, thread, _call, id) {
    const object = thread.process.memory.get(id, SyncObject);
    return object instanceof Errno ? object : [...object.uses].map(([tid, use]) => ({ tid, ...use }));
  },
} satisfies Partial<MemoryCallTable>;
