/**
 * What a program in the manner of CPython has at hand: its thread, its process, print, sleep, clocks and chance. The interpreter lock is the
 * host's (`sys.interpreter_attach`); here is only what stands above it. Output is written line by line, as to a terminal: each `print` is one
 * write(2), around which the interpreter lock is given up.
 */
import { SysError } from '@netarium/core/base/errno.ts';
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { SystemExit } from './errors.ts';
import type { Revive } from './shared.ts';
import type { Thread } from './thread.ts';

const NS = 1_000_000_000;

/** An entry of a program: where its main thread, another thread or a child process starts. */
export type PyEntry = (py: Python, ...args: never[]) => Promise<unknown>;

/** A program's entries by name; `main` gets the command line. */
export interface PyModule {
  readonly main: (py: Python, argv: readonly string[]) => Promise<unknown>;
  readonly [entry: string]: PyEntry;
}

/** What the libraries bring: classes whose objects pass from thread to thread, and entries of their own. */
export interface Library {
  readonly kinds: ReadonlyMap<string, Revive>;
  readonly entries: Readonly<Record<string, PyEntry>>;
}

/** What the threads of one process have in common, as numbers of objects in its memory. */
export interface ProcessState {
  readonly pid: number;
  /** What a call of a function costs that is written in Python (see the interpreter's profile). */
  readonly callNs: number;
  /** Handles of the threads that run, the main one first. */
  readonly threads: number;
  /** Locks that the non-daemon threads hold until they end: what the process waits for. */
  readonly shutdown: number;
  /** How many threads, and how many child processes, were given names. */
  readonly threadCount: number;
  readonly childCount: number;
  /** Child processes that were started and not yet joined. */
  readonly children: number;
  /** Queues whose feeders have to be waited for. */
  readonly feeders: number;
  /** Executors, to be shut down at the end, and how many there were. */
  readonly executors: number;
  readonly executorCount: number;
  /** The name of this process, and whether it is a daemon (multiprocessing). */
  readonly name: string;
  readonly daemon: boolean;
}

export class Python {
  /** Set before the entry runs. */
  thread!: Thread;

  constructor(
    readonly sys: Sys,
    readonly state: ProcessState,
    readonly module: PyModule,
    readonly library: Library,
  ) {}

  /** The same thread with other system calls: those of a program that was monkey-patched. */
  patched(sys: Sys): Python {
    const other = new Python(sys, this.state, this.module, this.library);
    other.thread = this.thread;
    return other;
  }

  /** The interpreter works through so many calls of functions that are written in Python. */
  async calls(count: number): Promise<void> {
    if (this.state.callNs > 0) await this.sys.cpu(count * this.state.callNs);
  }

  /** One line of text, in one write. */
  async print(...values: readonly unknown[]): Promise<void> {
    await this.calls(2);
    await this.writeAll(1, `${values.map(text).join(' ')}\n`);
  }

  async writeAll(fd: number, output: string): Promise<void> {
    const bytes = encodeUtf8(output);
    for (let done = 0; done < bytes.length; ) done += await this.sys.write(fd, bytes.subarray(done));
  }

  async sleep(seconds: number): Promise<void> {
    await this.sys.nanosleep(nanoseconds(seconds));
  }

  /** time.monotonic(), in seconds. */
  async monotonic(): Promise<number> {
    return (await this.sys.clock_gettime('monotonic')) / NS;
  }

  async monotonicNs(): Promise<number> {
    return this.sys.clock_gettime('monotonic');
  }

  /** random.randint(least, most). */
  async randint(least: number, most: number): Promise<number> {
    return least + Math.floor((await this.chance()) * (most - least + 1));
  }

  /** random.uniform(least, most). */
  async uniform(least: number, most: number): Promise<number> {
    return least + (await this.chance()) * (most - least);
  }

  private async chance(): Promise<number> {
    const bytes = await this.sys.getrandom(4);
    return (bytes[0]! * 0x100_0000 + bytes[1]! * 0x1_0000 + bytes[2]! * 0x100 + bytes[3]!) / 0x1_0000_0000;
  }

  /** Python's own computing for so long, with the interpreter lock held where it is not asked for. */
  async compute(seconds: number): Promise<void> {
    await this.sys.cpu(nanoseconds(seconds));
  }

  exit(code = 0): never {
    throw new SystemExit(code);
  }

  /** The entry of this name: the program's, or a library's. */
  entry(name: string): PyEntry | undefined {
    if (Object.hasOwn(this.library.entries, name)) return this.library.entries[name];
    return Object.hasOwn(this.module, name) ? this.module[name] : undefined;
  }
}

export function nanoseconds(seconds: number): number {
  return Math.max(0, Math.round(seconds * NS));
}

/** A time limit as system calls have it: negative for none. */
export function limitNs(timeout: number | undefined): number {
  return timeout === undefined ? -1 : nanoseconds(timeout);
}

/** True where the call went through, false where it failed with this errno. */
export async function succeeds(call: Promise<unknown>, ...failures: readonly string[]): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof SysError && failures.includes(error.code)) return false;
    throw error;
  }
}

/** str(value), as far as programs here print. */
export function text(value: unknown): string {
  if (value === undefined || value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  return String(value);
}

function repr(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : text(value);
}
