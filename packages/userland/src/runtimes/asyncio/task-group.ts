/**
 * `asyncio.TaskGroup` (since 3.11; CPython's asyncio/taskgroups.py): the body ends when all tasks of the group have ended; the first that fails
 * cancels the others and the body, and the failures come out together.
 */
import { RuntimeError } from '../errors.ts';
import { CancelledError } from './errors.ts';
import type { Coroutine, Future } from './future.ts';
import type { EventLoop } from './loop.ts';
import { Task, wake } from './task.ts';

export class ExceptionGroup extends Error {
  override readonly name = 'ExceptionGroup';

  constructor(
    message: string,
    readonly exceptions: readonly unknown[],
  ) {
    super(`${message} (${exceptions.length} sub-exception${exceptions.length === 1 ? '' : 's'})`);
  }
}

export class TaskGroup {
  private readonly tasks = new Set<Task<unknown>>();
  private readonly errors: unknown[] = [];
  private aborting = false;
  private leaving = false;
  private parentCancelledByUs = false;
  private bell: Future<void> | undefined;

  private constructor(
    private readonly loop: EventLoop,
    private readonly parent: Task<unknown>,
  ) {}

  /** `async with asyncio.TaskGroup() as group`. */
  static async with(loop: EventLoop, body: (group: TaskGroup) => Promise<void>): Promise<void> {
    if (!loop.profile.structured) throw new RuntimeError(`TaskGroup is not in Python ${loop.profile.version}`);
    if (loop.task === undefined) throw new RuntimeError('TaskGroup cannot determine the parent task');
    const group = new TaskGroup(loop, loop.task);
    let raised: { readonly error: unknown } | undefined;
    try {
      await body(group);
    } catch (error) {
      raised = { error };
    }
    await group.leave(raised);
  }

  createTask<T>(coroutine: Coroutine<T>, name?: string): Task<T> {
    if (this.leaving && this.tasks.size === 0) throw new RuntimeError('TaskGroup is finished');
    if (this.aborting) throw new RuntimeError('TaskGroup is shutting down');
    const task = new Task(this.loop, coroutine, name);
    this.tasks.add(task);
    task.addDoneCallback(() => this.taskDone(task), 'task group');
    return task;
  }

  private taskDone(task: Task<unknown>): void {
    this.tasks.delete(task);
    if (this.tasks.size === 0 && this.bell !== undefined) wake(this.bell);
    if (task.cancelled) return;
    const error = task.exception();
    if (error === undefined) return;
    this.errors.push(error);
    if (this.aborting || this.parentCancelledByUs) return;
    if (this.parent.done) return;
    this.abort();
    // Whatever the parent waits for: it is cancelled too, and that cancellation is ours. (Until 3.13 it is taken back only when the body has not ended yet.)
    this.parentCancelledByUs = true;
    this.parent.cancel();
  }

  private async leave(raised: { readonly error: unknown } | undefined): Promise<void> {
    this.leaving = true;
    let cancelled = raised?.error instanceof CancelledError ? raised.error : undefined;
    if (this.parentCancelledByUs && this.parent.uncancel() === 0) cancelled = undefined;
    if (raised !== undefined && !this.aborting) this.abort();
    while (this.tasks.size > 0) {
      this.bell = this.loop.createFuture<void>();
      try {
        await this.bell.wait();
      } catch (error) {
        if (!(error instanceof CancelledError)) throw error;
        if (this.aborting) continue;
        cancelled = error;
        this.abort();
      }
    }
    if (cancelled !== undefined && this.errors.length === 0) throw cancelled;
    if (raised !== undefined && !(raised.error instanceof CancelledError)) this.errors.push(raised.error);
    if (this.errors.length > 0) throw new ExceptionGroup('unhandled errors in a TaskGroup', this.errors);
  }

  private abort(): void {
    this.aborting = true;
    for (const task of this.tasks) task.cancel();
  }
}
