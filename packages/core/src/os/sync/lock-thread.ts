/** A thread, as locks see it: what the kernel that carries out its calls has to know of it. */
import type { WaitingThread } from '../../kernel/call.ts';
import type { Instant } from '../../time/instant.ts';
import type { Loans, Urgency } from './loans.ts';
import type { Mutex } from './mutex.ts';

export interface LockThread extends WaitingThread {
  readonly ended: boolean;
  readonly now: Instant;
  /** From when on a time limit of its call counts. */
  readonly readyAt: Instant;
  /** Robust mutexes that it holds: told of its end. */
  readonly robustLocks: Set<Mutex>;
  /** What it borrows and lends through locks with priority inheritance. */
  readonly loans: Loans;
  readonly task: Urgency;
  setUrgency(urgency: Urgency): void;
}
