/**
 * Cells, lists and locks that several processes have: those made `shared` and those with a name. No SharedArrayBuffer reaches another process, so they lie in the
 * process of the kernel, as the simulated kernel's own objects, and every access is a call of the kernel. Programs know them by numbers from
 * `FIRST_ROOT_NUMBER` up, as a thread has to see at once where an object lies.
 *
 * Left out: reports of deadlocks, and `protocol: 'inherit'` (ENOTSUP).
 */
import { assert } from '@netarium/core/base/assert.ts';
import { E, ENOTSUP, Errno } from '@netarium/core/base/errno.ts';
import type { Call } from '@netarium/core/kernel/call.ts';
import type { Outcome } from '@netarium/core/kernel/outcome.ts';
import { Memory, type SharedNames } from '@netarium/core/os/memory.ts';
import { Loans, type Urgency } from '@netarium/core/os/sync/loans.ts';
import type { Mutex } from '@netarium/core/os/sync/mutex.ts';
import type { MemoryHost, MemoryThread } from '@netarium/core/syscall/call-host.ts';
import { memoryCalls } from '@netarium/core/syscall/calls/memory.ts';
import { syncCalls } from '@netarium/core/syscall/calls/sync.ts';
import type { MutexOptions } from '@netarium/core/syscall/sys.ts';
import type { RealProcess } from '../kernel/real-process.ts';
import type { RealThread } from '../kernel/real-thread.ts';
import { FIRST_ROOT_NUMBER } from './layout.ts';

const CALLS = { ...memoryCalls, ...syncCalls };
export type SharedMemoryCall = keyof typeof CALLS;
export const SHARED_MEMORY_CALLS = Object.keys(CALLS) as readonly SharedMemoryCall[];

type Implementation = (
  host: MemoryHost,
  thread: MemoryThread,
  call: Call,
  ...args: readonly unknown[]
) => Outcome<unknown>;

/** Where a call's time limit stands among its arguments. */
const TIMEOUT_AT: ReadonlyMap<string, number> = new Map([
  ['cell_wait', 2],
  ['mutex_lock', 1],
  ['cond_wait', 2],
  ['sem_wait', 1],
  ['rwlock_rdlock', 1],
  ['rwlock_wrlock', 1],
  ['barrier_wait', 1],
]);
/** Longer than this is for ever: the clock's horizon is a hundred days. */
const LONGEST_NS = 50 * 86_400 * 1_000_000_000;

/** A thread as the objects see it: its locks, and how many objects it has made. */
class Participant implements MemoryThread {
  readonly robustLocks = new Set<Mutex>();
  readonly loans = new Loans(this);
  task: Urgency = { schedulingClass: 'other', realtimePriority: 0, priority: 0 };
  objectsMade = 0;
  ended = false;

  constructor(
    private readonly thread: RealThread,
    readonly process: { readonly memory: Memory; readonly interpreter: undefined },
    private readonly clock: { readonly now: number },
  ) {}

  get tid(): number {
    return this.thread.tid;
  }

  get title(): string {
    return `process ${this.thread.process.pid} thread ${this.tid}`;
  }

  get call(): Call | undefined {
    return this.thread.call;
  }

  get phase(): string {
    return this.call === undefined ? 'turn' : 'blocked';
  }

  get now(): number {
    return this.clock.now;
  }

  get readyAt(): number {
    return this.thread.readyAt;
  }

  setUrgency(urgency: Urgency): void {
    this.task = urgency;
  }

  /** Accesses cost what they cost. */
  charge(): void {}
}

export class KernelMemory implements MemoryHost {
  readonly costs = { cellNs: 0, syscallNs: 0 };
  readonly sharedObjects: SharedNames = new Map();
  private readonly memories = new WeakMap<RealProcess, Memory>();
  private readonly participants = new WeakMap<RealThread, Participant>();

  constructor(private readonly clock: { readonly now: number }) {}

  /** A sleeper runs when the machine lets it. */
  wakeUpNs(): number {
    return 0;
  }

  attempt(thread: RealThread, call: Call): Outcome<unknown> {
    const name = call.name as SharedMemoryCall;
    assert(Object.hasOwn(CALLS, name), `${name} is no call on memory`);
    const creates = name.endsWith('_create');
    if (creates && isLending(name, call.args[0])) return ENOTSUP;
    const args = name === 'shm_unlink' || creates ? call.args : ownNumbers(name, call.args);
    if (args instanceof Errno) return args;
    const outcome = (CALLS[name] as Implementation)(this, this.participant(thread), call, ...args);
    return creates && typeof outcome === 'number' ? outcome + FIRST_ROOT_NUMBER : outcome;
  }

  /** The child has the parent's shared objects under the same numbers. */
  fork(parent: RealProcess, child: RealProcess): void {
    this.memories.set(child, this.memoryOf(parent).fork(child.pid));
  }

  /** Its robust mutexes go to the next. */
  threadEnded(thread: RealThread): void {
    const participant = this.participants.get(thread);
    if (participant === undefined) return;
    participant.ended = true;
    this.participants.delete(thread);
    for (const lock of [...participant.robustLocks]) lock.ownerDied(participant);
  }

  private memoryOf(process: RealProcess): Memory {
    let memory = this.memories.get(process);
    if (memory === undefined) this.memories.set(process, (memory = new Memory()));
    return memory;
  }

  private participant(thread: RealThread): Participant {
    let participant = this.participants.get(thread);
    if (participant === undefined) {
      const process = { memory: this.memoryOf(thread.process), interpreter: undefined };
      this.participants.set(thread, (participant = new Participant(thread, process, this.clock)));
    }
    return participant;
  }
}

function isLending(name: string, options: unknown): boolean {
  return name === 'mutex_create' && (options as MutexOptions | undefined)?.protocol === 'inherit';
}

/** The numbers as this memory has them, and a time limit that the clock can keep. EINVAL for a condition of the kernel with a mutex of the process. */
function ownNumbers(name: string, args: readonly unknown[]): readonly unknown[] | Errno {
  const own = [...args];
  own[0] = (args[0] as number) - FIRST_ROOT_NUMBER;
  if (name === 'cond_wait') {
    own[1] = (args[1] as number) - FIRST_ROOT_NUMBER;
    if (!((own[1] as number) > 0)) return E.EINVAL;
  }
  const at = TIMEOUT_AT.get(name);
  if (at === undefined || own[at] === undefined) return own;
  const timeoutNs = own[at] as number;
  if (typeof timeoutNs !== 'number' || Number.isNaN(timeoutNs)) return E.EINVAL;
  own[at] = timeoutNs > LONGEST_NS ? -1 : Math.ceil(timeoutNs);
  return own;
}
