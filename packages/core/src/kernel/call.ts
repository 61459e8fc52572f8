/**
 * One system call of one thread while it is in progress: its name and arguments (for traces and error reports), what it waits for, and the
 * progress that it keeps between attempts (bytes already sent by a blocking `send`, the deadline of a `poll`).
 */

import type { Instant } from '../time/instant.ts';
import type { Event, EventQueue } from '../time/queue.ts';
import type { Waiter, WaitQueue } from './wait-queue.ts';

export type CallArguments = readonly unknown[];

/** Told when a blocked call should be attempted again. */
export interface CallOwner {
  callReady(call: Call): void;
}

export class Call implements Waiter, Event {
  /** What the implementation keeps from attempt to attempt. */
  progress: unknown;
  /** True once the time limit set by `expireAt` has passed. */
  expired = false;
  /** Set when a signal handler interrupted the wait. */
  interrupted = false;
  private queues: WaitQueue[] | undefined;
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
    if (this.queues === undefined) this.queues = [queue];
    else this.queues.push(queue);
  }

  /** Sets the call's time limit, once: attempts after it see `expired`. */
  expireAt(at: Instant): void {
    if (this.expiryAt >= 0) return;
    this.expiryAt = at;
    this.expirySlot = this.time.schedule(at, this);
  }

  /** A wait queue woke this call: attempt it again, later in this instant. */
  wake(): void {
    if (this.ready) return;
    this.ready = true;
    this.owner.callReady(this);
  }

  fire(): void {
    this.expirySlot = -1;
    this.expired = true;
    this.wake();
  }

  /** Leaves all wait queues: before an attempt, and at the end. */
  leaveQueues(): void {
    this.ready = false;
    const queues = this.queues;
    if (queues === undefined) return;
    this.queues = undefined;
    for (const queue of queues) queue.remove(this);
  }

  /** The call is over: nothing may wake it any more. */
  finish(): void {
    this.leaveQueues();
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
