/**
 * Thread (Lib/threading.py of 3.11). `start` comes back when the child runs; a child holds a lock until it has ended, which is what `join` waits for. The
 * process ends when its main thread and all threads that are no daemons have ended; daemons end with it, wherever they are.
 */
import type { Cloneable } from '@netarium/core/syscall/sys.ts';
import { RuntimeError } from '../errors.ts';
import { formatChain } from '../exceptions.ts';
import { Event } from './condition.ts';
import { SystemExit } from './errors.ts';
import { limitNs, type ProcessState, type Python, succeeds } from './python.ts';
import { flatten, type Passable, revive, Shared } from './shared.ts';

export interface ThreadOptions {
  /** Name of the entry at which it starts: an export of the program's module, never a closure. */
  readonly target: string;
  readonly args?: readonly Passable[];
  readonly name?: string;
  /** As the thread that makes it unless given. */
  readonly daemon?: boolean;
}

/** Calls that the library makes in a thread before its target and after it (Thread._bootstrap_inner). */
const BEGIN_CALLS = 8;
const END_CALLS = 8;

type Life = 'initial' | 'started' | 'stopped';

interface Packed {
  readonly name: string;
  readonly daemon: boolean;
  readonly started: Cloneable;
  /** Number of the mutex that the thread holds while it runs, of the cell with its stage of life, of the cell with its id. */
  readonly running: number;
  readonly life: number;
  readonly ident: number;
}

/** What a new thread's entry is given before its own arguments. */
export interface ThreadStart {
  readonly how: 'thread';
  readonly state: ProcessState;
  readonly thread: Packed;
}

export class Thread extends Shared {
  readonly kind = 'Thread';

  private constructor(
    private readonly py: Python,
    private readonly packed: Packed,
    private readonly startedEvent: Event,
    private readonly options: ThreadOptions | undefined,
  ) {
    super();
  }

  static async create(py: Python, options: ThreadOptions): Promise<Thread> {
    if (py.entry(options.target) === undefined) throw new RuntimeError(`the program has no entry '${options.target}'`);
    const count = options.name === undefined ? (await py.sys.cell_add(py.state.threadCount, 1)) + 1 : 0;
    const name = options.name ?? `Thread-${count} (${options.target})`;
    return Thread.made(py, name, options.daemon ?? py.thread.daemon, options);
  }

  /** The main thread's own object. */
  static async main(py: Python): Promise<Thread> {
    const thread = await Thread.made(py, 'MainThread', false, undefined);
    await thread.enter(true);
    return thread;
  }

  private static async made(py: Python, name: string, daemon: boolean, options?: ThreadOptions): Promise<Thread> {
    const { sys } = py;
    const started = await Event.create(py);
    const running = await sys.mutex_create({ label: `end of ${name}` });
    const [life, ident] = [await sys.cell_create('initial'), await sys.cell_create(0)];
    return new Thread(py, { name, daemon, started: flatten(started), running, life, ident }, started, options);
  }

  static async revive(py: Python, packed: Packed): Promise<Thread> {
    return new Thread(py, packed, (await revive(py, packed.started)) as Event, undefined);
  }

  pack(): Cloneable {
    return { ...this.packed };
  }

  get name(): string {
    return this.packed.name;
  }

  get daemon(): boolean {
    return this.packed.daemon;
  }

  /** None before it was started. */
  async ident(): Promise<number | undefined> {
    const ident = (await this.py.sys.cell_load(this.packed.ident)) as number;
    return ident === 0 ? undefined : ident;
  }

  private async life(): Promise<Life> {
    return (await this.py.sys.cell_load(this.packed.life)) as Life;
  }

  async start(): Promise<void> {
    const { sys, state } = this.py;
    if (this.options === undefined || (await this.life()) !== 'initial')
      throw new RuntimeError('threads can only be started once');
    const start = { how: 'thread', state: { ...state }, thread: { ...this.packed } };
    const args = (this.options.args ?? []).map(flatten);
    await sys.cell_store(this.packed.life, 'started');
    const created = sys.thread_create(this.options.target, [start, ...args], { name: this.name, detached: true });
    if (!(await succeeds(created, 'EAGAIN'))) {
      await sys.cell_store(this.packed.life, 'initial');
      throw new RuntimeError("can't start new thread");
    }
    await this.startedEvent.wait();
  }

  async isAlive(): Promise<boolean> {
    return (await this.life()) === 'started';
  }

  async join(timeout?: number): Promise<void> {
    const life = await this.life();
    if (life === 'initial') throw new RuntimeError('cannot join thread before it is started');
    const { sys, thread } = this.py;
    if (thread.packed.running === this.packed.running) throw new RuntimeError('cannot join current thread');
    const limit = timeout === undefined ? -1 : limitNs(timeout);
    if (await succeeds(sys.mutex_lock(this.packed.running, limit), 'ETIMEDOUT'))
      await sys.mutex_unlock(this.packed.running);
  }

  /** In the new thread, before its target: it is there, and its starter may go on. */
  async enter(isMain = false): Promise<void> {
    const { sys, state } = this.py;
    await this.py.calls(BEGIN_CALLS);
    await sys.cell_store(this.packed.ident, await sys.gettid());
    await sys.mutex_lock(this.packed.running);
    if (!this.daemon && !isMain) await sys.list_push(state.shutdown, this.packed.running);
    await sys.cell_store(this.packed.life, 'started');
    await sys.list_push(state.threads, flatten(this));
    await this.startedEvent.set();
  }

  /** After its target. */
  async leave(): Promise<void> {
    const { sys, state } = this.py;
    await this.py.calls(END_CALLS);
    await removeFrom(this.py, state.threads, (item) => runningOf(item) === this.packed.running);
    await removeFrom(this.py, state.shutdown, (item) => item === this.packed.running);
    await sys.cell_store(this.packed.life, 'stopped');
    await sys.mutex_unlock(this.packed.running);
  }
}

function runningOf(item: Cloneable): number {
  return (item as unknown as { readonly packed: Packed }).packed.running;
}

/** Takes the first element that fits out of a list. */
export async function removeFrom(py: Python, list: number, fits: (item: Cloneable) => boolean): Promise<void> {
  const { sys } = py;
  const length = await sys.list_length(list);
  for (let at = 0; at < length; at++) {
    if (!fits(await sys.list_get(list, at))) continue;
    await sys.list_remove(list, at);
    return;
  }
}

/** threading.enumerate(). */
export async function enumerate(py: Python): Promise<Thread[]> {
  const threads: Thread[] = [];
  const length = await py.sys.list_length(py.state.threads);
  for (let at = 0; at < length; at++)
    threads.push((await revive(py, await py.sys.list_get(py.state.threads, at))) as Thread);
  return threads;
}

/** threading.active_count(). */
export function activeCount(py: Python): Promise<number> {
  return py.sys.list_length(py.state.threads);
}

/** Waits for every thread that is no daemon, also those started meanwhile (threading._shutdown). */
export async function joinNonDaemons(py: Python): Promise<void> {
  const { sys, state } = py;
  while ((await sys.list_length(state.shutdown)) > 0) {
    const running = (await sys.list_get(state.shutdown, 0)) as number;
    await sys.mutex_lock(running);
    await sys.mutex_unlock(running);
    await removeFrom(py, state.shutdown, (item) => item === running);
  }
}

/** A thread's code: what it raises ends it alone, and is told on standard error (threading.excepthook). */
export async function runThread(py: Python, body: () => Promise<unknown>): Promise<void> {
  await py.thread.enter();
  try {
    await body();
  } catch (error) {
    if (!(error instanceof SystemExit))
      await py.writeAll(2, `Exception in thread ${py.thread.name}:\n${traceback(error)}`);
  }
  await py.thread.leave();
}

/** What Python prints of an exception that nobody caught, without the frames. */
export function traceback(error: unknown): string {
  return `Traceback (most recent call last):\n${formatChain(error).join('\n')}\n`;
}
