/**
 * The kernel of a run on the real machine: descriptors, files, sockets and processes of all its processes, kept in the main thread of the first one. The
 * calls are synchronous as in the simulated kernel, and many are the same code: a call answers a value, an errno or BLOCKED, and is attempted again when
 * one of its wait queues wakes. What wakes them are Node's events instead of simulated ones.
 *
 * It promises POSIX's results for what it carries and ENOTSUP for every other call, by name (`carried.ts`).
 */
import { assert } from '@netarium/core/base/assert.ts';
import { ENOTSUP, type Errno } from '@netarium/core/base/errno.ts';
import { Call } from '@netarium/core/kernel/call.ts';
import type { OpenFile } from '@netarium/core/kernel/open-file.ts';
import { BLOCKED, type Outcome } from '@netarium/core/kernel/outcome.ts';
import { osProfile } from '@netarium/core/os/profile.ts';
import type { UnixNames } from '@netarium/core/socket/unix-socket.ts';
import type { CallHost, SocketMaker } from '@netarium/core/syscall/call-host.ts';
import { KernelMemory } from '../memory/kernel-memory.ts';
import { RealSockets } from '../net/sockets.ts';
import { realCalls } from './calls/table.ts';
import { RealClock } from './real-clock.ts';
import type { RealExit, RealProcess } from './real-process.ts';
import { type Attempts, RealThread } from './real-thread.ts';

type Implementation = (
  kernel: RealKernel,
  thread: RealThread,
  call: Call,
  ...args: readonly unknown[]
) => Outcome<unknown>;

/** Starts processes of the operating system: `process/`. */
export interface ProcessStarter {
  /** A program at a path; the outcome is a pid, perhaps later. */
  spawn(parent: RealProcess, args: readonly unknown[]): Promise<number | Errno>;
  /** A child at an entry of the same program. */
  fork(parent: RealProcess, args: readonly unknown[]): Promise<number | Errno>;
  /** Tells a process that it wrote where nobody reads. */
  brokenPipe(process: RealProcess): void;
}

type Woken = readonly [RealThread, Call];

const GATHERS: ReadonlySet<string> = new Set(['epoll_wait', 'poll', 'select']);

export class RealKernel implements CallHost, Attempts {
  readonly clock = new RealClock();
  readonly profile = osProfile('linux-6.x');
  readonly sockets: SocketMaker = new RealSockets(this.clock);
  readonly processes = new Map<number, RealProcess>();
  /** What processes share. */
  readonly memory = new KernelMemory(this.clock);
  /** Set by who starts the kernel. */
  starter!: ProcessStarter;
  private lastIno = 1;
  private woken: Woken[] = [];
  private gathering: Woken[] = [];

  nextIno(): number {
    return ++this.lastIno;
  }

  wallNs(): number {
    return this.clock.wallNs();
  }

  file(thread: RealThread, fd: number): OpenFile | Errno {
    return thread.process.descriptors.get(fd);
  }

  /** Nobody counts here. */
  scanned(): void {}

  brokenPipe(thread: RealThread): void {
    this.starter.brokenPipe(thread.process);
  }

  /** Names of Unix sockets are the operating system's own here. */
  unixNames(): UnixNames {
    return { bind: () => ENOTSUP, find: () => ENOTSUP };
  }

  thread(process: RealProcess, tid: number): RealThread {
    let thread = process.threads.get(tid);
    if (thread === undefined) {
      thread = new RealThread(process, tid, this);
      process.threads.set(tid, thread);
    }
    return thread;
  }

  /** Enters a call. After BLOCKED the thread's `finish` is told its outcome, later than now. */
  enter(thread: RealThread, name: string, args: readonly unknown[]): Outcome<unknown> {
    assert(thread.call === undefined, `${name} of thread ${thread.tid} while ${thread.call} is in progress`);
    thread.readyAt = this.clock.catchUp();
    const call = new Call(name, args, thread.readyAt, thread, this.clock.queue);
    thread.call = call;
    const outcome = this.attempt(thread, call);
    if (outcome === BLOCKED) {
      this.clock.arm();
      return outcome;
    }
    call.finish();
    thread.call = undefined;
    return outcome;
  }

  private attempt(thread: RealThread, call: Call): Outcome<unknown> {
    const implementation = (realCalls as Readonly<Record<string, unknown>>)[call.name] as Implementation | undefined;
    if (implementation === undefined) return ENOTSUP;
    const outcome = implementation(this, thread, call, ...call.args);
    call.attempts++;
    return outcome;
  }

  /**
   * Attempts the call again, after what runs now. Who waits for many descriptors is told when Node has handed out all that came in this turn of its loop: of
   * many together, where it would else be told of one and wait again.
   */
  again(thread: RealThread, call: Call): void {
    if (GATHERS.has(call.name)) {
      this.gathering.push([thread, call]);
      if (this.gathering.length === 1) setImmediate(() => this.runWoken(this.gathering.splice(0)));
    } else {
      this.woken.push([thread, call]);
      if (this.woken.length === 1) queueMicrotask(() => this.runWoken(this.woken.splice(0)));
    }
  }

  private runWoken(woken: readonly Woken[]): void {
    this.clock.catchUp();
    for (const [thread, call] of woken) {
      // A signal may have ended it meanwhile.
      if (thread.call !== call) continue;
      call.leaveQueues();
      const outcome = this.attempt(thread, call);
      if (outcome === BLOCKED) continue;
      const { finish } = thread;
      call.finish();
      thread.call = undefined;
      thread.finish = undefined;
      finish?.(outcome);
    }
    this.clock.arm();
  }

  /** The thread makes no more calls. */
  threadEnded(thread: RealThread): void {
    thread.call?.finish();
    thread.process.threads.delete(thread.tid);
    this.memory.threadEnded(thread);
    this.clock.arm();
  }

  /** The process has ended: its descriptors are closed, its parent is told. */
  ended(process: RealProcess, code: number, signal: RealExit['signal']): void {
    if (process.exitStatus !== undefined) return;
    process.exitStatus = { code, signal };
    for (const thread of [...process.threads.values()]) this.threadEnded(thread);
    process.descriptors.closeAll();
    process.parent?.childEnded.wake();
    if (process.parent === undefined) this.processes.delete(process.pid);
  }
}
