/**
 * Call traces (the part of ptrace(2) that strace needs): a descriptor from which a tracer reads what its tracees ask of the kernel, one JSON record per
 * line, in the order in which calls end. Calls are recorded as they were made and answered; data is shortened to what a trace shows.
 */
import { E, Errno } from '../base/errno.ts';
import { encodeUtf8 } from '../base/utf8.ts';
import type { Call } from '../kernel/call.ts';
import { type FileStatus, OpenFile } from '../kernel/open-file.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { READY } from '../kernel/readiness.ts';
import type { ExitStatus, Process } from '../os/process.ts';
import type { SignalInfo } from '../os/signals.ts';
import type { Thread } from '../os/thread.ts';
import type { TracedValue, TraceRecord } from './sys/trace.ts';

const DATA_SHOWN = 32;
const DEPTH_SHOWN = 4;
const ENTRIES_SHOWN = 64;
const EMPTY = new Uint8Array(0);

export class CallTrace extends OpenFile {
  readonly what = 'a_inode';
  override readonly accessMode = 0;
  private readonly records: Uint8Array[] = [];
  private readonly tracees = new Set<Process>();
  private everTraced = false;

  constructor(
    /** Children of tracees are tracees too. */
    readonly follow: boolean,
    private readonly state: FileStatus,
  ) {
    super();
  }

  readiness(): number {
    return this.records.length > 0 ? READY.IN : this.finished ? READY.IN | READY.HUP : 0;
  }

  /** The last tracee has ended: reading comes to the end of the file. */
  private get finished(): boolean {
    return this.everTraced && this.tracees.size === 0;
  }

  status(): FileStatus {
    return this.state;
  }

  attach(process: Process): void {
    process.tracer = this;
    this.everTraced = true;
    this.tracees.add(process);
  }

  private push(record: TraceRecord): void {
    this.records.push(encodeUtf8(`${JSON.stringify(record)}\n`));
    this.waiters.wake(READY.IN);
  }

  call(thread: Thread, call: Call, outcome: unknown, endNs: number): void {
    // A call that ended its own process was told of as unfinished.
    if (!this.tracees.has(thread.process)) return;
    // Without following, a process's first thread alone is traced, as ptrace(2) has it.
    if (!this.follow && thread.tid !== thread.process.pid) return;
    const failed = outcome instanceof Errno ? outcome : undefined;
    this.push({
      kind: 'call',
      pid: thread.process.pid,
      tid: thread.tid,
      name: call.name,
      args: call.args.map((value) => shown(value, 0)),
      ...(failed === undefined ? { result: shown(outcome, 0) } : { errno: failed.code, text: failed.text }),
      startNs: call.startedAt,
      endNs,
    });
  }

  executed(process: Process, path: string, atNs: number): void {
    const { pid, argv, env } = process;
    this.push({ kind: 'exec', pid, path, argv, environment: env.size, atNs });
  }

  signal(process: Process, info: SignalInfo, atNs: number): void {
    this.push({ kind: 'signal', pid: process.pid, info: { ...info }, atNs });
  }

  exited(process: Process, { code, signal }: ExitStatus, calls: readonly Call[], atNs: number): void {
    for (const { name, args, startedAt } of calls) {
      const traced = args.map((value) => shown(value, 0));
      this.push({ kind: 'unfinished', pid: process.pid, name, args: traced, startNs: startedAt });
    }
    this.push({ kind: 'exit', pid: process.pid, code, signal, atNs });
    this.tracees.delete(process);
    if (this.finished) this.waiters.wake();
  }

  override read(call: Call, length: number): Outcome<Uint8Array> {
    const record = this.records[0];
    if (record === undefined) return this.finished ? EMPTY : this.block(call);
    // Records are read whole, as many as there is room for.
    if (record.length > length) return E.EINVAL;
    this.records.shift();
    return record;
  }

  protected release(): void {
    for (const process of this.tracees) process.tracer = undefined;
    this.tracees.clear();
  }
}

/** A value as JSON holds it: bytes as text of one character per byte, at most 32; functions by their names. */
function shown(value: unknown, depth: number): TracedValue {
  if (value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null)
    return value;
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) {
    return { bytes: String.fromCharCode(...value.subarray(0, DATA_SHOWN)), length: value.length };
  }
  if (typeof value === 'function') return { function: value.name };
  if (depth === DEPTH_SHOWN) return { more: true };
  if (Array.isArray(value)) return value.slice(0, ENTRIES_SHOWN).map((entry) => shown(entry, depth + 1));
  const entries = Object.entries(value as Record<string, unknown>).slice(0, ENTRIES_SHOWN);
  return Object.fromEntries(entries.map(([name, entry]) => [name, shown(entry, depth + 1)]));
}
