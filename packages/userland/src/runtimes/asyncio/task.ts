/**
 * Tasks (CPython 3.11's asyncio/tasks.py): a coroutine that the loop drives. A step runs it up to its next wait; when the awaited future is done,
 * a wake-up on the ready queue makes the next step. Cancelling raises CancelledError where the coroutine waits.
 */
import { assert } from '@netarium/core/base/assert.ts';
import { RuntimeError } from '../errors.ts';
import type { Greenlet } from '../greenlet.ts';
import { CancelledError } from './errors.ts';
import { type Awaitable, type Coroutine, Future } from './future.ts';
import type { EventLoop } from './loop.ts';

export class Task<T> extends Future<T> {
  private readonly greenlet: Greenlet;
  private waitsFor: Future<unknown> | undefined;
  private mustCancel = false;
  private requests = 0;
  private requestMessage = '';
  /** Where it stands, where somebody looks on. */
  site = '';
  private readonly wakeUp = (future: Future<unknown>): Promise<void> => {
    if (!future.done || future.cancelled) return this.step(cancellationOf(future));
    const error = future.exception();
    return error === undefined ? this.step() : this.step({ error });
  };

  constructor(
    loop: EventLoop,
    coroutine: Coroutine<T>,
    readonly name = loop.nextTaskName(),
  ) {
    super(loop);
    this.greenlet = loop.greenlets.create(coroutine, loop.greenlets.main);
    loop.tasks.add(this);
    loop.callSoon(() => this.step(), `first step of ${name}`);
  }

  /** Asks the task to stop: CancelledError is raised in it at its next step. False where it is done. */
  override cancel(message = ''): boolean {
    if (this.done) return false;
    this.requests++;
    // The awaited future is cancelled first: its wake-up brings the CancelledError.
    if (this.waitsFor?.cancel(message)) return true;
    this.mustCancel = true;
    this.requestMessage = message;
    return true;
  }

  /** How many requests to cancel there were that nobody took back. */
  get cancelling(): number {
    return this.requests;
  }

  uncancel(): number {
    if (this.requests > 0) this.requests--;
    return this.requests;
  }

  private async step(raise?: { readonly error: unknown }): Promise<void> {
    assert(!this.done, 'a task that is done takes a step');
    if (this.mustCancel) {
      if (!(raise?.error instanceof CancelledError)) raise = { error: new CancelledError(this.requestMessage) };
      this.mustCancel = false;
    }
    this.waitsFor = undefined;
    this.loop.task = this;
    try {
      const came = await (raise === undefined ? this.greenlet.switch() : this.greenlet.throw(raise.error));
      if (this.greenlet.dead) this.returned(came as T);
      else this.suspended(came as Future<unknown> | undefined);
    } catch (error) {
      this.raised(error);
    } finally {
      this.loop.task = undefined;
    }
  }

  private returned(value: T): void {
    this.loop.tasks.delete(this);
    // It was cancelled in its very last step, too late to be told.
    if (this.mustCancel) super.cancel(this.requestMessage);
    else super.setResult(value);
  }

  private raised(error: unknown): void {
    this.loop.tasks.delete(this);
    if (error instanceof CancelledError) super.cancel(error.message);
    else super.setException(error);
  }

  private suspended(future: Future<unknown> | undefined): void {
    if (future === undefined) {
      this.loop.callSoon(() => this.step(), `step of ${this.name}`);
    } else if (future === (this as unknown)) {
      const error = new RuntimeError(`Task cannot await on itself: ${this}`);
      this.loop.callSoon(() => this.step({ error }), `step of ${this.name}`);
    } else {
      future.addDoneCallback(this.wakeUp, `wake-up of ${this.name}`);
      this.waitsFor = future;
      if (this.mustCancel && future.cancel(this.requestMessage)) this.mustCancel = false;
    }
  }

  /** A task's outcome comes from its coroutine alone. */
  override setResult(): void {
    throw new RuntimeError('Task does not support set_result operation');
  }

  override setException(): void {
    throw new RuntimeError('Task does not support set_exception operation');
  }

  override get kind(): string {
    return 'Task';
  }

  protected override title(): string {
    return ` name='${this.name}'`;
  }
}

function cancellationOf(future: Future<unknown>): { readonly error: unknown } {
  try {
    future.result();
  } catch (error) {
    return { error };
  }
  return { error: new CancelledError() };
}

/** The future itself, or a new task for the coroutine. */
export function ensureFuture<T>(loop: EventLoop, awaitable: Awaitable<T>): Future<T> {
  return awaitable instanceof Future ? awaitable : new Task(loop, awaitable);
}

export function createTask<T>(loop: EventLoop, coroutine: Coroutine<T>, name?: string): Task<T> {
  return new Task(loop, coroutine, name);
}

/** Suspends the current task for so long; 0 only lets the others have a round. */
export async function sleep(loop: EventLoop, delayNs: number): Promise<void> {
  if (delayNs <= 0) return loop.suspend();
  const future = loop.createFuture<void>();
  const timer = await loop.callLater(delayNs, () => wake(future), `end of a sleep of ${loop.task?.name}`);
  try {
    await future.wait();
  } finally {
    timer.cancel();
  }
}

/** Gives a future its result unless somebody was faster. */
export function wake(future: Future<void>): void {
  if (!future.done) future.setResult(undefined);
}
