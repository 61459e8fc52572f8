/**
 * A host's processes: pids, parents and children, exit, zombies, orphans adopted by pid 1, signals to processes and groups. Pid 1 is an init
 * without a program of its own that waits for every child at once.
 */
import { assert } from '../base/assert.ts';
import { E, type Errno } from '../base/errno.ts';
import { DescriptorTable } from '../kernel/descriptors.ts';
import type { HostContext } from '../record/host-context.ts';
import { INFINITY } from './limits.ts';
import { type ExitStatus, Process } from './process.ts';
import { childStatus, Signals } from './signal-delivery.ts';
import { defaultAction, SIGNALS, type SignalInfo, type SignalName } from './signals.ts';

const PID_MAX = 4_194_304;

export class ProcessTable {
  private readonly processes = new Map<number, Process>();
  private lastPid = 0;
  private wrapped = false;
  readonly init: Process;
  readonly signals: Signals;
  /** Told when a process has ended, after its descriptors were closed. */
  readonly endListeners: ((process: Process, status: ExitStatus) => void)[] = [];

  constructor(private readonly ctx: HostContext) {
    this.signals = new Signals(ctx, this);
    this.init = this.add(undefined, 'init', ['init'], 0, 1, '/', new Map(), new DescriptorTable());
  }

  add(
    parent: Process | undefined,
    name: string,
    argv: readonly string[],
    uid: number,
    pgid: number,
    cwd: string,
    env: ReadonlyMap<string, string>,
    descriptors: DescriptorTable,
  ): Process {
    const pid = this.freePid();
    const process = new Process(
      this.ctx.name,
      pid,
      parent,
      name,
      argv,
      uid,
      pgid === 0 ? pid : pgid,
      cwd,
      env,
      descriptors,
      this.ctx.queue.now,
    );
    if (parent !== undefined) process.limits = parent.limits;
    this.processes.set(pid, process);
    parent?.children.set(pid, process);
    if (parent !== undefined) {
      this.ctx.recorder.emit('process.start', this.ctx.name, { pid, parent: parent.pid, name, argv: argv.join(' ') });
    }
    return process;
  }

  /** The next id for a process or a thread. */
  freePid(): number {
    do {
      this.wrapped ||= this.lastPid >= PID_MAX;
      this.lastPid = this.lastPid >= PID_MAX ? 2 : this.lastPid + 1;
    } while (this.taken(this.lastPid));
    return this.lastPid;
  }

  private taken(id: number): boolean {
    if (this.processes.has(id)) return true;
    // Only after the numbers have gone round can one still belong to a thread.
    if (!this.wrapped) return false;
    for (const process of this.processes.values()) if (process.threads.some((thread) => thread.tid === id)) return true;
    return false;
  }

  get(pid: number): Process | undefined {
    return this.processes.get(pid);
  }

  all(): IterableIterator<Process> {
    return this.processes.values();
  }

  group(pgid: number): Process[] {
    return [...this.processes.values()].filter((process) => process.pgid === pgid && process.exitStatus === undefined);
  }

  /** Ends a process: threads stop, descriptors close, children go to init, the parent is told. */
  exit(process: Process, status: ExitStatus): void {
    if (process.exitStatus !== undefined) return;
    process.exitStatus = status;
    this.tellTracer(process, status);
    process.realTimer?.timer.dispose();
    process.cpuWatch?.dispose();
    for (const thread of process.threads) thread.end();
    process.descriptors.closeAll();
    for (const child of process.children.values()) {
      child.parent = this.init;
      if (child.exitStatus === undefined) this.init.children.set(child.pid, child);
      else this.forget(child);
    }
    process.children.clear();
    this.ctx.recorder.emit('process.exit', this.ctx.name, {
      pid: process.pid,
      name: process.name,
      code: status.code,
      signal: status.signal,
    });
    const { parent } = process;
    if (parent === undefined || parent === this.init) this.reap(process);
    else this.tellParent(process, parent, status);
    for (const listener of [...this.endListeners]) listener(process, status);
  }

  private tellTracer(process: Process, status: ExitStatus): void {
    if (process.tracer === undefined) return;
    const calls = process.threads.flatMap(({ call }) => (call === undefined ? [] : [call]));
    process.tracer.exited(process, status, calls, this.ctx.queue.now);
  }

  /** RLIMIT_NPROC: room for another thread of this process's user; root has as many as it likes. */
  mayFork({ uid, limits }: Process): boolean {
    const { soft } = limits.RLIMIT_NPROC;
    if (uid === 0 || soft === INFINITY) return true;
    let count = 0;
    for (const process of this.processes.values()) if (process.uid === uid) count += process.threads.length;
    return count < soft;
  }

  /** Forgets a zombie. */
  reap(process: Process): void {
    assert(process.exitStatus !== undefined, 'reaping a living process');
    process.parent?.children.delete(process.pid);
    this.forget(process);
  }

  private forget({ pid }: Process): void {
    this.processes.delete(pid);
    const { recorder, name } = this.ctx;
    if (recorder.wants('process.reap')) recorder.sample('process.reap', name, { pid });
  }

  /** A parent that ignores SIGCHLD, or set SA_NOCLDWAIT, gets no zombies (wait(2), notes). */
  private tellParent(process: Process, parent: Process, status: ExitStatus): void {
    const code = status.signal === '' ? 'CLD_EXITED' : dumps(status.signal) ? 'CLD_DUMPED' : 'CLD_KILLED';
    const unwaited = parent.noChildWait || parent.dispositions.get('SIGCHLD') === 'ignore';
    this.signals.send(parent, childInfo(process, code, childStatus(status)));
    if (unwaited && parent.exitStatus === undefined) this.reap(process);
    parent.childEnded.wake();
  }

  /** Sends a signal to one process: from another, or (0) from the kernel. */
  signal(process: Process, signal: SignalName, from: number): void {
    const uid = this.processes.get(from)?.uid ?? 0;
    this.signals.send(process, { signal, code: from === 0 ? 'SI_KERNEL' : 'SI_USER', pid: from, uid });
  }

  stop(process: Process, signal: SignalName): void {
    if (process.stopped) return;
    process.stopped = true;
    process.stopToReport = signal;
    process.continuedToReport = false;
    this.tellOfStop(process, 'CLD_STOPPED', SIGNALS[signal]);
  }

  continue(process: Process): void {
    if (!process.stopped) return;
    process.stopped = false;
    process.stopToReport = undefined;
    process.continuedToReport = true;
    for (const thread of process.threads) thread.continueAfterStop();
    this.tellOfStop(process, 'CLD_CONTINUED', SIGNALS.SIGCONT);
  }

  private tellOfStop(process: Process, code: SignalInfo['code'], status: number): void {
    const { parent } = process;
    if (parent === undefined || parent === this.init) return;
    if (!parent.noChildStop) this.signals.send(parent, childInfo(process, code, status));
    parent.childEnded.wake();
  }

  /** kill(2): a pid, 0 for the caller's group, -1 for all but init, a negative group. `info` undefined only checks. */
  kill(by: Process, pid: number, info: SignalInfo | undefined): Errno | undefined {
    const targets = this.targets(by, pid);
    if (targets.length === 0) return E.ESRCH;
    const permitted = targets.filter((target) => by.uid === 0 || by.uid === target.uid);
    if (permitted.length === 0) return E.EPERM;
    if (info !== undefined) for (const target of permitted) this.signals.send(target, info);
    return undefined;
  }

  private targets(by: Process, pid: number): Process[] {
    if (pid > 0) {
      const target = this.processes.get(pid);
      return target === undefined ? [] : [target];
    }
    if (pid === 0) return this.group(by.pgid);
    if (pid < -1) return this.group(-pid);
    return [...this.processes.values()].filter((process) => process !== this.init && process !== by);
  }
}

function dumps(signal: SignalName): boolean {
  return defaultAction(signal) === 'core';
}

function childInfo(child: Process, code: SignalInfo['code'], status: number): SignalInfo {
  return { signal: 'SIGCHLD', code, pid: child.pid, uid: child.uid, status };
}
