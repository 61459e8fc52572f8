/** Readiness of many descriptors: select(2), poll(2), epoll(7). */
import { EPOLL_FLAGS, READY } from '../../kernel/readiness.ts';

/** poll(2) and epoll(7) event bits, Linux's values. */
export const POLL = { ...READY, ...EPOLL_FLAGS } as const;

/** What fits into an `fd_set`: descriptor *numbers* below this, however few there are (select(2)). */
export const FD_SETSIZE = 1024;

export interface PollRequest {
  readonly fd: number;
  readonly events: number;
}

export interface PollResult {
  readonly fd: number;
  readonly revents: number;
}

/** Descriptor numbers, as three `fd_set`s hold them. */
export interface FdSets {
  readonly read?: readonly number[];
  readonly write?: readonly number[];
  readonly except?: readonly number[];
}

export interface ReadinessCalls {
  /** Waits for events on descriptors; `timeoutNs` -1 waits for ever, 0 only looks. Answers those with revents. */
  poll(requests: readonly PollRequest[], timeoutNs: number): Promise<readonly PollResult[]>;
  /**
   * Waits until a descriptor of a set is ready, and answers the sets of those that are. EBADF for one that is closed. EINVAL for a number at or
   * above FD_SETSIZE: on a real system that is a write past the end of the set, and undefined behaviour.
   */
  select(sets: FdSets, timeoutNs: number): Promise<Required<FdSets>>;
  epoll_create(): Promise<number>;
  epoll_ctl(epfd: number, op: 'add' | 'mod' | 'del', fd: number, events?: number): Promise<void>;
  epoll_wait(epfd: number, max: number, timeoutNs: number): Promise<readonly PollResult[]>;
}
