/**
 * The pool of a CSV job: threads take messages from a bounded queue, and one more is started where the others do not keep up, at most so many; with none, the
 * caller does the work itself. A worker that cannot go on (full disk, broken pipe) tells why and stops the job; the others let go of what is still queued.
 */
import type { Cloneable, Sys } from '@netarium/core/syscall/sys.ts';
import { ToolError } from '../../coreutils/tool.ts';
import { errnoOf } from '../../lib/failure.ts';
import { type QueueNumbers, WorkQueue } from '../lib/work-queue.ts';
import type { Message } from './batcher.ts';
import { type Outcome, type RunnerSetup, TaskRunner } from './task-runner.ts';

/** How long the caller waits for room before it looks at what has come back. */
const LOOK_NS = 50_000_000;
/** More tasks than this failed for good: whatever is wrong is not wrong with a single task. */
const MAX_FAILED = 10;
/** Outcomes that nobody has looked at yet. */
const RESULTS = 4096;
const MESSAGES_PER_WORKER = 2;

type Result =
  | { readonly worker: number; readonly outcome: Outcome }
  | { readonly worker: number; readonly fatal: string };

export class Totals {
  tasks = 0;
  rows = 0;
  repeated = 0;
  readonly failed: { readonly task: number; readonly reason: string }[] = [];
  /** Tasks by worker. */
  readonly byWorker: number[] = [];

  add(worker: number, { tasks, rows, repeated, failed }: Outcome): void {
    this.tasks += tasks;
    this.rows += rows;
    this.repeated += repeated;
    this.failed.push(...failed);
    this.byWorker[worker] = (this.byWorker[worker] ?? 0) + tasks;
  }
}

export class Pool {
  readonly totals = new Totals();
  /** Threads made so far, and those that have not been told to go yet. */
  started = 0;
  /** When the last of them was made, and how long it took until it was at work; negative while it is not. */
  private lastMadeNs = 0;
  private startTookNs = -1;
  /** Since when messages have waited without a break, with all threads at work. */
  private waitingSinceNs = 0;
  private readonly threads: number[] = [];
  private abandoned = false;
  private fatal: string | undefined;
  /** In place of threads, where there are to be none. */
  private readonly own: TaskRunner | undefined;

  private constructor(
    private readonly sys: Sys,
    private readonly workers: number,
    private readonly batch: number,
    private readonly setup: RunnerSetup,
    private readonly jobs: WorkQueue<Cloneable>,
    private readonly results: WorkQueue<Cloneable>,
  ) {
    this.own = workers === 0 ? new TaskRunner(sys, setup) : undefined;
  }

  static async create(sys: Sys, workers: number, batch: number, setup: RunnerSetup): Promise<Pool> {
    const jobs = await WorkQueue.create<Cloneable>(sys, Math.max(1, workers * MESSAGES_PER_WORKER));
    return new Pool(sys, workers, batch, setup, jobs, await WorkQueue.create<Cloneable>(sys, RESULTS));
  }

  /** Waits for room in the queue; `meanwhile` is called now and then. Throws when the job cannot go on. */
  async put(message: Message, meanwhile: () => Promise<void>): Promise<void> {
    if (this.own !== undefined) this.totals.add(0, await this.own.run(message, this.batch));
    else {
      await this.startThread();
      while (!(await this.jobs.put(message, LOOK_NS))) {
        await this.startThread();
        await this.look();
        await meanwhile();
      }
      await this.look();
    }
    this.mayGoOn();
    await meanwhile();
  }

  /** No more messages: waits for the threads. */
  async finish(meanwhile: () => Promise<void>): Promise<void> {
    while (!this.abandoned && this.started < this.workers && (await this.jobs.waiting())) {
      await this.startThread();
      await this.look(LOOK_NS);
      await meanwhile();
    }
    for (const _ of this.threads) {
      while (!(await this.jobs.put(null, LOOK_NS))) {
        await this.look();
        await meanwhile();
      }
    }
    for (const thread of this.threads.splice(0)) {
      while (!(await this.joined(thread))) {
        await this.look();
        await meanwhile();
      }
    }
    await this.look();
    await this.own?.close();
  }

  /** Lets go of everything that is queued, and waits for the threads. */
  async abandon(): Promise<void> {
    this.abandoned = true;
    await this.sys.cell_store(this.setup.stop, true);
    await this.finish(async () => {});
  }

  /** Why the job stops, where it does. */
  mayGoOn(): void {
    if (this.fatal !== undefined) throw new ToolError(this.fatal);
    const { failed } = this.totals;
    if (failed.length >= MAX_FAILED)
      throw new ToolError(`${failed.length} tasks failed, task ${failed[0]!.task} first: ${failed[0]!.reason}`);
  }

  /** One more thread, where the others do not keep up. */
  private async startThread(): Promise<void> {
    if (this.started === this.workers) return;
    if (this.started > 0 && !(await this.isBehind())) return;
    const args = [this.started, this.setup, this.batch, this.jobs.numbers, this.results.numbers];
    this.lastMadeNs = await this.sys.clock_gettime('monotonic');
    try {
      this.threads.push(await this.sys.thread_create('worker', args, { name: `csv-${this.started}` }));
      this.started++;
      this.startTookNs = -1;
    } catch (error) {
      // At the limit of threads the others do the work.
      if (errnoOf(error) !== 'EAGAIN' || this.started === 0) throw error;
    }
  }

  /**
   * All that were made are at work, and still messages have waited for as long as a thread takes to start: on a real machine tens of milliseconds of a processor,
   * which is lost where those at work only wait for a processor themselves.
   */
  private async isBehind(): Promise<boolean> {
    const { sys } = this;
    if ((await sys.cell_load(this.setup.ready)) !== this.started) return false;
    const nowNs = await sys.clock_gettime('monotonic');
    if (this.startTookNs < 0) {
      this.startTookNs = nowNs - this.lastMadeNs;
      this.waitingSinceNs = nowNs;
    }
    if (!(await this.jobs.waiting())) this.waitingSinceNs = nowNs;
    return nowNs - this.waitingSinceNs > this.startTookNs;
  }

  private async joined(thread: number): Promise<boolean> {
    try {
      await this.sys.thread_join(thread, LOOK_NS);
      return true;
    } catch (error) {
      if (errnoOf(error) !== 'ETIMEDOUT') throw error;
      return false;
    }
  }

  /** Takes in what has come back; waits so long for the first of it. */
  private async look(timeoutNs = 0): Promise<void> {
    for (let waitNs = timeoutNs; ; waitNs = 0) {
      const result = (await this.results.take(waitNs)) as unknown as Result | undefined;
      if (result === undefined) return;
      if ('fatal' in result) this.fatal ??= result.fatal;
      else this.totals.add(result.worker, result.outcome);
    }
  }
}

/** A thread of the pool: messages until it is told to go. */
export async function worker(
  sys: Sys,
  number: number,
  setup: RunnerSetup,
  batch: number,
  jobNumbers: QueueNumbers,
  resultNumbers: QueueNumbers,
): Promise<void> {
  const jobs = new WorkQueue<Cloneable>(sys, jobNumbers);
  const results = new WorkQueue<Cloneable>(sys, resultNumbers);
  const runner = new TaskRunner(sys, setup);
  await sys.cell_add(setup.ready, 1);
  for (;;) {
    const message = (await jobs.take()) as unknown as Message | null;
    if (message === null) break;
    if ((await sys.cell_load(setup.stop)) === true) continue;
    await results.put(await attempted(sys, setup, number, () => runner.run(message, batch)));
  }
  await runner.close();
}

async function attempted(
  sys: Sys,
  setup: RunnerSetup,
  number: number,
  run: () => Promise<Outcome>,
): Promise<Cloneable> {
  try {
    return { worker: number, outcome: await run() };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    await sys.cell_store(setup.stop, true);
    return { worker: number, fatal: error.message };
  }
}
