/**
 * multiprocessing.Process with the `fork` start method (Lib/multiprocessing/process.py of 3.11): a child starts at an entry of the same program with
 * copies of its arguments, among which shared objects stay shared. Daemons are ended by SIGTERM when their parent ends, the others are waited for.
 */
import type { Cloneable, WaitResult } from '@netarium/core/syscall/sys.ts';
import { POLL, SIGNALS } from '@netarium/core/syscall/sys.ts';
import { ValueError } from '../errors.ts';
import { AssertionError } from '../threading/errors.ts';
import { limitNs, type Python, succeeds } from '../threading/python.ts';
import { flatten, type Passable, revive, Shared } from '../threading/shared.ts';
import { removeFrom } from '../threading/thread.ts';
import type { ProcessStart } from './child.ts';

export interface ProcessOptions {
  /** Name of the entry at which the child starts. */
  readonly target: string;
  readonly args?: readonly Passable[];
  readonly name?: string;
  /** As the process that makes it unless given. */
  readonly daemon?: boolean;
}

interface Packed {
  readonly name: string;
  readonly daemon: boolean;
  readonly parent: number;
  /** Number of the cell with what is known of it. */
  readonly known: number;
}

interface Known {
  readonly [key: string]: Cloneable;
  /** 0 before the start. */
  readonly pid: number;
  /** Readable when the child has ended. */
  readonly sentinel: number;
  /** null while it runs; minus the number of the signal that ended it. */
  readonly exitcode: number | null;
}

const UNKNOWN: Known = { pid: 0, sentinel: -1, exitcode: null };

export class Process extends Shared {
  readonly kind = 'mp.Process';

  private constructor(
    private readonly py: Python,
    private readonly packed: Packed,
    private readonly options: ProcessOptions | undefined,
  ) {
    super();
  }

  static async create(py: Python, options: ProcessOptions): Promise<Process> {
    if (py.entry(options.target) === undefined) throw new ValueError(`the program has no entry '${options.target}'`);
    const { state } = py;
    const count = (await py.sys.cell_add(state.childCount, 1)) + 1;
    const inside = state.name === 'MainProcess' ? '' : `${state.name.replace(/^Process-/, '')}:`;
    const name = options.name ?? `Process-${inside}${count}`;
    const known = await py.sys.cell_create(UNKNOWN);
    return new Process(py, { name, daemon: options.daemon ?? state.daemon, parent: state.pid, known }, options);
  }

  static revive(py: Python, packed: Packed): Process {
    return new Process(py, packed, undefined);
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

  private async known(): Promise<Known> {
    return (await this.py.sys.cell_load(this.packed.known)) as Known;
  }

  async pid(): Promise<number | undefined> {
    const { pid } = await this.known();
    return pid === 0 ? undefined : pid;
  }

  /** A descriptor that becomes readable when the child ends. */
  async sentinel(): Promise<number> {
    const { sentinel } = await this.known();
    if (sentinel < 0) throw new ValueError('process not started');
    return sentinel;
  }

  async start(): Promise<void> {
    const { py, packed, options } = this;
    if (options === undefined || (await this.known()).pid !== 0)
      throw new AssertionError('cannot start a process twice');
    if (py.state.daemon) throw new AssertionError('daemonic processes are not allowed to have children');
    const [sentinel, held] = await py.sys.pipe();
    const start: ProcessStart = { how: 'process', name: packed.name, daemon: packed.daemon, closed: sentinel };
    const pid = await py.sys.fork(options.target, [{ ...start }, ...(options.args ?? []).map(flatten)]);
    await py.sys.close(held);
    await py.sys.cell_store(packed.known, { pid, sentinel, exitcode: null });
    await py.sys.list_push(py.state.children, flatten(this));
  }

  private async started(what: string): Promise<Known> {
    if (this.packed.parent !== this.py.state.pid) throw new AssertionError(`can only ${what} a child process`);
    const known = await this.known();
    if (known.pid === 0) throw new AssertionError(`can only ${what} a started process`);
    return known;
  }

  /** Waits for its end, `timeout` seconds at most where given. */
  async join(timeout?: number): Promise<void> {
    const { sys } = this.py;
    const known = await this.started('join');
    if (known.exitcode !== null) return;
    if (timeout !== undefined) {
      const ended = await sys.poll([{ fd: known.sentinel, events: POLL.IN }], limitNs(timeout));
      if (ended.length === 0) return;
    }
    await this.ended(known, await this.waitFor(known.pid, false));
  }

  /** What waitpid(2) tells; undefined where the child runs, or another thread was told. */
  private async waitFor(pid: number, nohang: boolean): Promise<WaitResult | undefined> {
    let told: WaitResult | undefined;
    const waiting = this.py.sys.waitpid(pid, { nohang }).then((result) => {
      told = result;
    });
    await succeeds(waiting, 'ECHILD');
    return told;
  }

  private async ended(known: Known, told: WaitResult | undefined): Promise<void> {
    if (told === undefined) return;
    const { py, packed } = this;
    const exitcode = told.signal === undefined ? told.code! : -SIGNALS[told.signal];
    await py.sys.cell_store(packed.known, { ...known, exitcode });
    await removeFrom(py, py.state.children, (item) => knownOf(item) === packed.known);
    await py.sys.close(known.sentinel);
  }

  /** None while it runs. */
  async exitcode(): Promise<number | undefined> {
    const known = await this.known();
    if (known.pid === 0) return undefined;
    if (known.exitcode === null) await this.ended(known, await this.waitFor(known.pid, true));
    return (await this.known()).exitcode ?? undefined;
  }

  async isAlive(): Promise<boolean> {
    const { pid } = await this.known();
    return pid !== 0 && (await this.exitcode()) === undefined;
  }

  /** SIGTERM. */
  async terminate(): Promise<void> {
    await this.send('SIGTERM');
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    await this.send('SIGKILL');
  }

  private async send(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const { pid, exitcode } = await this.started(signal === 'SIGTERM' ? 'terminate' : 'kill');
    if (exitcode === null) await succeeds(this.py.sys.kill(pid, signal), 'ESRCH');
  }

  async close(): Promise<void> {
    if (await this.isAlive())
      throw new ValueError(
        'Cannot close a process while it is still running. You should first call join() or terminate().',
      );
  }
}

function knownOf(item: Cloneable): number {
  return (item as unknown as { readonly packed: Packed }).packed.known;
}

/** multiprocessing.active_children(): those that run; the others are waited for on the way. */
export async function activeChildren(py: Python): Promise<Process[]> {
  const children: Process[] = [];
  const length = await py.sys.list_length(py.state.children);
  for (let at = 0; at < length; at++)
    children.push((await revive(py, await py.sys.list_get(py.state.children, at))) as Process);
  const alive: Process[] = [];
  for (const child of children) if (await child.isAlive()) alive.push(child);
  return alive;
}
