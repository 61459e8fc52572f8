/**
 * Mutexes (pthread_mutex_lock(3p), pthread_mutexattr_settype(3p)): normal, recursive and error-checking; robust, so that the death of an owner is told
 * to the next (pthread_mutexattr_setrobust(3)); with priority inheritance (pthread_mutexattr_getprotocol(3p)), where the most urgent sleeper lends
 * its priority to the owner and is handed the lock, as Linux's PI futexes do. Left out: priority ceilings (PTHREAD_PRIO_PROTECT).
 */
import { E, type Errno } from '../../base/errno.ts';
import type { Call } from '../../kernel/call.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { WaitQueue } from '../../kernel/wait-queue.ts';
import { type LendingLock, moreUrgent } from './loans.ts';
import type { LockThread } from './lock-thread.ts';
import { SyncObject, type WakeUpLatency } from './sync-object.ts';

export interface MutexSettings {
  readonly type: 'normal' | 'recursive' | 'errorcheck';
  readonly robust: boolean;
  readonly protocol: 'none' | 'inherit';
}

/** `orphaned`: its owner died. `inconsistent`: the next one has it and has yet to say that the data are whole again. */
type Health = 'whole' | 'orphaned' | 'inconsistent' | 'unrecoverable';

interface Lender {
  readonly thread: LockThread;
  readonly call: Call;
}

export class Mutex extends SyncObject implements LendingLock {
  readonly kind = 'mutex';
  private owner: LockThread | undefined = undefined;
  /** How often its owner has locked it. */
  private depth = 0;
  /** Somebody may be asleep (2 in the futex word of glibc): who slept and got the lock cannot know whether others still do. */
  private contended = false;
  private health: Health = 'whole';
  private readonly sleepers = new WaitQueue();
  /** Sleepers of a lock with priority inheritance, longest first; it goes to the most urgent. */
  private readonly lenders: Lender[] = [];
  /** The sleeper that was handed the lock and has yet to run. */
  private handedTo: LockThread | undefined = undefined;

  constructor(
    readonly settings: MutexSettings,
    latency: WakeUpLatency,
  ) {
    super(latency);
  }

  /** A child has its own, in the state of that instant: held by a thread that the child does not have, it never opens (fork(2), notes). */
  copy(): Mutex {
    const copy = new Mutex(this.settings, this.latency);
    copy.label = this.label;
    copy.owner = this.owner;
    copy.depth = this.depth;
    copy.health = this.health;
    return copy;
  }

  override holders(): readonly LockThread[] {
    return this.owner === undefined || this.owner.ended ? [] : [this.owner];
  }

  get locked(): boolean {
    return this.owner !== undefined;
  }

  lock(thread: LockThread, call: Call, timeoutNs = -1): Outcome<undefined> {
    if (this.health === 'unrecoverable') return E.ENOTRECOVERABLE;
    if (this.owner === undefined || this.handedTo === thread) return this.take(thread, call);
    if (this.owner === thread && this.settings.type === 'recursive') {
      this.depth++;
      return undefined;
    }
    if (this.owner === thread && this.settings.type === 'errorcheck') return E.EDEADLK;
    if (call.expired || timeoutNs === 0) {
      // Woken, and late: the wake was meant for one of those who sleep on, so whoever holds the lock now must wake another (lll_timedlock_wait).
      this.contended ||= call.waitsFor === this;
      this.stopLending(thread);
      return E.ETIMEDOUT;
    }
    if (this.settings.protocol === 'inherit') this.lend(thread, call);
    this.contended = true;
    return this.sleep(thread, call, this.sleepers, timeoutNs);
  }

  tryLock(thread: LockThread, call: Call): Outcome<undefined> {
    const { owner, settings } = this;
    if (owner !== undefined && !(owner === thread && settings.type === 'recursive')) return E.EBUSY;
    return this.lock(thread, call);
  }

  private take(thread: LockThread, call: Call): Errno | undefined {
    this.owner = thread;
    this.depth = 1;
    this.handedTo = undefined;
    this.contended = call.waitsFor === this;
    this.acquired(thread, call);
    if (this.settings.robust) thread.robustLocks.add(this);
    if (this.settings.protocol === 'inherit') {
      this.stopLending(thread);
      thread.loans.add(this);
    }
    if (this.health !== 'orphaned') return undefined;
    this.health = 'inconsistent';
    return E.EOWNERDEAD;
  }

  /** The owner is asked for where the type knows it; a normal mutex opens to anybody (POSIX leaves that undefined, glibc does so). */
  unlock(thread: LockThread): Errno | undefined {
    const { type, robust, protocol } = this.settings;
    const asksOwner = type !== 'normal' || robust || protocol === 'inherit';
    // Undefined in POSIX for a normal mutex that is free; told here, since nothing good can come of it.
    if (this.owner === undefined || (asksOwner && this.owner !== thread)) return E.EPERM;
    if (--this.depth > 0) return undefined;
    this.release(this.owner);
    return undefined;
  }

  private release(owner: LockThread): void {
    // Unlocked without pthread_mutex_consistent: nobody gets it any more.
    const lost = this.health === 'inconsistent';
    if (lost) this.health = 'unrecoverable';
    this.owner = undefined;
    this.depth = 0;
    if (this.settings.robust) owner.robustLocks.delete(this);
    if (this.settings.protocol === 'inherit') owner.loans.delete(this);
    if (lost) this.wake(this.sleepers, Number.POSITIVE_INFINITY);
    else if (this.settings.protocol === 'inherit') this.handOver();
    else if (this.contended) this.wake(this.sleepers, 1);
  }

  /** The new owner has made the data whole (pthread_mutex_consistent(3)). */
  consistent(thread: LockThread): Errno | undefined {
    if (this.health !== 'inconsistent' || this.owner !== thread) return E.EINVAL;
    this.health = 'whole';
    return undefined;
  }

  /** A thread has ended with this robust mutex in its hands. */
  ownerDied(thread: LockThread): void {
    if (this.owner !== thread) return;
    this.health = 'orphaned';
    this.release(thread);
  }

  // Priority inheritance.

  private lend(thread: LockThread, call: Call): void {
    if (!this.lenders.some((lender) => lender.thread === thread)) this.lenders.push({ thread, call });
    thread.loans.sleepsOn = this;
    this.owner?.loans.settle();
  }

  private stopLending(thread: LockThread): void {
    const at = this.lenders.findIndex((lender) => lender.thread === thread);
    if (at < 0) return;
    this.lenders.splice(at, 1);
    thread.loans.sleepsOn = undefined;
    this.owner?.loans.settle();
  }

  get debtor(): LockThread | undefined {
    return this.owner;
  }

  get mostUrgent(): LockThread | undefined {
    return this.firstLender()?.thread;
  }

  /** The most urgent sleeper, among equals the one that came first. */
  private firstLender(): Lender | undefined {
    let first: Lender | undefined;
    for (const lender of this.lenders) {
      if (lender.thread.ended) continue;
      if (first === undefined || moreUrgent(lender.thread.task, first.thread.task)) first = lender;
    }
    return first;
  }

  private handOver(): void {
    const next = this.firstLender();
    if (next === undefined) return;
    this.owner = next.thread;
    this.depth = 1;
    this.handedTo = next.thread;
    this.wokeSomebody = true;
    next.call.wake(undefined, this.latency.wakeUpNs());
  }
}
