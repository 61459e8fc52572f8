/**
 * Worker processes and the thread of their parent that minds them: it writes tasks into one pipe, reads results from another, and notices by the sentinels when
 * a worker is gone. Beneath ProcessPoolExecutor, which breaks then, and Pool, which puts another in its place and loses the task.
 */
import { type Cloneable, POLL } from '@netarium/core/syscall/sys.ts';
import { BrokenProcessPool, RaisedElsewhere, type RaisedError, raisedError } from '../futures/errors.ts';
import { Future } from '../futures/future.ts';
import type { Python } from '../threading/python.ts';
import { flatten, type Passable, revive, Shared } from '../threading/shared.ts';
import { removeFrom, Thread } from '../threading/thread.ts';
import { type Connection, Pipe } from './connection.ts';
import { checkPicklable } from './picklable.ts';
import { Process } from './process.ts';
import { Lock } from './synchronize.ts';

/** Names of the entries at which the minding thread and the workers start. */
export const MINDER = '$worker-minder';
export const WORKER = '$worker';

const BROKEN = 'A process in the process pool was terminated abruptly while the future was running or pending.';

export interface WorkersOptions {
  readonly count: number;
  /** A worker that is gone: the pool is broken, or gets another. */
  readonly onLoss: 'break' | 'replace';
  /** Ended with the parent, instead of waited for. */
  readonly daemon: boolean;
}

type Life = 'open' | 'closed' | 'terminated';

interface Packed {
  readonly options: WorkersOptions & Readonly<Record<string, Cloneable>>;
  readonly tasks: Cloneable;
  readonly results: Cloneable;
  readonly wakes: Cloneable;
  readonly taskLock: Cloneable;
  readonly resultLock: Cloneable;
  /** Lists: tasks not yet written, [id, future] of all that are not done, processes. Cells: life, broken, last id, the minding thread. */
  readonly waiting: number;
  readonly pending: number;
  readonly processes: number;
  readonly life: number;
  readonly broken: number;
  readonly lastId: number;
  readonly minder: number;
}

interface Ends {
  readonly tasks: readonly [Connection, Connection];
  readonly results: readonly [Connection, Connection];
  readonly wakes: readonly [Connection, Connection];
  readonly taskLock: Lock;
  readonly resultLock: Lock;
}

export class Workers extends Shared {
  readonly kind = 'mp.Workers';

  private constructor(
    private readonly py: Python,
    private readonly packed: Packed,
    private readonly ends: Ends,
  ) {
    super();
  }

  static async create(py: Python, options: WorkersOptions): Promise<Workers> {
    const { sys } = py;
    const ends: Ends = {
      tasks: await Pipe(py, false),
      results: await Pipe(py, false),
      wakes: await Pipe(py, false),
      taskLock: await Lock.create(py, 'tasks'),
      resultLock: await Lock.create(py, 'results'),
    };
    const lists = [await sys.list_create(), await sys.list_create(), await sys.list_create()] as const;
    const packed: Packed = {
      options: { ...options },
      ...(flatten(ends as unknown as Passable) as unknown as Pick<Packed, keyof Ends>),
      waiting: lists[0],
      pending: lists[1],
      processes: lists[2],
      life: await sys.cell_create('open'),
      broken: await sys.cell_create(false),
      lastId: await sys.cell_create(0),
      minder: await sys.cell_create(null),
    };
    return new Workers(py, packed, ends);
  }

  static async revive(py: Python, packed: Packed): Promise<Workers> {
    const { tasks, results, wakes, taskLock, resultLock } = packed;
    const ends = await revive(py, { tasks, results, wakes, taskLock, resultLock });
    return new Workers(py, packed, ends as unknown as Ends);
  }

  pack(): Cloneable {
    return { ...this.packed } as unknown as Cloneable;
  }

  get count(): number {
    return this.packed.options.count;
  }

  /** Makes the processes, and the thread that minds them. */
  async start(): Promise<void> {
    const { py, packed } = this;
    for (let i = 0; i < packed.options.count; i++) await this.addProcess();
    const minder = await Thread.create(py, {
      target: MINDER,
      args: [this],
      name: 'pool minder',
      daemon: packed.options.daemon,
    });
    await py.sys.cell_store(packed.minder, flatten(minder));
    await minder.start();
  }

  private async addProcess(): Promise<void> {
    const { py, packed, ends } = this;
    const args = [ends.tasks[0], ends.taskLock, ends.results[1], ends.resultLock];
    const process = await Process.create(py, { target: WORKER, args, daemon: packed.options.daemon });
    await process.start();
    await py.sys.list_push(packed.processes, flatten(process));
  }

  async pids(): Promise<number[]> {
    const pids: number[] = [];
    for (const process of await this.all()) pids.push((await process.pid())!);
    return pids;
  }

  private async all(): Promise<Process[]> {
    const { py, packed } = this;
    const processes: Process[] = [];
    for (let at = 0; at < (await py.sys.list_length(packed.processes)); at++)
      processes.push((await revive(py, await py.sys.list_get(packed.processes, at))) as Process);
    return processes;
  }

  async life(): Promise<Life> {
    return (await this.py.sys.cell_load(this.packed.life)) as Life;
  }

  async broken(): Promise<boolean> {
    return (await this.py.sys.cell_load(this.packed.broken)) as boolean;
  }

  /** A future that nobody can cancel once its task is in the pipe. What cannot be pickled is the future's exception, as in CPython's feeder. */
  async submit(entry: string, args: readonly Passable[]): Promise<Future> {
    const { py, packed } = this;
    const future = await Future.create(py);
    try {
      checkPicklable(py, entry, args);
    } catch (error) {
      await future.setException(error);
      return future;
    }
    const id = (await py.sys.cell_add(packed.lastId, 1)) + 1;
    await py.sys.list_push(packed.pending, [id, flatten(future)]);
    await py.sys.list_push(packed.waiting, [id, entry, args.map(flatten)]);
    await this.wake();
    return future;
  }

  private async wake(): Promise<void> {
    await this.ends.wakes[1].send(null);
  }

  /** No more tasks; the workers go when all is done. */
  async close(): Promise<void> {
    if ((await this.life()) !== 'open') return;
    await this.py.sys.cell_store(this.packed.life, 'closed');
    await this.wake();
  }

  /** Ends the workers where they are; what was not done never will be. */
  async terminate(): Promise<void> {
    await this.py.sys.cell_store(this.packed.life, 'terminated');
    for (const process of await this.all()) await process.terminate();
    await this.wake();
  }

  /** Waits for the workers' end. */
  async join(): Promise<void> {
    const minder = await this.py.sys.cell_load(this.packed.minder);
    if (minder !== null) await ((await revive(this.py, minder)) as Thread).join();
  }

  /** The minding thread. */
  async mind(): Promise<void> {
    while (!(await this.over())) {
      await this.feed();
      await this.look();
    }
    for (const process of await this.all()) await process.join();
  }

  private async over(): Promise<boolean> {
    const { py, packed, ends } = this;
    const life = await this.life();
    if (life === 'terminated' || (await this.broken())) return true;
    if (life === 'open' || (await py.sys.list_length(packed.pending)) > 0) return false;
    for (let i = 0; i < packed.options.count; i++) await ends.tasks[1].send(null);
    return true;
  }

  /** As many tasks in the pipe as there are workers, and one more; the others can still be cancelled. */
  private async feed(): Promise<void> {
    const { py, packed, ends } = this;
    for (;;) {
      const waiting = await py.sys.list_length(packed.waiting);
      const written = (await py.sys.list_length(packed.pending)) - waiting;
      if (waiting === 0 || written > packed.options.count) return;
      const task = (await py.sys.list_remove(packed.waiting, 0)) as readonly [number, string, Cloneable];
      const future = await this.pendingFuture(task[0], false);
      if (await future!.setRunningOrNotifyCancel()) await ends.tasks[1].send(task as unknown as Passable);
      else await this.pendingFuture(task[0], true);
    }
  }

  private async look(): Promise<void> {
    const { py, ends } = this;
    const processes = await this.all();
    const sentinels: number[] = [];
    for (const process of processes) sentinels.push(await process.sentinel());
    const fds = [ends.results[0].fileno, ends.wakes[0].fileno, ...sentinels];
    const ready = new Set(
      (
        await py.sys.poll(
          fds.map((fd) => ({ fd, events: POLL.IN })),
          -1,
        )
      ).map(({ fd }) => fd),
    );
    if (ready.has(ends.results[0].fileno)) await this.takeResult();
    else if (ready.has(ends.wakes[0].fileno)) await ends.wakes[0].recv();
    else for (const [i, process] of processes.entries()) if (ready.has(sentinels[i]!)) await this.lost(process);
  }

  private async takeResult(): Promise<void> {
    const [id, good, value] = (await this.ends.results[0].recv()) as readonly [number, boolean, Passable];
    const future = await this.pendingFuture(id, true);
    if (good) await future?.setResult(value);
    else await future?.setException(new RaisedElsewhere(value as unknown as RaisedError));
  }

  private async pendingFuture(id: number, take: boolean): Promise<Future | undefined> {
    const { py, packed } = this;
    const length = await py.sys.list_length(packed.pending);
    for (let at = 0; at < length; at++) {
      const [each, future] = (await py.sys.list_get(packed.pending, at)) as readonly [number, Cloneable];
      if (each !== id) continue;
      if (take) await py.sys.list_remove(packed.pending, at);
      return (await revive(py, future)) as Future;
    }
    return undefined;
  }

  private async lost(process: Process): Promise<void> {
    const { py, packed } = this;
    const pid = await process.pid();
    await process.join();
    await removeFrom(py, packed.processes, (item) => JSON.stringify(item) === JSON.stringify(flatten(process)));
    if (packed.options.onLoss === 'replace') {
      if (pid !== undefined && (await this.life()) === 'open') await this.addProcess();
      return;
    }
    await py.sys.cell_store(packed.broken, true);
    while ((await py.sys.list_length(packed.pending)) > 0) {
      const [, future] = (await py.sys.list_remove(packed.pending, 0)) as readonly [number, Cloneable];
      await ((await revive(py, future)) as Future).setException(new BrokenProcessPool(BROKEN));
    }
    for (const other of await this.all()) await other.terminate();
  }
}

/** A worker process: tasks from the pipe, one at a time, until it is told to go. */
export async function runWorker(
  py: Python,
  tasks: Connection,
  taskLock: Lock,
  results: Connection,
  resultLock: Lock,
): Promise<void> {
  for (;;) {
    const task = (await taskLock.with(() => tasks.recv())) as unknown as readonly [number, string, Passable[]] | null;
    if (task === null) return;
    const answer = await answerOf(py, task);
    await resultLock.with(() => results.send(answer));
  }
}

async function answerOf(py: Python, [id, entry, args]: readonly [number, string, Passable[]]): Promise<Passable> {
  try {
    const value = (await py.entry(entry)!(py, ...(args as never[]))) as Passable;
    checkPicklable(py, entry, [value]);
    return [id, true, value];
  } catch (error) {
    return [id, false, raisedError(error)];
  }
}
