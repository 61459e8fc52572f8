/**
 * What one process of the operating system keeps of a program's process: its identity and environment, its signals, its threads. Calls that concern only
 * these end here; the others go to the kernel through the link.
 */
import { getPriority, setPriority } from 'node:os';
import { E, ENOTSUP, Errno } from '@netarium/core/base/errno.ts';
import type { ProgramModule } from '@netarium/core/syscall/program.ts';
import type { Program, Signal, SpawnOptions } from '@netarium/core/syscall/sys.ts';
import { SIGNALS } from '@netarium/core/syscall/sys.ts';
import { attempt, failureOf } from '../errno-of.ts';
import { SharedHeap } from '../memory/shared-heap.ts';
import { snapshot } from '../memory/snapshot.ts';
import { IntervalTimer } from './interval-timer.ts';
import type { KernelLink } from './link.ts';
import { clockGettime, cores, getrandom, uname } from './local-calls.ts';
import { MainThread } from './main-thread.ts';
import { Pending, type Settled } from './pending.ts';
import type { Resolve } from './program.ts';
import { ProcessSignals } from './signals.ts';
import { Threads } from './threads.ts';
import type { WorkerCache } from './worker-cache.ts';

export interface HostOptions {
  readonly pid: number;
  readonly uid: number;
  readonly program: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly link: KernelLink;
  readonly resolve: Resolve;
  /** What its threads run in. */
  readonly workers: WorkerCache;
  /** The memory that a forked child starts with. */
  readonly heap?: SharedHeap;
  /** The process is over: how the operating system's one ends is its business. */
  readonly ended: (code: number, signal: Signal | '') => void;
}

/** Who makes a call: a thread by its id. */
export interface Caller {
  readonly tid: number;
}

type HostCall = (host: ProcessHost, caller: Caller, ...args: readonly never[]) => Settled | Pending;

export class ProcessHost {
  readonly main: MainThread;
  readonly signals: ProcessSignals;
  readonly threads: Threads;
  readonly pid: number;
  readonly heap: SharedHeap;
  env: Readonly<Record<string, string>>;
  /** The program whose entries threads and children start at. */
  program: string;
  private over = false;
  readonly timer = new IntervalTimer(() => this.signals.raise('SIGALRM'));

  constructor(readonly options: HostOptions) {
    this.pid = options.pid;
    this.env = options.env;
    this.program = options.program;
    this.heap = options.heap ?? SharedHeap.create();
    this.main = new MainThread(this, this.pid);
    this.signals = new ProcessSignals({
      signalled: () => this.main.signalled(),
      terminatedBy: (signal) => this.end(128 + SIGNALS[signal], signal),
    });
    this.threads = new Threads(this);
  }

  /** Runs an entry of the program as the main thread's code; its answer is the process's exit code. */
  async run(entry: string, args: readonly unknown[]): Promise<void> {
    const code = await this.main.run(await this.module(), entry, args);
    if (entry === 'main' || typeof code === 'number') this.end(typeof code === 'number' ? code : 0, '');
    else this.end(0, '');
  }

  private async module(): Promise<Program | ProgramModule> {
    const module = await this.options.resolve(this.program);
    if (module === undefined) throw new Error(`there is no program ${this.program}`);
    return module;
  }

  call(caller: Caller, name: string, args: readonly unknown[]): Settled | Pending {
    if (this.over) return new Pending();
    const own = Object.hasOwn(HOST_CALLS, name) ? HOST_CALLS[name] : undefined;
    if (own !== undefined) return own(this, caller, ...(args as never[]));
    if (name === 'fork') return this.options.link.call(caller.tid, name, [this.startOf(args)]);
    if (name === 'spawn') return this.options.link.call(caller.tid, name, this.spawnOf(args));
    return this.options.link.call(caller.tid, name, args);
  }

  /** What a forked child needs beside what the kernel knows. */
  private startOf([entry, args]: readonly unknown[]): unknown {
    const { program, env } = this;
    const ignored = this.signals.ignored();
    const memory = snapshot(this.heap);
    return { program, entry, args: args ?? [], argv: this.options.argv, env, ignored, memory };
  }

  private spawnOf([path, argv, options]: readonly unknown[]): readonly unknown[] {
    const given = (options ?? {}) as SpawnOptions;
    return [path, argv, { ...given, env: given.env ?? this.env }, this.signals.ignored()];
  }

  /** Replaces the program: from here on this process runs another one, or is the one that waits for it. */
  exec(caller: Caller, path: string, argv: readonly string[], env: Readonly<Record<string, string>>): Pending {
    return Pending.of(this.replace(caller, path, argv, env));
  }

  private async replace(
    caller: Caller,
    path: string,
    argv: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<Settled> {
    const module = await this.options.resolve(path);
    if (module !== undefined) {
      this.env = env;
      this.program = path;
      await settled(this.options.link.call(caller.tid, 'close_on_exec', []));
      this.main.replaced();
      void this.run('main', [argv]);
      return await new Promise<never>(() => {});
    }
    // A program of the machine: started beside, with this process's descriptors, and its end is ours.
    const fds = (await settled(this.options.link.call(caller.tid, 'descriptors', []))) as readonly number[];
    const options = { env, fds: Object.fromEntries(fds.map((fd) => [fd, fd])) };
    const pid = await settled(this.options.link.call(caller.tid, 'spawn', [path, argv, options, []]));
    if (pid instanceof Errno) return pid;
    const ended = await settled(this.options.link.call(caller.tid, 'waitpid', [pid]));
    const { code, signal } = ended as { code?: number; signal?: Signal };
    this.end(code ?? 128 + SIGNALS[signal!], '');
    return await new Promise<never>(() => {});
  }

  /** exit(2), or what a signal does. */
  end(code: number, signal: Signal | ''): void {
    if (this.over) return;
    this.over = true;
    this.timer.stop();
    this.signals.stop();
    this.threads.stop();
    this.options.ended(code & 0xff, signal);
  }
}

/** What a call comes to. */
export function settled(outcome: Settled | Pending): Promise<Settled> {
  if (!(outcome instanceof Pending)) return Promise.resolve(outcome);
  return new Promise((resolve) => outcome.whenSettled(resolve));
}

function kill(host: ProcessHost, pid: number, signal: Signal | 0): Errno | undefined {
  if (typeof pid !== 'number' || !Number.isInteger(pid)) return E.EINVAL;
  if (signal !== 0 && !Object.hasOwn(SIGNALS, signal)) return E.EINVAL;
  if (signal !== 0 && signal.startsWith('SIGRT')) return ENOTSUP;
  // Signals of the process to itself need no way through the operating system.
  if (pid === host.pid && signal !== 0 && signal !== 'SIGKILL' && signal !== 'SIGSTOP') {
    host.signals.raise(signal);
    return undefined;
  }
  return failureOf(() => process.kill(pid, signal as NodeJS.Signals));
}

function thread(host: ProcessHost, caller: Caller, pid: number, tid: number, signal: Signal | 0): Errno | undefined {
  return tid === host.pid && pid === host.pid ? kill(host, pid, signal) : tid === caller.tid ? ENOTSUP : E.ESRCH;
}

/** Calls that end in the process that makes them. */
export const HOST_CALLS: Readonly<Record<string, HostCall>> = {
  getpid: (host) => host.pid,
  gettid: (_host, { tid }) => tid,
  getuid: (host) => host.options.uid,
  setuid: (host, _caller, uid) => (uid === host.options.uid ? undefined : ENOTSUP),
  getenv: (host) => ({ ...host.env }),
  uname: () => uname(),
  exit: (host, _caller, code) => {
    host.end(code, '');
    return new Pending();
  },
  exec: (host, caller, path, argv, options = {} as never) =>
    host.exec(caller, path, argv, (options as { env?: Readonly<Record<string, string>> }).env ?? host.env),
  getpriority: (_host, _caller, pid) => attempt(() => getPriority(pid)),
  setpriority: (_host, _caller, pid, nice) => failureOf(() => setPriority(pid, nice)),
  nice: (_host, _caller, increment) =>
    attempt(() => {
      setPriority(0, Math.max(-20, Math.min(19, getPriority(0) + increment)));
      return getPriority(0);
    }),
  sched_getaffinity: () => cores(),
  sched_yield: () => Pending.of(new Promise((resolve) => setImmediate(resolve, undefined))),
  clock_gettime: (_host, _caller, clock) => clockGettime(clock),
  getrandom: (_host, _caller, length) => getrandom(length),
  kill: (host, _caller, pid, signal) => kill(host, pid, signal),
  tgkill: (host, caller, pid, tid, signal) => thread(host, caller, pid, tid, signal),
  sigaction: (host, { tid }, signal, action) => (tid === host.pid ? host.signals.sigaction(signal, action) : ENOTSUP),
  sigprocmask: (host, { tid }, how, signals) => (tid === host.pid ? host.signals.sigprocmask(how, signals) : ENOTSUP),
  sigpending: (host) => host.signals.sigpending(),
  sigsuspend: (host, { tid }, mask) => (tid === host.pid ? host.signals.sigsuspend(mask) : ENOTSUP),
  sigtimedwait: (host, _caller, signals, timeoutNs) => host.signals.sigtimedwait(signals, timeoutNs),
  pause: (host, { tid }) => (tid === host.pid ? host.signals.pause() : ENOTSUP),
  alarm: (host, _caller, ns) => host.timer.alarm(ns),
  setitimer: (host, _caller, which, setting) => host.timer.setitimer(which, setting),
  getitimer: (host, _caller, which) => host.timer.getitimer(which),
  thread_create: (host, _caller, entry, args, options) => host.threads.create(entry, args, options),
  thread_join: (host, caller, tid, timeoutNs) => host.threads.join(caller.tid, tid, timeoutNs),
  thread_detach: (host, _caller, tid) => host.threads.detach(tid),
  thread_exit: (host, caller, value) => host.threads.exit(caller.tid, value),
  thread_setname: (host, _caller, tid, name) => host.threads.setName(tid, name),
};
