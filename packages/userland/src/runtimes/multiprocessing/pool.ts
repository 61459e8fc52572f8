/**
 * multiprocessing.Pool (Lib/multiprocessing/pool.py of 3.11, start method fork): apply waits for its task, apply_async does not; map waits for all. Workers are
 * daemons: a pool that nobody closed ends with its program. A worker that dies is replaced; the task that it had is never answered.
 */
import { ValueError } from '../errors.ts';
import { asCompleted, type Future } from '../futures/future.ts';
import { CHUNK } from '../futures/process-pool.ts';
import type { Python } from '../threading/python.ts';
import type { Passable } from '../threading/shared.ts';
import { Workers } from './workers.ts';

/** multiprocessing.pool.AsyncResult: what apply_async and map_async answer. */
export class AsyncResult {
  constructor(
    private readonly py: Python,
    private readonly futures: readonly Future[],
    private readonly combine: (values: readonly Passable[]) => Passable,
  ) {}

  /** TimeoutError (asyncio/errors.ts), or what the task raised. */
  async get(timeout?: number): Promise<Passable> {
    const until = timeout === undefined ? undefined : (await this.py.monotonic()) + timeout;
    const values: Passable[] = [];
    for (const future of this.futures) {
      const left = until === undefined ? undefined : Math.max(0, until - (await this.py.monotonic()));
      values.push(await future.result(left));
    }
    return this.combine(values);
  }

  async wait(timeout?: number): Promise<void> {
    try {
      await this.get(timeout);
    } catch {
      // Whatever came of it: it is over, or the time is.
    }
  }

  async ready(): Promise<boolean> {
    for (const future of this.futures) if (!(await future.done())) return false;
    return true;
  }

  async successful(): Promise<boolean> {
    if (!(await this.ready())) throw new ValueError(`<AsyncResult> not ready`);
    for (const future of this.futures) if ((await future.exception()) !== undefined) return false;
    return true;
  }
}

export interface ApplyOptions {
  /** An entry that the pool's own thread calls with the future when the task is done. */
  readonly callback?: string;
}

export class Pool {
  private constructor(
    private readonly py: Python,
    private readonly workers: Workers,
  ) {}

  /** As many processes as cores unless told; they are made at once. */
  static async create(py: Python, processes?: number): Promise<Pool> {
    const count = processes ?? (await py.sys.sched_getaffinity(0)).length;
    if (count < 1) throw new ValueError('Number of processes must be at least 1');
    const workers = await Workers.create(py, { count, onLoss: 'replace', daemon: true });
    await workers.start();
    return new Pool(py, workers);
  }

  pids(): Promise<number[]> {
    return this.workers.pids();
  }

  private async running(): Promise<void> {
    if ((await this.workers.life()) !== 'open') throw new ValueError('Pool not running');
  }

  /** Blocks until the result is there: two of them never run side by side. */
  async apply(entry: string, args: readonly Passable[] = []): Promise<Passable> {
    return (await this.applyAsync(entry, args)).get();
  }

  async applyAsync(
    entry: string,
    args: readonly Passable[] = [],
    { callback }: ApplyOptions = {},
  ): Promise<AsyncResult> {
    await this.running();
    const future = await this.workers.submit(entry, args);
    if (callback !== undefined) await future.addDoneCallback(callback);
    return new AsyncResult(this.py, [future], ([value]) => value!);
  }

  /** Each item to a task, in chunks of about a quarter of a worker's share; results in the order of the items. */
  async map(entry: string, items: readonly Passable[], chunksize?: number): Promise<readonly Passable[]> {
    return (await (await this.mapAsync(entry, items, chunksize)).get()) as readonly Passable[];
  }

  async mapAsync(entry: string, items: readonly Passable[], chunksize?: number): Promise<AsyncResult> {
    return this.starmapAsync(
      entry,
      items.map((item) => [item]),
      chunksize,
    );
  }

  async starmap(
    entry: string,
    argumentLists: readonly (readonly Passable[])[],
    chunksize?: number,
  ): Promise<readonly Passable[]> {
    return (await (await this.starmapAsync(entry, argumentLists, chunksize)).get()) as readonly Passable[];
  }

  async starmapAsync(
    entry: string,
    argumentLists: readonly (readonly Passable[])[],
    chunksize?: number,
  ): Promise<AsyncResult> {
    await this.running();
    const size = chunksize ?? Math.max(1, Math.ceil(argumentLists.length / (this.workers.count * 4)));
    const futures: Future[] = [];
    for (let at = 0; at < argumentLists.length; at += size)
      futures.push(
        await this.workers.submit(CHUNK, [entry, argumentLists.slice(at, at + size).map((args) => [...args])]),
      );
    return new AsyncResult(this.py, futures, (chunks) => (chunks as readonly (readonly Passable[])[]).flat());
  }

  /** Results as they are asked for, in order. */
  async imap(entry: string, items: readonly Passable[]): Promise<AsyncGenerator<Passable>> {
    const futures = await this.each(entry, items);
    return (async function* () {
      for (const future of futures) yield await future.result();
    })();
  }

  /** Results in the order in which they come. */
  async imapUnordered(entry: string, items: readonly Passable[]): Promise<AsyncGenerator<Passable>> {
    const { py } = this;
    const futures = await this.each(entry, items);
    return (async function* () {
      for await (const future of asCompleted(py, futures)) yield await future.result();
    })();
  }

  private async each(entry: string, items: readonly Passable[]): Promise<Future[]> {
    await this.running();
    const futures: Future[] = [];
    for (const item of items) futures.push(await this.workers.submit(entry, [item]));
    return futures;
  }

  /** No more tasks. */
  close(): Promise<void> {
    return this.workers.close();
  }

  /** Ends the workers in the middle of what they do. */
  terminate(): Promise<void> {
    return this.workers.terminate();
  }

  /** Waits for the workers' end, after `close` or `terminate`. */
  async join(): Promise<void> {
    if ((await this.workers.life()) === 'open') throw new ValueError('Pool is still running');
    await this.workers.join();
  }

  /** The form of `with Pool() as pool`, which terminates at its end. */
  async with<T>(body: (pool: this) => Promise<T>): Promise<T> {
    try {
      return await body(this);
    } finally {
      await this.terminate();
    }
  }
}
