/**
 * ThreadPoolExecutor (Lib/concurrent/futures/thread.py of 3.11): tasks wait in a queue, threads are made as tasks come and none is idle, at most so many. What is
 * still queued when the program ends is done first: the threads are no daemons, and are told to go at the end.
 */
import type { Cloneable } from '@netarium/core/syscall/sys.ts';
import { RuntimeError, ValueError } from '../errors.ts';
import { Lock } from '../threading/lock.ts';
import { type Python, succeeds } from '../threading/python.ts';
import { SimpleQueue } from '../threading/queue.ts';
import { flatten, type Passable, revive, Shared } from '../threading/shared.ts';
import { Thread } from '../threading/thread.ts';
import { inOrder } from './executor-map.ts';
import { Future } from './future.ts';

/** Name of the entry at which workers start. */
export const POOL_WORKER = '$pool-worker';

/** How many threads an executor has unless told: by version of Python, from the number of cores. */
export type DefaultWorkers = (cores: number) => number;

export const DEFAULT_WORKERS = {
  /** Five for each core. */
  '3.5': (cores) => cores * 5,
  /** min(32, os.cpu_count() + 4). */
  '3.8': (cores) => Math.min(32, cores + 4),
} as const satisfies Readonly<Record<string, DefaultWorkers>>;

export interface ThreadPoolOptions {
  readonly maxWorkers?: number;
  /** `3.8` unless given, which is still 3.11's. */
  readonly defaults?: keyof typeof DEFAULT_WORKERS;
  readonly threadNamePrefix?: string;
}

interface Packed {
  readonly maxWorkers: number;
  readonly prefix: string;
  readonly queue: Cloneable;
  readonly lock: Cloneable;
  /** Semaphore of idle threads, list of threads, cell: shut down. */
  readonly idle: number;
  readonly threads: number;
  readonly shut: number;
}

export class ThreadPoolExecutor extends Shared {
  readonly kind = 'ThreadPoolExecutor';

  private constructor(
    private readonly py: Python,
    private readonly packed: Packed,
    private readonly queue: SimpleQueue,
    private readonly lock: Lock,
  ) {
    super();
  }

  static async create(py: Python, options: ThreadPoolOptions = {}): Promise<ThreadPoolExecutor> {
    const { sys } = py;
    const cores = (await sys.sched_getaffinity(0)).length;
    const maxWorkers = options.maxWorkers ?? DEFAULT_WORKERS[options.defaults ?? '3.8'](cores);
    if (!(maxWorkers > 0)) throw new ValueError('max_workers must be greater than 0');
    const count = await sys.cell_add(py.state.executorCount, 1);
    const [queue, lock] = [await SimpleQueue.create(py), await Lock.create(py)];
    const packed = {
      maxWorkers,
      prefix: options.threadNamePrefix ?? `ThreadPoolExecutor-${count}`,
      queue: flatten(queue),
      lock: flatten(lock),
      idle: await sys.sem_create(0),
      threads: await sys.list_create(),
      shut: await sys.cell_create(false),
    };
    const executor = new ThreadPoolExecutor(py, packed, queue, lock);
    await sys.list_push(py.state.executors, flatten(executor));
    return executor;
  }

  static async revive(py: Python, packed: Packed): Promise<ThreadPoolExecutor> {
    const queue = (await revive(py, packed.queue)) as SimpleQueue;
    return new ThreadPoolExecutor(py, packed, queue, (await revive(py, packed.lock)) as Lock);
  }

  pack(): Cloneable {
    return { ...this.packed };
  }

  get maxWorkers(): number {
    return this.packed.maxWorkers;
  }

  /** Threads made so far. */
  threadCount(): Promise<number> {
    return this.py.sys.list_length(this.packed.threads);
  }

  /** A task: an entry of the program, by name, with its arguments. */
  async submit(entry: string, ...args: readonly Passable[]): Promise<Future> {
    if (this.py.entry(entry) === undefined) throw new RuntimeError(`the program has no entry '${entry}'`);
    return this.lock.with(async () => {
      if (await this.py.sys.cell_load(this.packed.shut))
        throw new RuntimeError('cannot schedule new futures after shutdown');
      const future = await Future.create(this.py);
      await this.queue.put([future, entry, [...args]]);
      await this.addThread();
      return future;
    });
  }

  /** An idle thread will take the task; where there is none, and fewer than there may be, one more is made. */
  private async addThread(): Promise<void> {
    const { py, packed } = this;
    if (await succeeds(py.sys.sem_trywait(packed.idle), 'EAGAIN')) return;
    const count = await this.threadCount();
    if (count >= packed.maxWorkers) return;
    const thread = await Thread.create(py, {
      target: POOL_WORKER,
      args: [this],
      name: `${packed.prefix}_${count}`,
      daemon: false,
    });
    await py.sys.list_push(packed.threads, flatten(thread));
    await thread.start();
  }

  /** Submits all at once; the results come in the order of the arguments, each when it is asked for. */
  async map(
    entry: string,
    argumentLists: readonly (readonly Passable[])[],
    timeout?: number,
  ): Promise<AsyncGenerator<Passable>> {
    const futures: Future[] = [];
    for (const args of argumentLists) futures.push(await this.submit(entry, ...args));
    return inOrder(this.py, futures, timeout);
  }

  /** No more tasks; waits for those that were submitted, unless told not to. */
  async shutdown({ wait = true, cancelFutures = false } = {}): Promise<void> {
    const { py, packed } = this;
    await this.lock.with(async () => {
      await py.sys.cell_store(packed.shut, true);
      if (cancelFutures) await this.cancelQueued();
      await this.queue.put(null);
    });
    if (!wait) return;
    for (let at = 0; at < (await this.threadCount()); at++)
      await ((await revive(py, await py.sys.list_get(packed.threads, at))) as Thread).join();
  }

  private async cancelQueued(): Promise<void> {
    while (!(await this.queue.empty())) {
      const item = (await this.queue.getNowait()) as unknown as Work | null;
      if (item !== null) await item[0].cancel();
    }
  }

  /** The form of `with ThreadPoolExecutor() as executor`. */
  async with<T>(body: (executor: this) => Promise<T>): Promise<T> {
    try {
      return await body(this);
    } finally {
      await this.shutdown();
    }
  }

  /** A worker: tasks until it is told to go, which it tells the next. */
  async work(): Promise<void> {
    for (;;) {
      const item = (await this.queue.get()) as unknown as Work | null;
      if (item === null) break;
      await runWork(this.py, item);
      await this.py.sys.sem_post(this.packed.idle);
    }
    await this.queue.put(null);
  }
}

type Work = readonly [future: Future, entry: string, args: readonly Passable[]];

async function runWork(py: Python, [future, entry, args]: Work): Promise<void> {
  if (!(await future.setRunningOrNotifyCancel())) return;
  let result: Passable;
  try {
    result = (await py.entry(entry)!(py, ...(args as never[]))) as Passable;
  } catch (error) {
    await future.setException(error);
    return;
  }
  await future.setResult(result);
}

/** At the end of the program: executors that nobody shut down finish their tasks (concurrent.futures.thread._python_exit). */
export async function shutdownExecutors(py: Python): Promise<void> {
  const length = await py.sys.list_length(py.state.executors);
  for (let at = 0; at < length; at++) {
    const executor = await revive(py, await py.sys.list_get(py.state.executors, at));
    await (executor as unknown as { shutdown(): Promise<void> }).shutdown();
  }
}
