/** Barriers (pthread_barrier_wait(3p)): nobody passes before the last has come. One of each round is told that it is the serial one. */
import { E } from '../../base/errno.ts';
import type { Call, WaitingThread } from '../../kernel/call.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { WaitQueue } from '../../kernel/wait-queue.ts';
import type { LockThread } from './lock-thread.ts';
import { SyncObject, type WakeUpLatency } from './sync-object.ts';

export class Barrier extends SyncObject {
  readonly kind = 'barrier';
  private arrived = 0;
  private round = 0;
  private readonly sleepers = new WaitQueue();

  constructor(
    readonly parties: number,
    latency: WakeUpLatency,
  ) {
    super(latency);
  }

  copy(): Barrier {
    const copy = new Barrier(this.parties, this.latency);
    copy.label = this.label;
    return copy;
  }

  override holders(): readonly WaitingThread[] {
    return [];
  }

  /** True for the one that came last. With a time limit, which POSIX does not have, a thread takes its arrival back. */
  wait(thread: LockThread, call: Call, timeoutNs: number): Outcome<boolean> {
    if (call.progress === undefined) {
      if (timeoutNs === 0) return E.ETIMEDOUT;
      if (++this.arrived === this.parties) return this.open(thread, call);
      call.progress = this.round;
    } else if (call.progress !== this.round) {
      this.acquired(thread, call);
      return false;
    } else if (call.expired) {
      this.arrived--;
      return E.ETIMEDOUT;
    }
    return this.sleep(thread, call, this.sleepers, timeoutNs);
  }

  private open(thread: LockThread, call: Call): boolean {
    this.arrived = 0;
    this.round++;
    this.acquired(thread, call);
    this.wake(this.sleepers, Number.POSITIVE_INFINITY);
    return true;
  }
}
