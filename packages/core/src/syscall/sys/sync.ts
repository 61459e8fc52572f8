/**
 * Locks of POSIX threads, private to a process, shared with its forked children, or found by name by every process of the host. A lock that is free is
 * taken without entering the kernel; one that is not puts the thread to sleep behind those that sleep already.
 *
 * `timeoutNs` is how long a call may sleep (negative or absent: for ever), after which it fails with ETIMEDOUT. EFAULT for an unknown number, EINVAL for
 * an object of another kind. None but `sem_wait` and `mq_*` ever fails with EINTR.
 */
export interface SyncOptions {
  /** Shared with forked children instead of copied (PTHREAD_PROCESS_SHARED). */
  readonly shared?: boolean;
  /** Found by every process of the host under this name; implies `shared`. The first one's settings count. */
  readonly name?: string;
  /** For reports of deadlocks and lanes: `noodles`. */
  readonly label?: string;
}

export interface MutexOptions extends SyncOptions {
  /** `normal` unless given: locked twice by one thread it never opens. `recursive` counts, `errorcheck` answers EDEADLK. */
  readonly type?: 'normal' | 'recursive' | 'errorcheck';
  /** When an owner dies the next locker gets EOWNERDEAD, and the lock. */
  readonly robust?: boolean;
  /** `inherit`: the owner runs with the priority of the most urgent sleeper. */
  readonly protocol?: 'none' | 'inherit';
}

export interface RwLockOptions extends SyncOptions {
  readonly prefer?: 'readers' | 'writers';
}

export interface LockStatistics {
  readonly tid: number;
  readonly acquisitions: number;
  /** Acquisitions that had to wait. */
  readonly contended: number;
  readonly waitedNs: number;
  readonly longestWaitNs: number;
}

export interface SyncCalls {
  mutex_create(options?: MutexOptions): Promise<number>;
  /** EDEADLK (error-checking), EOWNERDEAD: locked, but see `mutex_consistent`; ENOTRECOVERABLE. */
  mutex_lock(mutex: number, timeoutNs?: number): Promise<void>;
  /** EBUSY. */
  mutex_trylock(mutex: number): Promise<void>;
  /** EPERM where it is free, or held by another and not of the normal kind. */
  mutex_unlock(mutex: number): Promise<void>;
  /** After EOWNERDEAD: the data are whole again. Unlocked without this, the mutex is lost for all. EINVAL. */
  mutex_consistent(mutex: number): Promise<void>;

  cond_create(options?: SyncOptions): Promise<number>;
  /** Unlocks the mutex, sleeps, and locks it again, also after ETIMEDOUT. May return without a signal. */
  cond_wait(condition: number, mutex: number, timeoutNs?: number): Promise<void>;
  cond_signal(condition: number): Promise<void>;
  cond_broadcast(condition: number): Promise<void>;

  sem_create(value: number, options?: SyncOptions): Promise<number>;
  sem_wait(semaphore: number, timeoutNs?: number): Promise<void>;
  /** EAGAIN. */
  sem_trywait(semaphore: number): Promise<void>;
  /** EOVERFLOW. */
  sem_post(semaphore: number): Promise<void>;
  sem_getvalue(semaphore: number): Promise<number>;

  rwlock_create(options?: RwLockOptions): Promise<number>;
  /** EDEADLK where the caller has it for writing. */
  rwlock_rdlock(lock: number, timeoutNs?: number): Promise<void>;
  /** EBUSY. */
  rwlock_tryrdlock(lock: number): Promise<void>;
  rwlock_wrlock(lock: number, timeoutNs?: number): Promise<void>;
  rwlock_trywrlock(lock: number): Promise<void>;
  /** EPERM. */
  rwlock_unlock(lock: number): Promise<void>;

  barrier_create(parties: number, options?: SyncOptions): Promise<number>;
  /** True for one of those that came (PTHREAD_BARRIER_SERIAL_THREAD). */
  barrier_wait(barrier: number, timeoutNs?: number): Promise<boolean>;

  /** Frees the number; who sleeps on the object goes on sleeping. EBUSY for a mutex that is locked. */
  sync_destroy(object: number): Promise<void>;
  /** How each thread has used one of these objects. */
  sync_statistics(object: number): Promise<readonly LockStatistics[]>;
}
