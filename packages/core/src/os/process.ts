/** A process: descriptors, directory, credentials, environment, children, signal dispositions, threads. Its life is kept by `ProcessTable`. */
import type { DescriptorTable } from '../kernel/descriptors.ts';
import { WaitQueue } from '../kernel/wait-queue.ts';
import type { Disposition, SignalName } from './signals.ts';
import type { Terminal } from './terminal.ts';
import type { Thread } from './thread.ts';

export interface ExitStatus {
  readonly code: number;
  /** The signal that ended the process, or empty. */
  readonly signal: SignalName | '';
}

export class Process {
  readonly threads: Thread[] = [];
  readonly children = new Map<number, Process>();
  /** Woken when a child ends. */
  readonly childEnded = new WaitQueue();
  readonly dispositions = new Map<SignalName, Disposition>();
  /** Signals whose handlers have yet to run. */
  readonly pendingHandlers: { signal: SignalName; handler: unknown; restart: boolean }[] = [];
  /** Set once it has ended and until its parent has waited for it: a zombie. */
  exitStatus: ExitStatus | undefined;
  stopped = false;
  umask = 0o022;
  gid = 0;
  terminal: Terminal | undefined;

  constructor(
    readonly host: string,
    readonly pid: number,
    public parent: Process | undefined,
    public name: string,
    public argv: readonly string[],
    public uid: number,
    public pgid: number,
    public cwd: string,
    public env: ReadonlyMap<string, string>,
    readonly descriptors: DescriptorTable,
    readonly startedAt: number,
  ) {}

  get ppid(): number {
    return this.parent?.pid ?? 0;
  }

  get cpuNs(): number {
    return this.threads.reduce((sum, thread) => sum + thread.cpuNs, 0);
  }
}
