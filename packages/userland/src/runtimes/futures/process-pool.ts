/**
 * ProcessPoolExecutor (Lib/concurrent/futures/process.py of 3.11, start method fork): all workers are made with the first task; tasks and results pass through
 * pipes, so that both have to be picklable; a worker that dies breaks the pool.
 */
import type { Cloneable } from '@netarium/core/syscall/sys.ts';
import { RuntimeError, ValueError } from '../errors.ts';
import { Workers } from '../multiprocessing/workers.ts';
import type { Python } from '../threading/python.ts';
import { flatten, type Passable, revive, Shared } from '../threading/shared.ts';
import { BrokenProcessPool } from './errors.ts';
import { inOrder } from './executor-map.ts';
import type { Future } from './future.ts';

/** Name of the entry that runs several tasks of one map. */
export const CHUNK = '$chunk';

const MAX_WORKERS = 61;

interface Packed {
  readonly workers: Cloneable;
  /** Cells: started, shut down. */
  readonly started: number;
  readonly shut: number;
}

export class ProcessPoolExecutor extends Shared {
  readonly kind = 'ProcessPoolExecutor';

  private constructor(
    private readonly py: Python,
    private readonly packed: Packed,
    private readonly workers: Workers,
  ) {
    super();
  }

  /** As many workers as cores unless told. */
  static async create(py: Python, { maxWorkers }: { readonly maxWorkers?: number } = {}): Promise<ProcessPoolExecutor> {
    const { sys } = py;
    const count = maxWorkers ?? Math.min(MAX_WORKERS, (await sys.sched_getaffinity(0)).length);
    if (!(count > 0)) throw new ValueError('max_workers must be greater than 0');
    const workers = await Workers.create(py, { count, onLoss: 'break', daemon: false });
    const packed = {
      workers: flatten(workers),
      started: await sys.cell_create(false),
      shut: await sys.cell_create(false),
    };
    const executor = new ProcessPoolExecutor(py, packed, workers);
    await sys.list_push(py.state.executors, flatten(executor));
    return executor;
  }

  static async revive(py: Python, packed: Packed): Promise<ProcessPoolExecutor> {
    return new ProcessPoolExecutor(py, packed, (await revive(py, packed.workers)) as Workers);
  }

  pack(): Cloneable {
    return { ...this.packed };
  }

  get maxWorkers(): number {
    return this.workers.count;
  }

  /** Of the workers that live. */
  pids(): Promise<number[]> {
    return this.workers.pids();
  }

  async submit(entry: string, ...args: readonly Passable[]): Promise<Future> {
    const { py, packed, workers } = this;
    if (await workers.broken())
      throw new BrokenProcessPool('A child process terminated abruptly, the process pool is not usable anymore');
    if (await py.sys.cell_load(packed.shut)) throw new RuntimeError('cannot schedule new futures after shutdown');
    if (!(await py.sys.cell_exchange(packed.started, true))) await workers.start();
    return workers.submit(entry, args);
  }

  /** Results in the order of the arguments; `chunksize` tasks go to a worker at a time. */
  async map(
    entry: string,
    argumentLists: readonly (readonly Passable[])[],
    { chunksize = 1, timeout }: { readonly chunksize?: number; readonly timeout?: number } = {},
  ): Promise<AsyncGenerator<Passable>> {
    if (chunksize < 1) throw new ValueError('chunksize must be >= 1.');
    const futures: Future[] = [];
    for (let at = 0; at < argumentLists.length; at += chunksize)
      futures.push(
        await this.submit(
          CHUNK,
          entry,
          argumentLists.slice(at, at + chunksize).map((args) => [...args]),
        ),
      );
    return flat(inOrder(this.py, futures, timeout));
  }

  async shutdown({ wait = true } = {}): Promise<void> {
    const { py, packed, workers } = this;
    await py.sys.cell_store(packed.shut, true);
    await workers.close();
    if (wait) await workers.join();
  }

  async with<T>(body: (executor: this) => Promise<T>): Promise<T> {
    try {
      return await body(this);
    } finally {
      await this.shutdown();
    }
  }
}

async function* flat(chunks: AsyncGenerator<Passable>): AsyncGenerator<Passable> {
  for await (const chunk of chunks) yield* chunk as readonly Passable[];
}

/** In a worker: the tasks of one chunk, one after the other. */
export async function runChunk(
  py: Python,
  entry: string,
  argumentLists: readonly (readonly Passable[])[],
): Promise<Passable[]> {
  const results: Passable[] = [];
  for (const args of argumentLists) results.push((await py.entry(entry)!(py, ...(args as never[]))) as Passable);
  return results;
}
