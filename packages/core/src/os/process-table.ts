/**
 * A host's processes: pids, parents and children, exit, zombies, orphans adopted by pid 1, signals to processes and groups. Pid 1 is an init
 * without a program of its own that waits for every child at once.
 */

import { assert } from '../base/assert.ts';
import { E, type Errno } from '../base/errno.ts';
import { DescriptorTable } from '../kernel/descriptors.ts';
import type { HostContext } from '../record/host-context.ts';
import { type ExitStatus, Process } from './process.ts';
import { defaultAction, type SignalName } from './signals.ts';

const PID_MAX = 4_194_304;

export class ProcessTable {
  private readonly processes = new Map<number, Process>();
  private lastPid = 0;
  readonly init: Process;
  /** Told when a process has ended, after its descriptors were closed. */
  readonly endListeners: ((process: Process, status: ExitStatus) => void)[] = [];

  constructor(private readonly ctx: HostContext) {
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
    this.processes.set(pid, process);
    parent?.children.set(pid, process);
    if (parent !== undefined) {
      this.ctx.recorder.emit('process.start', this.ctx.name, { pid, parent: parent.pid, name, argv: argv.join(' ') });
    }
    return process;
  }

  private freePid(): number {
    do this.lastPid = this.lastPid >= PID_MAX ? 2 : this.lastPid + 1;
    while (this.processes.has(this.lastPid));
    return this.lastPid;
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
    for (const thread of process.threads) thread.end();
    process.descriptors.closeAll();
    for (const child of process.children.values()) {
      child.parent = this.init;
      if (child.exitStatus === undefined) this.init.children.set(child.pid, child);
      else this.processes.delete(child.pid);
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
    else {
      this.signal(parent, 'SIGCHLD', process.pid);
      if (parent.dispositions.get('SIGCHLD') === 'ignore') this.reap(process);
      parent.childEnded.wake();
    }
    for (const listener of [...this.endListeners]) listener(process, status);
  }

  /** Forgets a zombie. */
  reap(process: Process): void {
    assert(process.exitStatus !== undefined, 'reaping a living process');
    process.parent?.children.delete(process.pid);
    this.processes.delete(process.pid);
  }

  /** Sends a signal to one process. */
  signal(process: Process, signal: SignalName, from: number): void {
    if (process.exitStatus !== undefined || process === this.init) return;
    this.ctx.recorder.emit('signal.send', this.ctx.name, { pid: process.pid, signal, from });
    const disposition =
      signal === 'SIGKILL' || signal === 'SIGSTOP' ? 'default' : (process.dispositions.get(signal) ?? 'default');
    if (signal === 'SIGCONT') this.continue(process);
    if (disposition === 'ignore') return;
    if (disposition !== 'default') {
      process.pendingHandlers.push({ signal, ...disposition });
      process.threads[0]?.interrupt();
      return;
    }
    const action = defaultAction(signal);
    if (action === 'terminate') this.exit(process, { code: 0, signal });
    else if (action === 'stop') process.stopped = true;
  }

  private continue(process: Process): void {
    if (!process.stopped) return;
    process.stopped = false;
    for (const thread of process.threads) thread.continueAfterStop();
  }

  /** kill(2): a pid, 0 for the caller's group, -1 for all but init, a negative group. `signal` undefined only checks. */
  kill(by: Process, pid: number, signal: SignalName | undefined): Errno | undefined {
    const targets = this.targets(by, pid);
    if (targets.length === 0) return E.ESRCH;
    const permitted = targets.filter((target) => by.uid === 0 || by.uid === target.uid);
    if (permitted.length === 0) return E.EPERM;
    if (signal !== undefined) for (const target of permitted) this.signal(target, signal, by.pid);
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
