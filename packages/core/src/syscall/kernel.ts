/**
 * The synchronous kernel interface of one simulated host: `call(thread, name, args) -> value | errno | blocked`. Nothing here is a promise and
 * nothing calls back into a program; the asynchronous `sys` (`async-sys.ts`), packet scripts and other languages are front ends of it.
 */
import { assert } from '../base/assert.ts';
import { E, Errno } from '../base/errno.ts';
import { type Call, describe } from '../kernel/call.ts';
import type { DescriptorTable } from '../kernel/descriptors.ts';
import type { OpenFile } from '../kernel/open-file.ts';
import { BLOCKED, type Outcome } from '../kernel/outcome.ts';
import { type CostModel, DEFAULT_COSTS } from '../os/costs.ts';
import { Cpu } from '../os/cpu/cpu.ts';
import { type ScheduleSource, schedulingPolicy } from '../os/cpu/policies.ts';
import { FileSystem } from '../os/files/file-system.ts';
import type { ImageNode, InodeSource } from '../os/files/inode.ts';
import type { CallRunner, FrontEnd } from '../os/front-end.ts';
import type { SignalDelivery } from '../os/interrupted-call.ts';
import type { SharedNames } from '../os/memory.ts';
import type { MessageQueue } from '../os/message-queue.ts';
import type { Turnstile } from '../os/party.ts';
import type { Process } from '../os/process.ts';
import { ProcessTable } from '../os/process-table.ts';
import { type OsProfile, osProfile } from '../os/profile.ts';
import type { WakeUpLatency } from '../os/sync/sync-object.ts';
import type { Thread } from '../os/thread.ts';
import { Threads } from '../os/threads.ts';
import type { HostContext } from '../record/host-context.ts';
import type { Clock } from '../record/recorder.ts';
import type { SocketLayer } from '../socket/socket-layer.ts';
import type { UnixNames } from '../socket/unix-socket.ts';
import { SECOND } from '../time/instant.ts';
import type { CallHost } from './call-host.ts';
import { callTable } from './calls/table.ts';
import { mountDev } from './dev.ts';
import type { NetworkAdmin } from './network-admin.ts';
import { mountProc } from './proc.ts';
import type { ProgramCode } from './program.ts';
import { unixNames } from './unix-names.ts';

export interface KernelOptions {
  readonly ctx: HostContext;
  readonly turnstile: Turnstile;
  readonly image: ReadonlyMap<string, ImageNode>;
  readonly sockets: SocketLayer;
  readonly network: NetworkAdmin;
  /** Wall clock at the start of the world, nanoseconds since the Unix epoch. */
  readonly wallStartNs: bigint;
  /** Makes the front end that runs a program's code (the value that the image holds at its path). */
  readonly frontEndOf: (kernel: Kernel, code: ProgramCode) => FrontEnd;
  readonly costs?: CostModel;
  readonly cpu?: CpuOptions;
}

export interface CpuOptions {
  readonly cores: number;
  readonly scheduler: ScheduleSource;
}

export const DEFAULT_CPU: CpuOptions = { cores: 4, scheduler: { scheduler: 'eevdf' } };

export class Kernel implements CallHost, CallRunner, InodeSource, WakeUpLatency {
  readonly ctx: HostContext;
  readonly clock: Clock;
  readonly files: FileSystem;
  readonly processes: ProcessTable;
  readonly sockets: SocketLayer;
  readonly network: NetworkAdmin;
  readonly turnstile: Turnstile;
  readonly costs: CostModel;
  readonly cpu: Cpu;
  readonly threads: Threads;
  readonly sharedObjects: SharedNames = new Map();
  readonly messageQueues = new Map<string, MessageQueue>();
  hostname: string;
  readonly profile: OsProfile;
  /** Whose call is being carried out, or was last: /proc/self. */
  caller: Process | undefined = undefined;
  private lastIno = 1;
  private readonly options: KernelOptions;

  constructor(options: KernelOptions) {
    this.options = options;
    this.ctx = options.ctx;
    this.clock = options.ctx.queue;
    this.turnstile = options.turnstile;
    this.sockets = options.sockets;
    this.network = options.network;
    this.costs = options.costs ?? DEFAULT_COSTS;
    this.hostname = this.ctx.name;
    this.profile = osProfile(this.ctx.profile);
    this.files = new FileSystem(this, options.image);
    this.processes = new ProcessTable(this.ctx);
    const { cores, scheduler } = options.cpu ?? DEFAULT_CPU;
    this.cpu = new Cpu(this.ctx, cores, schedulingPolicy(scheduler), this.costs);
    this.threads = new Threads(this.ctx, this.processes, this.turnstile, this, this.cpu, this.costs);
    mountDev(this);
    mountProc(this);
  }

  /** From the wake of a sleeper on a lock until it runs. */
  wakeUpNs(): number {
    const { wakeUpNs, wakeUpJitterNs } = this.costs;
    if (wakeUpJitterNs === 0) return wakeUpNs;
    return wakeUpNs + this.ctx.random.choose('wake-up', this.ctx.name, wakeUpJitterNs);
  }

  nextIno(): number {
    return ++this.lastIno;
  }

  /** Wall clock: nanoseconds since the Unix epoch, rounded to what a number holds (a few hundred nanoseconds today). */
  wallNs(): number {
    return Number(this.options.wallStartNs) + this.ctx.queue.now;
  }

  /** Seconds as a number and nanoseconds beside them, so that nothing is rounded. */
  wallClock(): { readonly seconds: number; readonly nanoseconds: number } {
    const ns = this.options.wallStartNs + BigInt(this.ctx.queue.now);
    return { seconds: Number(ns / BigInt(SECOND)), nanoseconds: Number(ns % BigInt(SECOND)) };
  }

  /** Starts a program in a new process, or in one that has just replaced its program. */
  start(process: Process, program: unknown, delayNs: number): Thread {
    process.module = program;
    return this.startThread(process, this.frontEnd({ module: program, entry: 'main', args: [process.argv] }), delayNs);
  }

  frontEnd(code: ProgramCode): FrontEnd {
    return this.options.frontEndOf(this, code);
  }

  startThread(process: Process, frontEnd: FrontEnd, delayNs: number): Thread {
    return this.threads.start(process, frontEnd, delayNs);
  }

  attempt(thread: Thread, call: Call): Outcome<unknown> {
    const carried = CALLS.get(call.name);
    assert(carried !== undefined, `no system call ${call.name}`);
    this.caller = thread.process;
    const { missing } = this.profile;
    const outcome =
      missing.size > 0 && missing.has(call.name) ? E.ENOSYS : carried.attempt(this, thread, call, ...call.args);
    this.count(thread, call, outcome);
    if (outcome !== BLOCKED) this.report(thread, call, carried.nameHash, outcome);
    return outcome;
  }

  private count({ usage }: Thread, call: Call, outcome: unknown): void {
    call.attempts++;
    if (call.attempts > 1) usage.wakeups++;
    if (outcome === BLOCKED) {
      if (call.attempts === 1) usage.blocked++;
      return;
    }
    usage.calls++;
    if (outcome === E.EAGAIN) usage.again++;
  }

  /** `select`, `poll` or `epoll_wait` has looked at so many files, of which so many are ready. */
  scanned(thread: Thread, call: Call, files: number, ready: number): void {
    thread.usage.scanned += files;
    if (!this.ctx.recorder.wants('io.scan')) return;
    const { pid } = thread.process;
    this.ctx.recorder.sample('io.scan', this.ctx.name, { pid, tid: thread.tid, call: call.name, files, ready });
  }

  takeSignal(thread: Thread): SignalDelivery | undefined {
    return this.processes.signals.take(thread);
  }

  signalMaskChanged(thread: Thread): void {
    this.processes.signals.maskChanged(thread);
  }

  /** Every finished call is part of the run digest; its text is made only for a trace. */
  private report(thread: Thread, call: Call, nameHash: number, outcome: unknown): void {
    const { run } = this.ctx.recorder;
    run.mix.word(nameHash);
    run.mix.word(thread.process.pid);
    run.mix.wide(this.ctx.queue.now);
    run.mix.word(outcome instanceof Errno ? -outcome.number : typeof outcome === 'number' ? outcome : 0);
    run.end();
    thread.process.tracer?.call(thread, call, outcome, this.ctx.queue.now);
    if (!this.ctx.recorder.wants('syscall')) return;
    this.ctx.recorder.sample('syscall', this.ctx.name, {
      pid: thread.process.pid,
      tid: thread.tid,
      process: thread.process.name,
      name: call.name,
      args: call.args.map(describe).join(', '),
      result: describeResult(outcome),
      startNs: call.startedAt,
      endNs: this.ctx.queue.now,
    });
  }

  /** The open file behind a descriptor. */
  file(thread: Thread, fd: number): OpenFile | Errno {
    return thread.process.descriptors.get(fd);
  }

  brokenPipe(thread: Thread): void {
    this.processes.signal(thread.process, 'SIGPIPE', 0);
  }

  unixNames(thread: Thread): UnixNames {
    return unixNames(this, thread.process);
  }

  descriptors(thread: Thread): DescriptorTable {
    return thread.process.descriptors;
  }
}

/** A call of the table, as it is found by its name. */
interface Carried {
  readonly attempt: (kernel: Kernel, thread: Thread, call: Call, ...args: readonly unknown[]) => Outcome<unknown>;
  /** Its name in the run digest. */
  readonly nameHash: number;
}

const CALLS = new Map(Object.entries(callTable).map(([name, attempt]) => [name, carry(name, attempt)]));

function carry(name: string, attempt: unknown): Carried {
  const nameHash = [...name].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, 7);
  return { attempt: attempt as Carried['attempt'], nameHash };
}

function describeResult(outcome: unknown): string {
  if (outcome instanceof Errno) return `-1 ${outcome.code} (${outcome.text})`;
  return outcome === undefined ? '0' : describe(outcome);
}

/** EBADF unless the descriptor's file is of the class. */
export function fileAs<T extends OpenFile>(
  file: OpenFile | Errno,
  type: abstract new (...args: never[]) => T,
  otherwise: Errno = E.EINVAL,
): T | Errno {
  if (file instanceof Errno) return file;
  return file instanceof type ? file : otherwise;
}
