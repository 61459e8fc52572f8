/**
 * What an operation touches, for partial-order reduction: two operations of different threads commute unless they touch the same thing and one of them
 * changes it. What is not known here touches everything, which costs schedules and loses none.
 */
import type { Call } from '../../kernel/call.ts';
import type { Thread } from '../../os/thread.ts';

export interface Footprint {
  /** Names that are the same in every run; `*` stands for everything. */
  readonly objects: readonly string[];
  readonly writes: boolean;
}

const NOTHING: Footprint = { objects: [], writes: false };
const EVERYTHING: Footprint = { objects: ['*'], writes: true };

/** They concern nobody but the thread itself, or order threads by waking them (which the explorer sees for itself). */
const LOCAL: ReadonlySet<string> = new Set([
  'getpid',
  'getppid',
  'gettid',
  'getuid',
  'clock_gettime',
  'nanosleep',
  'cpu',
  'sched_yield',
  'tls_get',
  'tls_set',
  'thread_create',
  'thread_join',
  'thread_exit',
  'thread_setname',
  'interpreter_attach',
  'getenv',
  'uname',
  'getcwd',
]);

/** Their first argument is the number of an object in memory. */
const IN_MEMORY = /^(cell|list|mutex|cond|sem|rwlock|barrier)_(?!create)/;
/** Memory that they leave as it was. */
const READING: ReadonlySet<string> = new Set(['cell_load', 'list_get', 'list_length', 'sem_getvalue']);

export function footprintOf(thread: Thread, call: Call | undefined): Footprint {
  if (call === undefined || LOCAL.has(call.name)) return NOTHING;
  const { name, args } = call;
  // Under real-time priorities a wake-up takes the core away at once: it commutes with nothing.
  if (WAKING.has(name) && thread.process.threads.some(({ task }) => task.realtimePriority > 0)) return EVERYTHING;
  if (/^(cell|list|mutex|cond|sem|rwlock|barrier)_create$/.test(name)) return NOTHING;
  if (IN_MEMORY.test(name)) {
    // A condition's mutex is touched too.
    const numbers = (name === 'cond_wait' ? args.slice(0, 2) : args.slice(0, 1)) as readonly number[];
    return { objects: keysOf(thread, numbers), writes: !READING.has(name) };
  }
  // Two descriptors may be the ends of one pipe: all files are taken for one thing.
  if (FILES.has(name)) return { objects: ['files'], writes: true };
  return EVERYTHING;
}

const FILES: ReadonlySet<string> = new Set(['read', 'write', 'close', 'pipe', 'lseek', 'poll', 'select']);

const WAKING: ReadonlySet<string> = new Set([
  'mutex_unlock',
  'cond_signal',
  'cond_broadcast',
  'sem_post',
  'rwlock_unlock',
  'barrier_wait',
  'cell_notify',
]);

/** Objects in memory by the names that are the same in every schedule. */
function keysOf({ process }: Thread, numbers: readonly number[]): readonly string[] {
  return numbers.flatMap((number) => process.memory.find(number)?.key ?? []);
}

export function dependent(one: Footprint, other: Footprint): boolean {
  if (!one.writes && !other.writes) return false;
  if (one.objects.length === 0 || other.objects.length === 0) return false;
  if (one.objects[0] === '*' || other.objects[0] === '*') return true;
  return one.objects.some((object) => other.objects.includes(object));
}
