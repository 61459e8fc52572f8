/**
 * A worker thread that runs an entry of a program, and when that has ended waits for another (`worker-cache.ts`). Its calls are synchronous: the message goes to
 * the process's main thread, and this one sleeps until the answer is there, as a real thread in a system call does.
 */
import { writeSync } from 'node:fs';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { E, Errno } from '@netarium/core/base/errno.ts';
import { entryOf } from '@netarium/core/syscall/program.ts';
import { sysOf } from '@netarium/core/syscall/sys-of.ts';
import { isDuration } from '@netarium/core/time/instant.ts';
import { attempt } from '../errno-of.ts';
import { type Placed, pathCalls } from '../kernel/calls/path.ts';
import { InterpreterLock } from '../memory/interpreter-lock.ts';
import { SharedHeap } from '../memory/shared-heap.ts';
import { ThreadMemory } from '../memory/thread-memory.ts';
import { STOPPING } from '../memory/wait.ts';
import { Answer } from './answer.ts';
import { DirectFiles } from './direct-files.ts';
import { failure } from './failure.ts';
import { callInterpreter } from './interpreter-calls.ts';
import { KnownDirectory } from './known-directory.ts';
import { clockGettime, cores, getrandom, spin, uname } from './local-calls.ts';
import { callMemory, isOnOwnMemory } from './memory-calls.ts';
import type { Settled } from './pending.ts';
import type { Resolve } from './program.ts';
import { fromReply, type Reply } from './wire.ts';

export interface ThreadStart {
  readonly program: string;
  readonly entry: string;
  readonly args: readonly unknown[];
  readonly tid: number;
  readonly pid: number;
  readonly env: Readonly<Record<string, string>>;
  readonly memory: SharedArrayBuffer;
  /** Of the process's descriptors (`direct-files.ts`) and its directory (`known-directory.ts`). */
  readonly changes: Int32Array;
}

export type FromThread =
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly unknown[] }
  /** The entry has answered: the worker waits for another thread. */
  | { readonly kind: 'ended'; readonly result: unknown }
  /** thread_exit(): the worker goes with what its code was in the middle of. */
  | { readonly kind: 'left'; readonly result: unknown };

/** A call that has not come back by then blocks. */
const SHORT_MS = 0.2;

type PathCall = (kernel: undefined, thread: Placed, call: undefined, ...args: readonly unknown[]) => Settled;
const PATH_CALLS = pathCalls as unknown as Readonly<Record<string, PathCall>>;

const answers = new Answer(workerData as SharedArrayBuffer);

class WorkerThread {
  private readonly lock: InterpreterLock;
  private readonly memory: ThreadMemory;
  private readonly sys = sysOf((name, args) => this.invoke(name, args));
  private readonly files: DirectFiles;
  private readonly directory: KnownDirectory;
  private over = false;

  constructor(private readonly start: ThreadStart) {
    const { memory, tid, changes } = start;
    this.files = new DirectFiles(changes);
    this.directory = new KnownDirectory(changes);
    const heap = SharedHeap.attach(memory);
    this.lock = new InterpreterLock(heap, tid, STOPPING);
    this.memory = new ThreadMemory(heap, tid, STOPPING, () => this.lock.release());
  }

  private invoke(name: string, args: readonly unknown[]): Promise<unknown> {
    // Code that the entry did not wait for goes no further than to its next call.
    if (this.over) return new Promise(() => {});
    if (name === 'thread_exit') return this.leave(args[0]);
    this.lock.beforeCall(name, args);
    const outcome = this.dispatch(name, args);
    this.lock.checkpoint();
    return outcome instanceof Errno ? Promise.reject(failure(outcome, name)) : Promise.resolve(outcome);
  }

  private dispatch(name: string, args: readonly unknown[]): Settled {
    if (name.startsWith('interpreter_')) return callInterpreter(this.lock, 2, name, args);
    if (isOnOwnMemory(this.memory, name, args)) return callMemory(this.memory, name, args);
    switch (name) {
      case 'gettid':
        return this.start.tid;
      case 'getpid':
        return this.start.pid;
      case 'clock_gettime':
        return clockGettime(args[0]);
      case 'getrandom':
        return getrandom(args[0]);
      case 'getenv':
        return { ...this.start.env };
      case 'uname':
        return uname();
      case 'sched_getaffinity':
        return cores();
      case 'nanosleep':
        return sleep(args[0]);
      case 'cpu':
        return work(args[0]);
      case 'write':
        return this.write(args);
      default:
        return Object.hasOwn(PATH_CALLS, name) ? this.onPath(PATH_CALLS[name]!, args) : this.request(name, args);
    }
  }

  private onPath(call: PathCall, args: readonly unknown[]): Settled {
    const cwd = this.directory.find() ?? this.request('getcwd', []);
    if (typeof cwd !== 'string') return cwd;
    this.directory.learn(cwd);
    return call(undefined, { process: { cwd } }, undefined, ...args);
  }

  private write(args: readonly unknown[]): Settled {
    const [fd, data] = args;
    const handle = this.files.find(fd);
    if (handle === undefined || !(data instanceof Uint8Array)) return this.request('write', args);
    return attempt(() => writeSync(handle, data));
  }

  private request(name: string, args: readonly unknown[]): Settled {
    try {
      parentPort!.postMessage({ kind: 'call', name, args } satisfies FromThread);
    } catch {
      // What cannot be copied (a function, say) cannot be an argument.
      return E.EINVAL;
    }
    // Where the answer is not there at once the thread waits, and others may run meanwhile.
    if (!answers.await(SHORT_MS)) {
      this.lock.release();
      answers.await();
    }
    return answers.take(() => this.posted(args));
  }

  /** The answer on the port, to a call with these arguments. */
  private posted([fd]: readonly unknown[]): Settled {
    for (;;) {
      const received = receiveMessageOnPort(parentPort!) as { readonly message: Reply } | undefined;
      if (received === undefined) continue;
      const { message } = received;
      if (message.handle !== undefined) this.files.learn(fd as number, message.handle);
      return fromReply(message);
    }
  }

  private leave(value: unknown): Promise<never> {
    this.end('left', value);
    process.exit();
  }

  private end(kind: 'ended' | 'left', result: unknown): void {
    this.over = true;
    this.lock.release();
    parentPort!.postMessage({ kind, result } satisfies FromThread);
  }

  async run(resolve: Resolve): Promise<void> {
    const { program, entry, args } = this.start;
    const module = await resolve(program);
    this.lock.acquire();
    this.end('ended', await entryOf(module, entry)!(this.sys, ...(args as never[])));
  }
}

function sleep(ns: unknown): Settled {
  if (!isDuration(ns)) return E.EINVAL;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ns / 1_000_000);
  return undefined;
}

function work(ns: unknown): Settled {
  if (!isDuration(ns)) return E.EINVAL;
  spin(ns);
  return undefined;
}

/** What the module of `Entries.thread` calls: runs one thread after the other, as they are sent. */
export function serveThreads(resolve: Resolve): void {
  parentPort!.on('message', (start: ThreadStart) => void new WorkerThread(start).run(resolve));
}
