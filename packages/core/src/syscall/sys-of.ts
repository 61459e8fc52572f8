/**
 * A `Sys` whose every call goes through one function: the shape that all asynchronous front ends share, on the simulated kernel and on the real one. Loads
 * no implementation of any call, so that a thread of its own, which starts from this, starts soon.
 */
import { loopWatcherOf, setLoopWatcher } from './loop-watch.ts';
import type { Sys } from './sys.ts';

/** Every call of `Sys`, none missing and none too many (the type says so). */
const CALLS: { readonly [N in keyof Sys]: true } = {
  accept: true,
  access: true,
  alarm: true,
  barrier_create: true,
  barrier_wait: true,
  bind: true,
  cell_add: true,
  cell_compare_exchange: true,
  cell_create: true,
  cell_exchange: true,
  cell_free: true,
  cell_load: true,
  cell_notify: true,
  cell_store: true,
  cell_wait: true,
  chdir: true,
  chmod: true,
  clock_gettime: true,
  close: true,
  cond_broadcast: true,
  cond_create: true,
  cond_signal: true,
  cond_wait: true,
  connect: true,
  cpu: true,
  dup: true,
  dup2: true,
  epoll_create: true,
  epoll_ctl: true,
  epoll_wait: true,
  exec: true,
  exit: true,
  fcntl: true,
  fdatasync: true,
  flock: true,
  fork: true,
  fstat: true,
  fsync: true,
  ftruncate: true,
  getcpu: true,
  getcwd: true,
  getenv: true,
  getitimer: true,
  getpeername: true,
  getpgid: true,
  getpid: true,
  getppid: true,
  getpriority: true,
  getrandom: true,
  getrlimit: true,
  getsockname: true,
  getsockopt: true,
  gettid: true,
  getuid: true,
  interpreter_attach: true,
  interpreter_profile: true,
  interpreter_setinterval: true,
  io_uring_enter: true,
  io_uring_setup: true,
  isatty: true,
  kill: true,
  list_create: true,
  list_get: true,
  list_insert: true,
  list_length: true,
  list_push: true,
  list_remove: true,
  list_set: true,
  listen: true,
  lseek: true,
  lstat: true,
  mkdir: true,
  mq_getattr: true,
  mq_open: true,
  mq_receive: true,
  mq_send: true,
  mq_unlink: true,
  mutex_consistent: true,
  mutex_create: true,
  mutex_lock: true,
  mutex_trylock: true,
  mutex_unlock: true,
  nanosleep: true,
  netlink: true,
  nice: true,
  open: true,
  pause: true,
  pipe: true,
  poll: true,
  read: true,
  readdir: true,
  readlink: true,
  recv: true,
  recvfrom: true,
  rename: true,
  rmdir: true,
  rwlock_create: true,
  rwlock_rdlock: true,
  rwlock_tryrdlock: true,
  rwlock_trywrlock: true,
  rwlock_unlock: true,
  rwlock_wrlock: true,
  sched_getaffinity: true,
  sched_getscheduler: true,
  sched_setaffinity: true,
  sched_setpriority: true,
  sched_setscheduler: true,
  sched_yield: true,
  select: true,
  sem_create: true,
  sem_getvalue: true,
  sem_post: true,
  sem_trywait: true,
  sem_wait: true,
  send: true,
  sendto: true,
  sethostname: true,
  setitimer: true,
  setNonblock: true,
  setpgid: true,
  setpriority: true,
  setrlimit: true,
  setsockopt: true,
  setuid: true,
  shm_unlink: true,
  shutdown: true,
  sigaction: true,
  sigpending: true,
  sigprocmask: true,
  sigqueue: true,
  sigsuspend: true,
  sigtimedwait: true,
  socket: true,
  socketpair: true,
  spawn: true,
  stat: true,
  symlink: true,
  sync_destroy: true,
  sync_statistics: true,
  tgkill: true,
  thread_create: true,
  thread_detach: true,
  thread_exit: true,
  thread_join: true,
  thread_setname: true,
  tls_get: true,
  tls_set: true,
  trace_attach: true,
  trace_create: true,
  umask: true,
  uname: true,
  unlink: true,
  waitpid: true,
  write: true,
};

export const callNames = Object.keys(CALLS) as readonly (keyof Sys)[];

type Invoke = (name: string, args: readonly unknown[]) => Promise<unknown>;

/** One method for each call, made once for all threads: a thread's `sys` only holds the way into the kernel. */
const SYS_PROTOTYPE: Record<string, unknown> = {};
for (const name of callNames) {
  SYS_PROTOTYPE[name] = function (this: { readonly invoke: Invoke }, ...args: unknown[]) {
    return this.invoke(name, args);
  };
}

export function sysOf(call: Invoke): Sys {
  const sys: Record<string, unknown> = Object.create(SYS_PROTOTYPE) as Record<string, unknown>;
  sys.invoke = call;
  return sys as unknown as Sys;
}

/**
 * The calls of `sys` with some replaced: what meters, patches or slows them. Not an object that inherits from `sys`: the engine gives each of those a shape of
 * its own, and looks every call up anew in every thread.
 */
export function sysWith(sys: Sys, replaced: Partial<Sys>): Sys {
  const calls = new Map(Object.entries(replaced) as [string, (...args: readonly unknown[]) => Promise<unknown>][]);
  const { invoke } = sys as unknown as { readonly invoke: Invoke };
  const made = sysOf((name, args) => {
    const call = calls.get(name);
    return call === undefined ? invoke(name, args) : call(...args);
  });
  const watcher = loopWatcherOf(sys);
  if (watcher !== undefined) setLoopWatcher(made, watcher);
  return made;
}
