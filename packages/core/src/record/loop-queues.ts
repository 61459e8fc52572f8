/** What an event loop of a program holds at an instant, for who looks on: the sample `thread.call` carries it. */

/** The first of a queue, and how many there are. */
export interface Queued<T> {
  readonly count: number;
  readonly first: readonly T[];
}

/** A coroutine, task or greenlet that stands still; `site` says where, as the asker's `CallSite` has it. */
export interface SuspendedCoroutine {
  readonly name: string;
  readonly site: string;
}

export interface LoopQueues {
  /** `asyncio`, `gevent`, `twisted`. */
  readonly runtime: string;
  /** The callback or coroutine whose turn it is; empty while the loop itself looks or waits. */
  readonly running: string;
  /** Callbacks that run as soon as it is their turn, in order. */
  readonly ready: Queued<string>;
  /** Those that wait for a time, the earliest first. */
  readonly timers: Queued<{ readonly label: string; readonly atNs: number }>;
  /** Those that wait for a descriptor. */
  readonly waiting: Queued<{ readonly fd: number; readonly direction: string; readonly label: string }>;
  readonly coroutines: Queued<SuspendedCoroutine>;
}
