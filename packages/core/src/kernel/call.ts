/**
 * One system call of one thread while it is in progress: its name and arguments (for traces and error reports), what it waits for, and the
 * progress that it keeps between attempts (bytes already sent by a blocking `send`, the deadline of a `poll`).
 */
import type { Instant } from '../time/instant.ts';
import type { Event, EventQueue } from '../time/queue.ts';
import { READY } from './readiness.ts';
import { ANY_EVENT, type Waiter, type WaitQueue } from './wait-queue.ts';

/** What a blocked call waits for, as the wait-for graph of `os/sync/` has it. */
export interface WaitsFor {
  /** `mutex 3`, `thread 12`: for people. */
  readonly what: string;
  /** The threads that all have to let go before the wait can end; empty where the kernel cannot know. */
  holders(): readonly WaitingThread[];
}

/** A thread, as the graph sees it. */
export interface WaitingThread {
  readonly tid: number;
  readonly title: string;
  readonly call: Call | undefined;
  readonly phase: string;
}

export type CallArguments = readonly unknown[];

/** Told when a blocked call should be attempted again. */
export interface CallOwner {
  callReady(call: Call, afterNs: number): void;
}

export class Call implements Waiter, Event {
  /** What the implementation keeps from attempt to attempt. */
  progress: unknown = undefined;
  /** What it works on, once it has found it by its number: that lives on where it loses the number meanwhile. */
  subject: object | undefined = undefined;
  /** True once the time limit set by `expireAt` has passed. */
  expired = false;
  /** How often it was attempted. */
  attempts = 0;
  /** Set when a signal handler interrupted the wait. */
  interrupted = false;
  /** A queue, and not its time limit, has ended its last wait. */
  woken = false;
  /** Who could end the wait, where the implementation knows: locks and joins. */
  waitsFor: WaitsFor | undefined = undefined;
  /** Since when it sleeps on that. */
  waitingSince: Instant = -1;
  private queues: WaitQueue[] | undefined = undefined;
  /** Where it waits as one of many of which one is woken. */
  private exclusiveQueue: WaitQueue | undefined = undefined;
  private expiryAt: Instant = -1;
  private expirySlot = -1;
  private ready = false;

  constructor(
    readonly name: string,
    readonly args: CallArguments,
    readonly startedAt: Instant,
    private readonly owner: CallOwner,
    private readonly time: EventQueue,
  ) {}

  /** Waits on a queue until the next wake; call before answering BLOCKED. */
  waitOn(queue: WaitQueue): void {
    queue.add(this);
    this.woken = false;
    if (this.queues === undefined) this.queues = [queue];
    else this.queues.push(queue);
  }

  /** Waits as one of those of which a wake is for one (accept(2), epoll_wait(2)). One such queue per call. */
  waitExclusivelyOn(queue: WaitQueue): void {
    queue.addExclusive(this);
    this.exclusiveQueue = queue;
  }

  /** It has a time limit of its own: of SO_RCVTIMEO, of poll(2). */
  get timed(): boolean {
    return this.expiryAt >= 0;
  }

  /** Sets the call's time limit, once: attempts after it see `expired`. */
  expireAt(at: Instant): void {
    if (this.expiryAt >= 0) return;
    this.expiryAt = at;
    this.expirySlot = this.time.schedule(at, this);
  }

  /** What is left of the call has no time limit (pthread_cond_timedwait(3p), when it takes its mutex). */
  expireNever(): void {
    this.expired = false;
    this.expiryAt = -1;
    if (this.expirySlot >= 0) this.time.cancel(this.expirySlot, this);
    this.expirySlot = -1;
  }

  /** When the time limit passes; -1 where there is none. */
  get deadline(): Instant {
    return this.expiryAt;
  }

  /** A wait queue woke this call: attempt it again, later in this instant, or (sleepers on a lock) `afterNs` from now. */
  wake(mask: number = ANY_EVENT, afterNs = 0): boolean {
    if (this.ready) return false;
    // Exclusive waiters wait for something to take: a connection, a datagram, an event, never for room to write.
    if (this.exclusiveQueue !== undefined && mask === READY.OUT) return false;
    this.ready = true;
    this.woken = true;
    this.owner.callReady(this, afterNs);
    return true;
  }

  fire(): void {
    this.expirySlot = -1;
    this.expired = true;
    const { woken } = this;
    this.wake();
    this.woken = woken;
  }

  /** Leaves all wait queues: before an attempt, and at the end. */
  leaveQueues(): void {
    this.ready = false;
    const { queues, exclusiveQueue } = this;
    if (exclusiveQueue !== undefined) {
      this.exclusiveQueue = undefined;
      exclusiveQueue.remove(this);
    }
    if (queues === undefined) return;
    this.queues = undefined;
    for (const queue of queues) queue.remove(this);
  }

  /** Leaves them without another look: a wake that was meant for one goes to the next in line. */
  abandonWait(): void {
    const untaken = this.ready ? this.exclusiveQueue : undefined;
    this.leaveQueues();
    untaken?.wakeNext();
  }

  /** The call is over: nothing may wake it any more. */
  finish(): void {
    this.abandonWait();
    this.ready = true;
    if (this.expirySlot >= 0) this.time.cancel(this.expirySlot, this);
    this.expirySlot = -1;
  }

  /** Text for reports: `recv(3, 1024)`. */
  toString(): string {
    return `${this.name}(${this.args.map(describe).join(', ')})`;
  }
}

/** An argument or result as a trace shows it, shortened. */
export function describe(value: unknown): string {
  if (value instanceof Uint8Array) {
    let text = '';
    for (let i = 0; i < value.length && i < 32; i++) {
      const code = value[i]!;
      text +=
        code === 10
          ? '\\n'
          : code === 13
            ? '\\r'
            : code >= 32 && code < 127
              ? String.fromCharCode(code)
              : `\\${code.toString(8)}`;
    }
    return `"${text}"${value.length > 32 ? '...' : ''}`;
  }
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return value.name === '' ? 'function' : value.name;
  if (Array.isArray(value)) return `[${value.slice(0, 8).map(describe).join(', ')}${value.length > 8 ? ', ...' : ''}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .slice(0, 8)
      .map(([key, inner]) => `${key}=${describe(inner)}`)
      .join(', ')}}`;
  }
  return String(value);
}
