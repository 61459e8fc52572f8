/** strace(1): runs a program, or attaches to one, and writes down each call that it makes, as it ends. */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import { SysError } from '@netarium/core/base/errno.ts';
import { decodeUtf8 } from '@netarium/core/base/utf8.ts';
import { SIGNALS, type Sys, type TraceRecord } from '@netarium/core/syscall/sys.ts';
import { findInPath } from '../../coreutils/run-command.ts';
import { ToolError, tool } from '../../coreutils/tool.ts';
import type { ParsedOptions, ProgramOptions } from '../../lib/options.ts';
import { writeAll } from '../../lib/stdio.ts';
import { formatTime } from '../../lib/strftime.ts';
import { callText, linuxName, resultText } from './format.ts';
import { Summary } from './summary.ts';
import { quoted } from './values.ts';

const NS_PER_SECOND = 1_000_000_000;
/** strace lines the equals signs up here. */
const RESULT_COLUMN = 39;
const LARGEST_RECORD = 1 << 20;
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export const options: ProgramOptions = {
  name: 'strace',
  usage: 'strace [-f] [-c] [-e trace=calls] [-t | -tt | -r] [-T] [-o file] {-p pid | command [argument]...}',
  options: [
    { names: ['-f', '--follow-forks'], help: 'children too' },
    { names: ['-p', '--attach'], value: 'pid', help: 'a process that runs already' },
    { names: ['-c', '--summary-only'], help: 'a table of calls at the end' },
    { names: ['-e', '--trace'], value: 'calls', help: 'only these calls; with ! all but these' },
    { names: ['-t'], help: 'the time of day; twice: with microseconds' },
    { names: ['-r', '--relative-timestamps'], help: 'the time since the call before' },
    { names: ['-T', '--syscall-times'], help: 'how long each call took' },
    { names: ['-o', '--output'], value: 'file', help: 'write there, not to standard error' },
  ],
};

interface Settings {
  readonly follow: boolean;
  readonly wallOffsetNs: number;
  readonly stamps: 'none' | 'seconds' | 'microseconds' | 'relative';
  readonly durations: boolean;
  readonly wanted: (name: string) => boolean;
}

/** `trace=read,write`, `read`, `!futex`. */
function selection(text: string | undefined): (name: string) => boolean {
  if (text === undefined) return () => true;
  const list = text.replace(/^trace=/, '');
  if (/^[a-z]+=/.test(list) || list.startsWith('%'))
    throw new ToolError(`unsupported expression '${text}'; see docs/coverage/strace.md`);
  const not = list.startsWith('!');
  const names = new Set(list.replace(/^!/, '').split(','));
  if (names.has('all') || names.has('none')) return () => names.has('all') !== not;
  return (name) => (names.has(name) || names.has(linuxName(name))) !== not;
}

/** Seconds with six decimals. */
function micros(ns: number): string {
  const rounded = Math.floor(ns / 1000);
  return `${Math.floor(rounded / 1e6)}.${String(rounded % 1e6).padStart(6, '0')}`;
}

class Writer {
  private lastNs = -1;
  private readonly seen = new Set<number>();
  private first = -1;

  constructor(
    private readonly sys: Sys,
    private readonly fd: number,
    private readonly settings: Settings,
    private readonly attached: boolean,
  ) {}

  private stamp(atNs: number): string {
    const { stamps, wallOffsetNs } = this.settings;
    if (stamps === 'none') return '';
    const since = this.lastNs < 0 ? 0 : atNs - this.lastNs;
    this.lastNs = atNs;
    if (stamps === 'relative') return `${micros(since).padStart(12)} `;
    const wall = wallOffsetNs + atNs;
    const clock = formatTime('%T', Math.floor(wall / NS_PER_SECOND));
    return stamps === 'seconds' ? `${clock} ` : `${clock}.${micros(wall % NS_PER_SECOND).slice(-6)} `;
  }

  /** What stands before the equals sign is filled up to a column, process number and time included. */
  private async line(pid: number, atNs: number, text: string, result = ''): Promise<void> {
    const several = this.settings.follow && (pid !== this.first || (this.attached && this.seen.size > 1));
    const head = `${several ? `[pid ${String(pid).padStart(5)}] ` : ''}${this.stamp(atNs)}${text}`;
    const line = result === '' ? head : `${head.padEnd(RESULT_COLUMN)} = ${result}`;
    await writeAll(this.sys, this.fd, `${line}\n`);
  }

  /** A process that was not there before is announced, but for the first one of a command. */
  private async meet(pid: number): Promise<void> {
    if (this.seen.has(pid)) return;
    this.seen.add(pid);
    if (this.first < 0) this.first = pid;
    if (this.seen.size > 1) await writeAll(this.sys, this.fd, `strace: Process ${pid} attached\n`);
  }

  async write(record: TraceRecord): Promise<void> {
    // A thread goes by its own number, as strace names everything that it traces.
    const pid = record.kind === 'call' ? record.tid : record.pid;
    await this.meet(pid);
    if (record.kind === 'call') {
      if (!this.settings.wanted(record.name)) return;
      const duration = this.settings.durations ? ` <${micros(record.endNs - record.startNs)}>` : '';
      await this.line(pid, record.startNs, callText(record), `${resultText(record)}${duration}`);
    } else if (record.kind === 'exec') {
      if (!this.settings.wanted('execve')) return;
      const words = record.argv.map((word) => quoted(word)).join(', ');
      await this.line(
        pid,
        record.atNs,
        `execve(${quoted(record.path)}, [${words}], 0x0 /* ${record.environment} vars */)`,
        '0',
      );
    } else if (record.kind === 'signal') await this.line(pid, record.atNs, signalText(record.info));
    else if (record.kind === 'unfinished') {
      if (!this.settings.wanted(record.name)) return;
      const text = callText({ ...record, errno: 'EINTR' });
      await this.line(pid, record.startNs, text, '?');
    } else {
      const how = record.signal === '' ? `exited with ${record.code}` : `killed by ${record.signal}`;
      await this.line(pid, record.atNs, `+++ ${how} +++`);
    }
  }
}

function signalText(info: Extract<TraceRecord, { kind: 'signal' }>['info']): string {
  const { signal, code, pid, uid, status } = info;
  const child =
    status === undefined
      ? ''
      : `, si_status=${code === 'CLD_EXITED' ? status : nameOf(status)}, si_utime=0, si_stime=0`;
  const from = code === 'SI_KERNEL' ? '' : `, si_pid=${pid}, si_uid=${uid}`;
  return `--- ${signal} {si_signo=${signal}, si_code=${code}${from}${child}} ---`;
}

function nameOf(number: number): string {
  return Object.entries(SIGNALS).find(([, value]) => value === number)?.[0] ?? String(number);
}

/** The records of a trace, one JSON text per line. */
async function* records(sys: Sys, trace: number): AsyncGenerator<TraceRecord> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const data = await sys.read(trace, LARGEST_RECORD);
    if (data.length === 0) return;
    parts.push(data);
    if (data.at(-1) !== 10) continue;
    for (const line of decodeUtf8(concatBytes(parts)).split('\n'))
      if (line !== '') yield JSON.parse(line) as TraceRecord;
    parts.length = 0;
  }
}

async function settingsOf(sys: Sys, given: ParsedOptions): Promise<Settings> {
  const stamps = given.has('-r') ? 'relative' : (['none', 'seconds'] as const)[given.count('-t')];
  return {
    follow: given.has('-f'),
    wallOffsetNs: (await sys.clock_gettime('realtime')) - (await sys.clock_gettime('monotonic')),
    stamps: stamps ?? 'microseconds',
    durations: given.has('-T'),
    wanted: selection(given.value('-e')),
  };
}

/** Starts the command with the trace attached from its first call on. */
async function begin(sys: Sys, trace: number, argv: readonly string[]): Promise<number> {
  const name = argv[0]!;
  const path = await findInPath(sys, name, (await sys.getenv()).PATH ?? PATH);
  try {
    return await sys.spawn(path ?? name, argv, { tracer: trace });
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    throw new ToolError(
      path === undefined || error.code === 'ENOENT'
        ? `Can't stat '${name}': ${error.reason.text}`
        : `exec: ${error.reason.text}`,
    );
  }
}

async function attach(sys: Sys, trace: number, pids: readonly string[], out: number): Promise<void> {
  for (const text of pids) {
    if (!/^[0-9]{1,9}$/.test(text)) throw new ToolError(`Invalid process id: '${text}'`);
    try {
      await sys.trace_attach(trace, Number(text));
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      throw new ToolError(`attach: ptrace(PTRACE_SEIZE, ${text}): ${error.reason.text}`);
    }
    await writeAll(sys, out, `strace: Process ${text} attached\n`);
  }
}

/** As strace ends: with the code of the command, or by the same signal. */
async function endLike(sys: Sys, child: number): Promise<number> {
  for (;;) {
    try {
      const end = await sys.waitpid(child);
      if (end?.signal === undefined) return end?.code ?? 0;
      await sys.sigaction(end.signal, 'default').catch(() => undefined);
      await sys.kill(await sys.getpid(), end.signal);
      return 128 + SIGNALS[end.signal];
    } catch (error) {
      if (!(error instanceof SysError && error.code === 'EINTR')) throw error;
    }
  }
}

export const main = tool(
  options,
  async ({ sys, options: given, operands }) => {
    const pids = given.values('-p');
    if (pids.length === 0 && operands.length === 0)
      throw new ToolError("must have PROG [ARGS] or -p PID\nTry 'strace -h' for more information.");
    const settings = await settingsOf(sys, given);
    const file = given.value('-o');
    const out =
      file === undefined ? 2 : await sys.open(file, { write: true, create: true, truncate: true, cloexec: true });
    const trace = await sys.trace_create({ follow: settings.follow });
    await attach(sys, trace, pids, out);
    const child = operands.length > 0 ? await begin(sys, trace, operands) : undefined;
    const summary = given.has('-c') ? new Summary(settings.wanted) : undefined;
    const writer = new Writer(sys, out, settings, child === undefined);
    // Ctrl-C ends the command; strace stays to tell what it did.
    await sys.sigaction('SIGINT', 'ignore');
    for await (const record of records(sys, trace))
      await (summary === undefined ? writer.write(record) : summary.add(record));
    if (summary !== undefined) await writeAll(sys, out, summary.text());
    return child === undefined ? 0 : endLike(sys, child);
  },
  { stopAtOperand: true },
);
