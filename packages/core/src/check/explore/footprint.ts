/**
 * What an operation touches, for partial-order reduction: two operations of different threads commute unless they touch the same thing and one of them
 * changes it. What is not known here touches everything, which costs schedules and loses none.
 */
import { Errno } from '../../base/errno.ts';
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

/** Their first argument names an object of the process or the host by number. */
const BY_NUMBER = /^(mutex|cond|sem|rwlock|barrier|mq)_(?!create|open)/;

export function footprintOf(thread: Thread, call: Call | undefined): Footprint {
  if (call === undefined || LOCAL.has(call.name)) return NOTHING;
  const { name, args } = call;
  if (name === 'cell_create' || /^(mutex|cond|sem|rwlock|barrier)_create$/.test(name)) return NOTHING;
  if (name.startsWith('cell_')) {
    const cell = thread.process.memory.get(args[0] as number);
    return cell instanceof Errno ? NOTHING : { objects: [`cell ${cell.key}`], writes: name !== 'cell_load' };
  }
  if (BY_NUMBER.test(name)) return { objects: syncObjects(name, args), writes: true };
  // Two descriptors may be the ends of one pipe: all files are taken for one thing.
  if (FILES.has(name)) return { objects: ['files'], writes: true };
  return EVERYTHING;
}

const FILES: ReadonlySet<string> = new Set(['read', 'write', 'close', 'pipe', 'lseek', 'poll', 'select']);

/** Numbers, with their family; a condition's mutex counts too. Equal numbers in different processes are taken for the same thing. */
function syncObjects(name: string, args: readonly unknown[]): readonly string[] {
  const family = name.slice(0, name.indexOf('_'));
  const own = `${family} ${String(args[0])}`;
  return name === 'cond_wait' ? [own, `mutex ${String(args[1])}`] : [own];
}

export function dependent(one: Footprint, other: Footprint): boolean {
  if (!one.writes && !other.writes) return false;
  if (one.objects.length === 0 || other.objects.length === 0) return false;
  if (one.objects[0] === '*' || other.objects[0] === '*') return true;
  return one.objects.some((object) => other.objects.includes(object));
}
