/**
 * The main thread of a process: its program's code runs here as promises, beside Node's events. A call that is done at once settles its promise at once; but
 * sockets move only when Node's loop turns, so a program that never waits is made to, now and then.
 */
import { E, Errno } from '@netarium/core/base/errno.ts';
import { isRestarted } from '@netarium/core/os/signals.ts';
import { crashText } from '@netarium/core/syscall/crash-text.ts';
import { entryOf } from '@netarium/core/syscall/program.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { sysOf } from '@netarium/core/syscall/sys-of.ts';
import { isDuration } from '@netarium/core/time/instant.ts';
import { InterpreterLock } from '../memory/interpreter-lock.ts';
import { ThreadMemory } from '../memory/thread-memory.ts';
import { SERVING } from '../memory/wait.ts';
import { Alarm } from './alarm.ts';
import { failure } from './failure.ts';
import { callInterpreter } from './interpreter-calls.ts';
import { spin } from './local-calls.ts';
import { callMemory, isOnOwnMemory } from './memory-calls.ts';
import { Pending, type Settled } from './pending.ts';
import type { Caller, ProcessHost } from './process-host.ts';
import { information } from './signals.ts';

/** So long may a program's code run before Node's events get their turn. */
const TURN_MS = 4;
/** The clock is looked at once in so many calls. */
const CALLS_PER_LOOK = 32;
/** So often may a call say that there is nothing before the loop turns. */
const IDLE_CALLS = 3;
/** Declared work is done in pieces of this length. */
const SLICE_NS = 2_000_000;

/** Waits on memory that a signal handler ends; a lock is waited for whatever comes. */
const ENDED_BY_SIGNALS: ReadonlySet<string> = new Set(['cell_wait', 'sem_wait']);

interface InProgress {
  readonly name: string;
  readonly pending: Pending;
}

export class MainThread implements Caller {
  readonly sys: Sys = sysOf((name, args) => this.invoke(name, args));
  private readonly memory: ThreadMemory;
  private readonly lock: InterpreterLock;
  private current: InProgress | undefined;
  private calls = 0;
  private idle = 0;
  private turnedAt = performance.now();
  private handling = false;
  /** The last handler that ran lets calls go on (SA_RESTART). */
  private restart = false;

  constructor(
    private readonly host: ProcessHost,
    readonly tid: number,
  ) {
    this.lock = new InterpreterLock(host.heap, tid, SERVING);
    this.memory = new ThreadMemory(host.heap, tid, SERVING, () => this.lock.release());
  }

  /** Another thread of the process has ended. */
  threadEnded(tid: number): void {
    this.memory.threadEnded(tid);
    this.host.options.link.call(tid, 'thread_ended', [tid]);
  }

  /** Runs an entry to its end. What it throws is told on standard error, and the exit code is 1. */
  async run(module: unknown, entry: string, args: readonly unknown[]): Promise<unknown> {
    await this.lock.acquire();
    try {
      return await entryOf(module, entry)!(this.sys, ...(args as never[]));
    } catch (error) {
      await this.tell(error);
      return 1;
    }
  }

  /** exec(2): the code that made the call goes on no more. */
  replaced(): void {
    this.current = undefined;
  }

  private async tell(error: unknown): Promise<void> {
    this.current = undefined;
    try {
      await this.sys.write(2, crashText(this.host.program, error));
    } catch {
      // Nobody reads it.
    }
  }

  private invoke(name: string, args: readonly unknown[]): Promise<unknown> {
    if (this.current !== undefined)
      return Promise.reject(new Error(`${name} while ${this.current.name} of the same thread is in progress`));
    this.lock.beforeCall(name, args);
    const outcome = this.dispatch(name, args);
    if (outcome instanceof Pending) {
      this.lock.release();
      return this.wait(name, args, outcome);
    }
    const lockComes = this.lock.checkpoint();
    if (lockComes !== undefined) return this.wait(name, args, Pending.of(lockComes.then(() => outcome)));
    if (this.host.signals.due && !this.handling) return this.wait(name, args, afterTurn(outcome));
    if (this.mustTurn(name, outcome)) return this.wait(name, args, afterTurn(outcome));
    return outcome instanceof Errno ? Promise.reject(failure(outcome, name)) : Promise.resolve(outcome);
  }

  private dispatch(name: string, args: readonly unknown[]): Settled | Pending {
    if (isOnOwnMemory(this.memory, name, args)) return this.onMemory(name, args);
    if (name.startsWith('interpreter_')) return callInterpreter(this.lock, this.host.threads.count + 1, name, args);
    if (name === 'nanosleep') return sleep(args[0]);
    if (name === 'cpu') return work(args[0]);
    return this.host.call(this, name, args);
  }

  private onMemory(name: string, args: readonly unknown[]): Settled | Pending {
    const answer = callMemory(this.memory, name, args);
    if (!(answer instanceof Promise)) return answer;
    const pending = new Pending(() => ENDED_BY_SIGNALS.has(name) && this.host.heap.interrupt(this.tid));
    void answer.then((outcome) => pending.settle(outcome));
    return pending;
  }

  private mustTurn(name: string, outcome: Settled): boolean {
    const nothing = outcome === E.EAGAIN || (Array.isArray(outcome) && outcome.length === 0 && name !== 'readdir');
    if (nothing) return ++this.idle > IDLE_CALLS;
    this.idle = 0;
    return ++this.calls % CALLS_PER_LOOK === 0 && performance.now() - this.turnedAt > TURN_MS;
  }

  private wait(name: string, args: readonly unknown[], pending: Pending): Promise<unknown> {
    const call: InProgress = { name, pending };
    this.current = call;
    return new Promise((resolve, reject) => {
      pending.whenSettled((outcome) => {
        const lockComes = this.lock.acquire();
        if (lockComes !== undefined) {
          void lockComes.then(() => proceed(outcome));
          return;
        }
        proceed(outcome);
      });
      const proceed = (outcome: Settled): void => {
        if (this.current === call) this.current = undefined;
        this.turnedAt = performance.now();
        this.idle = 0;
        if (this.host.signals.due && !this.handling) {
          this.afterHandlers(name, args, outcome).then(resolve, reject);
          return;
        }
        if (outcome instanceof Errno) reject(failure(outcome, name));
        else resolve(outcome);
      };
    });
  }

  /** Handlers run between a call's end and its result; the call that one interrupted may be made again. */
  private async afterHandlers(name: string, args: readonly unknown[], outcome: Settled): Promise<unknown> {
    await this.runHandlers();
    this.memory.clearInterruption();
    if (outcome === E.EINTR && isRestarted(name, this.restart, false)) return this.invoke(name, args);
    if (outcome instanceof Errno) throw failure(outcome, name);
    return outcome;
  }

  private async runHandlers(): Promise<void> {
    const { signals } = this.host;
    this.restart = true;
    for (let delivery = signals.take(); delivery !== undefined; delivery = signals.take()) {
      const outer = this.handling;
      this.handling = true;
      const mask = signals.enterHandler(delivery);
      if (delivery.action.restart !== true) this.restart = false;
      try {
        await delivery.action.handler(this.sys, delivery.signal, information(delivery.signal));
      } finally {
        signals.leaveHandler(mask);
        this.handling = outer;
      }
    }
  }

  /** A handler is to run. A call that signals do not end waits on beneath it. */
  signalled(): void {
    const { current } = this;
    if (current === undefined || this.handling) return;
    if (current.pending.interrupt()) return;
    this.current = undefined;
    void this.runHandlers().then(
      () => {
        this.current ??= current;
      },
      (error: unknown) => this.tell(error).then(() => this.host.end(1, '')),
    );
  }
}

function afterTurn(outcome: Settled): Pending {
  const pending = new Pending();
  setImmediate(() => pending.settle(outcome));
  return pending;
}

function sleep(ns: unknown): Errno | Pending {
  if (!isDuration(ns)) return E.EINVAL;
  const pending: Pending = new Pending(() => {
    alarm.stop();
    pending.settle(E.EINTR);
    return true;
  });
  const alarm = new Alarm(ns, () => pending.settle(undefined));
  return pending;
}

/** Work in pieces, so that the events of the kernel in this thread are not kept waiting. */
function work(ns: unknown): Errno | Pending | undefined {
  if (!isDuration(ns)) return E.EINVAL;
  if (ns <= SLICE_NS) {
    spin(ns);
    return undefined;
  }
  const pending = new Pending();
  let left = ns;
  const piece = (): void => {
    spin(Math.min(left, SLICE_NS));
    left -= SLICE_NS;
    if (left > 0) setImmediate(piece);
    else pending.settle(undefined);
  };
  setImmediate(piece);
  return pending;
}
