/**
 * A result that is not there yet (CPython's asyncio/futures.py). Its callbacks never run at once: each is put on the loop's ready queue when the
 * future is done. `await future` of Python is `await future.wait()` here: a future with a `then` of its own would be awaited unasked wherever an
 * async function returns one.
 */
import { CancelledError, InvalidStateError, repr } from './errors.ts';
import type { EventLoop } from './loop.ts';

export type DoneCallback = (future: Future<unknown>) => void | Promise<void>;

interface Registered {
  readonly callback: DoneCallback;
  readonly label: string;
}

export class Future<T> {
  private state: 'pending' | 'cancelled' | 'finished' = 'pending';
  private value: T | undefined;
  private failure: { readonly error: unknown } | undefined;
  private cancelMessage = '';
  private callbacks: Registered[] = [];

  constructor(readonly loop: EventLoop) {}

  get done(): boolean {
    return this.state !== 'pending';
  }

  get cancelled(): boolean {
    return this.state === 'cancelled';
  }

  /** The result; raises the exception, CancelledError, or InvalidStateError where there is none yet. */
  result(): T {
    const error = this.exception();
    if (error !== undefined) throw error;
    return this.value as T;
  }

  /** The exception, undefined where there is a result. Whoever asks has retrieved it. */
  exception(): unknown {
    if (this.state === 'cancelled') throw new CancelledError(this.cancelMessage);
    if (this.state === 'pending') throw new InvalidStateError('Result is not set.');
    this.loop.unretrieved.delete(this);
    return this.failure?.error;
  }

  setResult(value: T): void {
    if (this.done) throw new InvalidStateError('invalid state');
    this.value = value;
    this.finish('finished');
  }

  setException(error: unknown): void {
    if (this.done) throw new InvalidStateError('invalid state');
    this.failure = { error };
    this.loop.unretrieved.add(this);
    this.finish('finished');
  }

  /** False where it was done already. */
  cancel(message = ''): boolean {
    if (this.done) return false;
    this.cancelMessage = message;
    this.finish('cancelled');
    return true;
  }

  addDoneCallback(callback: DoneCallback, label = callback.name): void {
    if (this.done) this.schedule({ callback, label });
    else this.callbacks.push({ callback, label });
  }

  /** How many registrations went away. */
  removeDoneCallback(callback: DoneCallback): number {
    const kept = this.callbacks.filter((registered) => registered.callback !== callback);
    const removed = this.callbacks.length - kept.length;
    this.callbacks = kept;
    return removed;
  }

  /** `await future` of a task: goes on at once where it is done, else when the loop comes to the task's wake-up. */
  async wait(): Promise<T> {
    if (!this.done) await this.loop.suspend(this);
    return this.result();
  }

  private finish(state: 'cancelled' | 'finished'): void {
    this.state = state;
    const { callbacks } = this;
    this.callbacks = [];
    for (const registered of callbacks) this.schedule(registered);
  }

  private schedule({ callback, label }: Registered): void {
    this.loop.callSoon(() => callback(this), label);
  }

  get kind(): string {
    return 'Future';
  }

  protected title(): string {
    return '';
  }

  /** As Python's `repr` has it: `<Task finished name='Task-2' exception=ValueError('bad')>`. */
  toString(): string {
    const { failure } = this;
    let outcome = '';
    if (failure !== undefined) outcome = ` exception=${repr(failure.error)}`;
    else if (this.state === 'finished') outcome = ` result=${String(this.value)}`;
    return `<${this.kind} ${this.state}${this.title()}${outcome}>`;
  }
}

/** What can be awaited: a future, or a coroutine, which is an async function that nobody has called yet. */
export type Coroutine<T> = () => Promise<T>;
export type Awaitable<T> = Future<T> | Coroutine<T>;
