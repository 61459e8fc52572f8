/**
 * Read-write locks (pthread_rwlock_rdlock(3p)): many readers or one writer. `prefer` decides who waits for whom when both come
 * (pthread_rwlockattr_setkind_np(3)): with `readers`, glibc's default, new readers pass a waiting writer, which can starve; with `writers` they wait
 * behind it, so that a thread that reads twice within itself can lock itself out.
 */
import { E, type Errno } from '../../base/errno.ts';
import type { Call } from '../../kernel/call.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { WaitQueue } from '../../kernel/wait-queue.ts';
import type { LockThread } from './lock-thread.ts';
import { SyncObject, type WakeUpLatency } from './sync-object.ts';

export class RwLock extends SyncObject {
  readonly kind = 'rwlock';
  private writer: LockThread | undefined;
  /** Each as often as it has locked. */
  private readonly readers: LockThread[] = [];
  private readonly waitingReaders = new WaitQueue();
  private readonly waitingWriters = new WaitQueue();

  constructor(
    readonly prefer: 'readers' | 'writers',
    latency: WakeUpLatency,
  ) {
    super(latency);
  }

  copy(): RwLock {
    const copy = new RwLock(this.prefer, this.latency);
    copy.label = this.label;
    copy.writer = this.writer;
    copy.readers.push(...this.readers);
    return copy;
  }

  override holders(): readonly LockThread[] {
    const holders = this.writer === undefined ? this.readers : [this.writer];
    return holders.filter((thread) => !thread.ended);
  }

  private readable(): boolean {
    return this.writer === undefined && (this.prefer === 'readers' || this.waitingWriters.empty);
  }

  private writable(): boolean {
    return this.writer === undefined && this.readers.length === 0;
  }

  read(thread: LockThread, call: Call, timeoutNs: number): Outcome<undefined> {
    if (this.readable()) {
      this.readers.push(thread);
      this.acquired(thread, call);
      return undefined;
    }
    if (this.writer === thread) return E.EDEADLK;
    if (call.expired || timeoutNs === 0) return E.ETIMEDOUT;
    return this.sleep(thread, call, this.waitingReaders, timeoutNs);
  }

  write(thread: LockThread, call: Call, timeoutNs: number): Outcome<undefined> {
    if (this.writable()) {
      this.writer = thread;
      this.acquired(thread, call);
      return undefined;
    }
    if (this.writer === thread) return E.EDEADLK;
    if (call.expired || timeoutNs === 0) return this.giveUp();
    return this.sleep(thread, call, this.waitingWriters, timeoutNs);
  }

  /** A writer has left the queue: readers that stood behind it may go on. */
  private giveUp(): Errno {
    if (this.readable()) this.wake(this.waitingReaders, Number.POSITIVE_INFINITY);
    return E.ETIMEDOUT;
  }

  tryRead(thread: LockThread, call: Call): Outcome<undefined> {
    return this.readable() ? this.read(thread, call, 0) : E.EBUSY;
  }

  tryWrite(thread: LockThread, call: Call): Outcome<undefined> {
    return this.writable() ? this.write(thread, call, 0) : E.EBUSY;
  }

  /** Undefined in POSIX for a thread that does not hold it; told here. */
  unlock(thread: LockThread): Errno | undefined {
    const reader = this.readers.indexOf(thread);
    if (this.writer === thread) this.writer = undefined;
    else if (reader >= 0) this.readers.splice(reader, 1);
    else return E.EPERM;
    if (this.readers.length === 0) this.wakeNext();
    return undefined;
  }

  private wakeNext(): void {
    const readersFirst = this.prefer === 'readers' ? !this.waitingReaders.empty : this.waitingWriters.empty;
    if (readersFirst) this.wake(this.waitingReaders, Number.POSITIVE_INFINITY);
    else this.wake(this.waitingWriters, 1);
  }
}
