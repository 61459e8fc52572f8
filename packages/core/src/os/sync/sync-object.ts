/**
 * What the locks of POSIX have in common: they lie in memory, have a name for people, sleepers in the order of their coming, and a count of who took
 * them and how long that lasted. They behave as glibc's do over futex(2): who lets go sets the lock free and wakes the first sleeper, which comes
 * `wakeUpNs` later and looks for itself; whoever comes by before may take it.
 */
import type { Call, WaitingThread, WaitsFor } from '../../kernel/call.ts';
import { BLOCKED, type Blocked } from '../../kernel/outcome.ts';
import type { WaitQueue } from '../../kernel/wait-queue.ts';
import { MemoryObject } from '../memory.ts';
import type { LockThread } from './lock-thread.ts';

/** How one thread has used a lock. */
export interface LockUse {
  acquisitions: number;
  /** Acquisitions that had to wait. */
  contended: number;
  waitedNs: number;
  longestWaitNs: number;
}

/** From a wake until the sleeper runs, drawn for each. */
export interface WakeUpLatency {
  wakeUpNs(): number;
}

export type SyncKind = 'mutex' | 'condition' | 'semaphore' | 'rwlock' | 'barrier';

export abstract class SyncObject extends MemoryObject implements WaitsFor {
  abstract readonly kind: SyncKind;
  /** For reports: `mutex noodle`. */
  label = '';
  /** By thread id, in the order of their first use. */
  readonly uses = new Map<number, LockUse>();

  /** The operation in progress has woken somebody. */
  protected wokeSomebody = false;

  constructor(protected readonly latency: WakeUpLatency) {
    super();
  }

  abstract override copy(): SyncObject;

  /** The threads that hold it now. */
  abstract holders(): readonly WaitingThread[];

  get what(): string {
    return `${this.kind} ${this.label}`;
  }

  /** The call has what it came for. */
  protected acquired(thread: LockThread, call: Call): void {
    let use = this.uses.get(thread.tid);
    if (use === undefined) {
      use = { acquisitions: 0, contended: 0, waitedNs: 0, longestWaitNs: 0 };
      this.uses.set(thread.tid, use);
    }
    use.acquisitions++;
    if (call.waitsFor !== this) return;
    const waitedNs = thread.now - call.waitingSince;
    use.contended++;
    use.waitedNs += waitedNs;
    use.longestWaitNs = Math.max(use.longestWaitNs, waitedNs);
  }

  /** Wakes up to `count` sleepers, longest first; answers how many. */
  protected wake(queue: WaitQueue, count: number): number {
    if (queue.empty) return 0;
    const woken = queue.wakeFirst(count, this.latency.wakeUpNs());
    if (woken > 0) this.wokeSomebody = true;
    return woken;
  }

  /** Did the operation that is over enter the kernel, to wake somebody? */
  tookKernel(): boolean {
    const { wokeSomebody } = this;
    this.wokeSomebody = false;
    return wokeSomebody;
  }

  /** Sleeps until a wake, behind those that sleep already; with a time limit where one is given (negative: none). */
  protected sleep(thread: LockThread, call: Call, queue: WaitQueue, timeoutNs: number): Blocked {
    if (timeoutNs >= 0) call.expireAt(thread.readyAt + timeoutNs);
    if (call.waitsFor !== this) {
      call.waitsFor = this;
      call.waitingSince = thread.now;
    }
    call.waitOn(queue);
    return BLOCKED;
  }
}
