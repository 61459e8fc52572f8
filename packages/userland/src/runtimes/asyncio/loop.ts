/**
 * The event loop (CPython 3.11's asyncio/base_events.py and selector_events.py): a FIFO of callbacks that are ready, a heap of timers, and one
 * epoll wait per round. A round waits for descriptors, appends their callbacks, then those of due timers, and runs what was in the queue at that
 * moment; what these append waits for the next round.
 *
 * A callback may make system calls, which block the whole loop, and must not wait for futures: only tasks can. Left out: executors, subprocesses,
 * signal handlers, name resolution (asyncio has it done by a thread).
 */
import { type LoopWatcher, loopWatcherOf, queued } from '@netarium/core/syscall/loop-watch.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { writeAll } from '../../lib/stdio.ts';
import { TimerHeap } from '../../lib/timer-heap.ts';
import { RuntimeError } from '../errors.ts';
import { Greenlets } from '../greenlet.ts';
import { type Direction, Readiness } from '../readiness.ts';
import { InvalidStateError, repr } from './errors.ts';
import { type Awaitable, Future } from './future.ts';
import { PYTHON_3_11, type PythonProfile } from './profile.ts';
import { ensureFuture, type Task } from './task.ts';

export type Callback = () => void | Promise<void>;

/** A callback that was handed to the loop and can be taken back. */
export class Handle {
  cancelled = false;

  constructor(
    readonly callback: Callback,
    /** What traces and error messages call it. */
    readonly label: string,
  ) {}

  cancel(): void {
    this.cancelled = true;
  }
}

export class TimerHandle extends Handle {
  constructor(
    callback: Callback,
    label: string,
    readonly atNs: number,
  ) {
    super(callback, label);
  }
}

/** One round of the loop, told after its wait and before its callbacks run. */
export interface LoopRound {
  readonly number: number;
  /** Before the wait: what was ready, the timers, and how long the wait might last (-1: for ever). */
  readonly readyBefore: readonly string[];
  readonly timers: readonly { readonly label: string; readonly atNs: number }[];
  readonly timeoutNs: number;
  /** After it: the instant, callbacks of ready descriptors, those of due timers; all that runs in this round, in order. */
  readonly atNs: number;
  readonly descriptors: readonly string[];
  readonly due: readonly string[];
  readonly runs: readonly string[];
}

export interface ErrorContext {
  readonly message: string;
  readonly error?: unknown;
  readonly future?: Future<unknown>;
}

export interface LoopOptions {
  readonly profile?: PythonProfile;
  readonly trace?: (round: LoopRound) => void;
  /** Hears of exceptions that nobody else will; by default they are written to standard error. */
  readonly exceptionHandler?: (context: ErrorContext) => void;
}

const MS = 1_000_000;
/** The selector module waits no longer than this at once. */
const LONGEST_WAIT_NS = 86_400_000_000_000;

export class EventLoop {
  /** The loop itself runs in the main greenlet, each task in one of its own. */
  readonly greenlets = new Greenlets();
  /** The task that runs now. */
  task: Task<unknown> | undefined;
  /** Tasks that are not done, oldest first. */
  readonly tasks = new Set<Task<unknown>>();
  /** Futures with exceptions that nobody has asked for. */
  readonly unretrieved = new Set<Future<unknown>>();
  readonly profile: PythonProfile;
  private ready: Handle[] = [];
  /** What runs in the round in progress, and whose turn it is. */
  private runs: readonly Handle[] = [];
  private turn = 0;
  private readonly watcher: LoopWatcher | undefined;
  private readonly timers = new TimerHeap<TimerHandle>();
  private stopping = false;
  private running = false;
  private closed = false;
  private rounds = 0;
  private taskNumber = 0;

  private constructor(
    readonly sys: Sys,
    private readonly readiness: Readiness<Handle>,
    private readonly options: LoopOptions,
  ) {
    this.profile = options.profile ?? PYTHON_3_11;
    this.watcher = loopWatcherOf(sys);
    this.watcher?.show(() => this.queues());
  }

  static async create(sys: Sys, options: LoopOptions = {}): Promise<EventLoop> {
    return new EventLoop(sys, await Readiness.create<Handle>(sys), options);
  }

  timeNs(): Promise<number> {
    return this.sys.clock_gettime('monotonic');
  }

  createFuture<T>(): Future<T> {
    return new Future<T>(this);
  }

  nextTaskName(): string {
    return `Task-${++this.taskNumber}`;
  }

  callSoon(callback: Callback, label = callback.name): Handle {
    const handle = new Handle(callback, label);
    this.ready.push(handle);
    return handle;
  }

  callAt(atNs: number, callback: Callback, label = callback.name): TimerHandle {
    const handle = new TimerHandle(callback, label, atNs);
    this.timers.push(handle);
    return handle;
  }

  async callLater(delayNs: number, callback: Callback, label = callback.name): Promise<TimerHandle> {
    return this.callAt((await this.timeNs()) + delayNs, callback, label);
  }

  async watch(fd: number, direction: Direction, callback: Callback, label = callback.name): Promise<void> {
    const before = await this.readiness.set(fd, direction, new Handle(callback, label));
    before?.cancel();
  }

  async unwatch(fd: number, direction: Direction): Promise<void> {
    const before = await this.readiness.clear(fd, direction);
    before?.cancel();
  }

  /** Gives the current task's turn back: until `future` is done, or for one round of the loop. */
  async suspend(future?: Future<unknown>): Promise<void> {
    if (this.task === undefined) throw new RuntimeError('only a task can wait for a future');
    if (future !== undefined && future.loop !== this) {
      throw new RuntimeError(`${this.task} got Future ${future} attached to a different loop`);
    }
    if (this.watcher !== undefined) this.task.site = this.watcher.site();
    await this.greenlets.main.switch(future);
  }

  stop(): void {
    this.stopping = true;
  }

  async runForever(): Promise<void> {
    if (this.closed) throw new RuntimeError('Event loop is closed');
    if (this.running) throw new RuntimeError('This event loop is already running');
    this.running = true;
    try {
      // A loop that was stopped before it ran makes one round, without waiting (run_forever looks at the flag after a round).
      do await this.round();
      while (!this.stopping);
    } finally {
      this.stopping = false;
      this.running = false;
    }
  }

  async runUntilComplete<T>(awaitable: Awaitable<T>): Promise<T> {
    if (this.closed) throw new RuntimeError('Event loop is closed');
    const future = ensureFuture(this, awaitable);
    const stop = () => this.stop();
    future.addDoneCallback(stop, 'stop the loop');
    try {
      await this.runForever();
    } finally {
      future.removeDoneCallback(stop);
    }
    if (!future.done) throw new RuntimeError('Event loop stopped before Future completed.');
    return future.result();
  }

  private async round(): Promise<void> {
    const { trace } = this.options;
    const readyBefore = trace === undefined ? [] : labels(this.ready);
    const timers = trace === undefined ? [] : [...this.timers.list()];
    const timeoutNs = await this.waitNs();
    const descriptors = (await this.readiness.wait(timeoutNs)).filter(({ cancelled }) => !cancelled);
    for (const handle of descriptors) this.ready.push(handle);
    const atNs = await this.timeNs();
    const due = this.timers.takeDue(atNs);
    for (const handle of due) this.ready.push(handle);
    const runs = this.ready;
    this.runs = runs;
    this.ready = [];
    this.rounds++;
    trace?.({
      number: this.rounds,
      readyBefore,
      timers: timers.map((timer) => ({ label: timer.label, atNs: timer.atNs })),
      timeoutNs,
      atNs,
      descriptors: labels(descriptors),
      due: labels(due),
      runs: labels(runs),
    });
    for (this.turn = 0; this.turn < runs.length; this.turn++) {
      const handle = runs[this.turn]!;
      if (!handle.cancelled) await this.run(handle);
    }
    this.runs = [];
  }

  private async waitNs(): Promise<number> {
    if (this.ready.length > 0 || this.stopping) return 0;
    const next = this.timers.first;
    if (next === undefined) return -1;
    const leftNs = Math.max(0, next.atNs - (await this.timeNs()));
    // EpollSelector hands whole milliseconds to epoll_wait(2), rounded up: a timer is never early.
    return Math.min(LONGEST_WAIT_NS, Math.ceil(leftNs / MS) * MS);
  }

  private async run(handle: Handle): Promise<void> {
    try {
      const running = handle.callback();
      if (running !== undefined) await running;
    } catch (error) {
      await this.callExceptionHandler({ message: `Exception in callback ${handle.label}`, error });
    }
  }

  async callExceptionHandler(context: ErrorContext): Promise<void> {
    const { exceptionHandler } = this.options;
    if (exceptionHandler !== undefined) return exceptionHandler(context);
    const lines = [context.message];
    if (context.future !== undefined) lines.push(`future: ${context.future}`);
    if (context.error !== undefined) lines.push(repr(context.error));
    await writeAll(this.sys, 2, `${lines.join('\n')}\n`);
  }

  /**
   * Ends the loop for good. What CPython reports when the garbage collector finds it is reported here: exceptions never retrieved, tasks that
   * were never finished.
   */
  async close(): Promise<void> {
    if (this.running) throw new InvalidStateError('Cannot close a running event loop');
    if (this.closed) return;
    this.closed = true;
    for (const future of this.unretrieved) {
      const message = `${future.kind} exception was never retrieved`;
      await this.callExceptionHandler({ message, future });
    }
    for (const task of this.tasks) {
      await this.callExceptionHandler({ message: 'Task was destroyed but it is pending!', future: task });
    }
    await this.readiness.close();
    this.watcher?.show(undefined);
  }

  /** For who looks on. Callbacks of the round in progress stand before those of the next, as in the one queue of CPython. */
  private queues() {
    const { runs, turn, ready, timers, tasks, task } = this;
    const left = [...runs.slice(turn + 1), ...ready].filter(({ cancelled }) => !cancelled);
    const waiting = this.readiness.list().filter(({ watcher }) => !watcher.cancelled);
    const standing = [...tasks].filter((each) => each !== task);
    return {
      runtime: 'asyncio',
      running: task?.name ?? runs[turn]?.label ?? '',
      ready: queued(left.length, labels(left)),
      timers: queued(timers.living, timers.list()),
      waiting: queued(
        waiting.length,
        waiting.map(({ watcher, ...what }) => ({ ...what, label: watcher.label })),
      ),
      coroutines: queued(
        standing.length,
        standing.map(({ name, site }) => ({ name, site })),
      ),
    };
  }
}

function labels(handles: readonly Handle[]): string[] {
  return handles.filter(({ cancelled }) => !cancelled).map(({ label }) => label);
}
