/**
 * How calls differ for the scheduler. *Visible* calls touch what other threads can see without entering the kernel's queues: each is a point at which
 * threads interleave. *Releasing* calls give an interpreter lock up around themselves, as CPython's library does; the others keep it unless they block.
 */
const VISIBLE: ReadonlySet<string> = new Set([
  'cell_load',
  'cell_store',
  'cell_exchange',
  'cell_compare_exchange',
  'cell_add',
  'list_length',
  'list_get',
  'list_set',
  'list_push',
  'list_insert',
  'list_remove',
  'mutex_lock',
  'mutex_trylock',
  'mutex_unlock',
  'cond_wait',
  'cond_signal',
  'cond_broadcast',
  'sem_wait',
  'sem_trywait',
  'sem_post',
  'sem_getvalue',
  'rwlock_rdlock',
  'rwlock_tryrdlock',
  'rwlock_wrlock',
  'rwlock_trywrlock',
  'rwlock_unlock',
  'barrier_wait',
]);

/** Py_BEGIN_ALLOW_THREADS stands around these in CPython whether they block or not. */
const RELEASING: ReadonlySet<string> = new Set([
  'read',
  'write',
  'open',
  'close',
  'fsync',
  'fdatasync',
  'fstat',
  'stat',
  'lstat',
  'readdir',
  'accept',
  'connect',
  'send',
  'sendto',
  'recv',
  'recvfrom',
  'nanosleep',
  'poll',
  'select',
  'epoll_wait',
  'waitpid',
  'thread_join',
  'sched_yield',
  'flock',
]);

export function isVisible(name: string): boolean {
  return VISIBLE.has(name);
}

export function releasesInterpreter(name: string, args: readonly unknown[]): boolean {
  // Declared work of a C extension that lets others run: `sys.cpu(ns, { native: true })`.
  if (name === 'cpu') return (args[1] as { readonly native?: boolean } | undefined)?.native === true;
  return RELEASING.has(name);
}
