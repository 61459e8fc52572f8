/** Asynchronous I/O by submission and completion: io_uring(7). */
import type { Completion, Submission } from '../../os/io-ring/ring.ts';

export type { RingOperation } from '../../os/io-ring/operations.ts';
export type { Completion, Submission } from '../../os/io-ring/ring.ts';

/** Memory that program and kernel share: the program pushes submissions and shifts completions, without a call. */
export interface Ring {
  readonly fd: number;
  readonly submissions: Submission[];
  readonly completions: Completion[];
}

export interface IoRingCalls {
  /** A ring for up to `entries` submissions at a time and twice as many completions. EINVAL, EMFILE. */
  io_uring_setup(entries: number): Promise<Ring>;
  /**
   * Hands over up to `toSubmit` requests and answers how many were taken; waits until `minComplete` completions are there, for at most `timeoutNs`
   * (-1: for ever). EBADF, EINVAL; ETIME and EINTR where nothing was handed over.
   */
  io_uring_enter(fd: number, toSubmit: number, minComplete?: number, timeoutNs?: number): Promise<number>;
}
