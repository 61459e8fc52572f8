/**
 * Counting semaphores (sem_wait(3), sem_post(3)), private, shared or named. Anybody may post, so nobody is a holder: a deadlock through semaphores
 * cannot be named.
 */
import { E, type Errno } from '../../base/errno.ts';
import type { Call, WaitingThread } from '../../kernel/call.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { WaitQueue } from '../../kernel/wait-queue.ts';
import type { LockThread } from './lock-thread.ts';
import { SyncObject, type WakeUpLatency } from './sync-object.ts';

/** SEM_VALUE_MAX. */
export const SEM_VALUE_MAX = 2_147_483_647;

export class Semaphore extends SyncObject {
  readonly kind = 'semaphore';
  private readonly sleepers = new WaitQueue();

  constructor(
    public value: number,
    latency: WakeUpLatency,
  ) {
    super(latency);
  }

  copy(): Semaphore {
    const copy = new Semaphore(this.value, this.latency);
    copy.label = this.label;
    return copy;
  }

  override holders(): readonly WaitingThread[] {
    return [];
  }

  wait(thread: LockThread, call: Call, timeoutNs: number): Outcome<undefined> {
    if (this.value > 0) {
      this.value--;
      this.acquired(thread, call);
      return undefined;
    }
    if (call.expired || timeoutNs === 0) return E.ETIMEDOUT;
    return this.sleep(thread, call, this.sleepers, timeoutNs);
  }

  tryWait(thread: LockThread, call: Call): Errno | undefined {
    if (this.value === 0) return E.EAGAIN;
    this.value--;
    this.acquired(thread, call);
    return undefined;
  }

  post(): Errno | undefined {
    if (this.value >= SEM_VALUE_MAX) return E.EOVERFLOW;
    this.value++;
    this.wake(this.sleepers, 1);
    return undefined;
  }
}
