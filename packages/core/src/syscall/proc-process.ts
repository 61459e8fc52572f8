/** /proc/<pid>: a process and its threads as proc(5) shows them; what is not simulated (memory, page faults) is zero. */
import { E, Errno } from '../base/errno.ts';
import type { OpenFile } from '../kernel/open-file.ts';
import { type Inode, Symlink, SyntheticDirectory, SyntheticFile } from '../os/files/inode.ts';
import { INFINITY, type Resource } from '../os/limits.ts';
import type { SignalSet } from '../os/pending-signals.ts';
import type { Process } from '../os/process.ts';
import { SIGNALS, type SignalName } from '../os/signals.ts';
import type { Thread } from '../os/thread.ts';
import { Epoll } from '../socket/epoll.ts';
import type { Kernel } from './kernel.ts';
import { O } from './sys/descriptor.ts';

/** USER_HZ is 100. */
export const TICK_NS = 10_000_000;
/** pts/0: major 136, minor 0. */
const TERMINAL_NUMBER = 34_816;

type Entries = ReadonlyMap<string, () => Inode>;

function directoryOf(kernel: Kernel, entries: Entries): SyntheticDirectory {
  return new SyntheticDirectory(kernel, { find: (name) => entries.get(name)?.(), list: () => entries.keys() });
}

export function processDirectory(kernel: Kernel, process: Process): SyntheticDirectory {
  const file = (produce: () => string) => () => new SyntheticFile(kernel, produce);
  const entries: [string, () => Inode][] = [
    ['stat', file(() => statLine(process, process.threads[0], process.cpuNs))],
    ['status', file(() => statusText(process, process.threads[0]))],
    ['cmdline', file(() => (process.exitStatus === undefined ? process.argv.map((word) => `${word}\0`).join('') : ''))],
    ['comm', file(() => `${process.name}\n`)],
    ['environ', file(() => [...process.env].map(([name, value]) => `${name}=${value}\0`).join(''))],
    ['schedstat', file(() => schedstat(process.threads[0]))],
    ['limits', file(() => limitsText(process))],
    ['cwd', () => new Symlink(kernel, process.uid, process.cwd)],
    ['fd', () => descriptorDirectory(kernel, process)],
    ['fdinfo', () => descriptorFlags(kernel, process)],
    ['task', () => taskDirectory(kernel, process)],
  ];
  return directoryOf(kernel, new Map(entries));
}

function taskDirectory(kernel: Kernel, process: Process): SyntheticDirectory {
  const alive = (): Thread[] => process.threads.filter(({ ended }) => !ended);
  return new SyntheticDirectory(kernel, {
    find: (name) => {
      const thread = alive().find(({ tid }) => String(tid) === name);
      return thread === undefined ? undefined : threadDirectory(kernel, process, thread);
    },
    list: () => alive().map(({ tid }) => String(tid)),
  });
}

function threadDirectory(kernel: Kernel, process: Process, thread: Thread): SyntheticDirectory {
  const file = (produce: () => string) => () => new SyntheticFile(kernel, produce);
  return directoryOf(
    kernel,
    new Map([
      ['stat', file(() => statLine(process, thread, thread.cpuNs))],
      ['status', file(() => statusText(process, thread))],
      ['comm', file(() => `${nameOf(process, thread)}\n`)],
      ['schedstat', file(() => schedstat(thread))],
      ['calls', file(() => callsText(thread))],
    ]),
  );
}

function nameOf(process: Process, thread: Thread | undefined): string {
  return thread === undefined || thread.name === '' ? process.name : thread.name;
}

/** What a descriptor points to, as its link in /proc/<pid>/fd says. */
export function linkOf(file: OpenFile): string {
  if (file.openedAs !== '') return file.openedAs;
  const { type, ino } = file.status();
  if (type === 'socket') return `socket:[${ino}]`;
  if (type === 'fifo') return `pipe:[${ino}]`;
  if (file.isTerminal) return '/dev/pts/0';
  if (file instanceof Epoll) return 'anon_inode:[eventpoll]';
  return `anon_inode:[${ino}]`;
}

function descriptorDirectory(kernel: Kernel, process: Process): SyntheticDirectory {
  return new SyntheticDirectory(kernel, {
    find: (name) => {
      const file = /^\d+$/.test(name) ? process.descriptors.get(Number(name)) : E.EBADF;
      return file instanceof Errno ? undefined : new Symlink(kernel, process.uid, linkOf(file));
    },
    list: () => [...process.descriptors.entries()].map(([fd]) => String(fd)),
  });
}

/** /proc/<pid>/fdinfo: the flags with which each descriptor's file is open, in octal. */
function descriptorFlags(kernel: Kernel, process: Process): SyntheticDirectory {
  return new SyntheticDirectory(kernel, {
    find: (name) => {
      const file = /^\d+$/.test(name) ? process.descriptors.get(Number(name)) : E.EBADF;
      if (file instanceof Errno) return undefined;
      const flags = file.accessMode | (file.nonblock ? O.NONBLOCK : 0);
      return new SyntheticFile(kernel, () => `flags:\t0${flags.toString(8)}\nino:\t${file.status().ino}\n`);
    },
    list: () => [...process.descriptors.entries()].map(([fd]) => String(fd)),
  });
}

/** R running or able to, S waiting, T stopped, Z zombie. */
function stateLetter(process: Process, threads: readonly Thread[] = process.threads): string {
  if (process.exitStatus !== undefined) return 'Z';
  if (process.stopped) return 'T';
  return threads.some(({ phase }) => phase === 'turn' || phase === 'working' || phase === 'queued') ? 'R' : 'S';
}

/** The 52 fields of proc_pid_stat(5). */
function statLine(process: Process, thread: Thread | undefined, cpuNs: number): string {
  const { pid, ppid, pgid, terminal, name } = process;
  const task = thread?.task;
  const state = stateLetter(process, thread === undefined ? [] : thread.tid === pid ? process.threads : [thread]);
  const tty = terminal === undefined ? 0 : TERMINAL_NUMBER;
  const foreground = terminal === undefined ? -1 : terminal.foreground;
  const realtime = task?.realtimePriority ?? 0;
  const nice = task?.nice ?? 0;
  const priority = realtime > 0 ? -1 - realtime : 20 + nice;
  const policy = task === undefined || task.schedulingClass === 'other' ? 0 : task.schedulingClass === 'fifo' ? 1 : 2;
  const id = thread === undefined || thread.tid === pid ? pid : thread.tid;
  const shown = thread === undefined || thread.tid === pid ? name : nameOf(process, thread);
  // The first thread counts as long as the process is there, init's too.
  const alive = Math.max(1, process.threads.filter(({ ended }) => !ended).length);
  const fields = [id, `(${shown})`, state, ppid, pgid, pgid, tty, foreground, 0];
  fields.push(0, 0, 0, 0, Math.floor(cpuNs / TICK_NS), 0, 0, 0, priority, nice, alive, 0);
  fields.push(Math.floor(process.startedAt / TICK_NS), 0, 0);
  while (fields.length < 37) fields.push(0);
  fields.push(SIGNALS.SIGCHLD, task?.core?.number ?? task?.lastCore ?? 0, realtime, policy);
  while (fields.length < 52) fields.push(0);
  return `${fields.join(' ')}\n`;
}

const STATE_NAMES = new Map([
  ['R', 'running'],
  ['S', 'sleeping'],
  ['T', 'stopped'],
  ['Z', 'zombie'],
]);

/** A set of signals as sixteen hexadecimal digits: signal 1 is the lowest bit. */
function mask(signals: Iterable<SignalName>): string {
  let bits = 0n;
  for (const signal of signals) bits |= 1n << BigInt(SIGNALS[signal] - 1);
  return bits.toString(16).padStart(16, '0');
}

function statusText(process: Process, thread: Thread | undefined): string {
  const state = stateLetter(process, thread === undefined ? [] : [thread]);
  const { uid, gid, dispositions } = process;
  const blocked: SignalSet = thread?.blocked ?? new Set();
  const having = (ignored: boolean): SignalName[] =>
    [...dispositions].filter(([, how]) => how !== 'default' && (how === 'ignore') === ignored).map(([name]) => name);
  return [
    `Name:\t${nameOf(process, thread)}`,
    `Umask:\t${process.umask.toString(8).padStart(4, '0')}`,
    `State:\t${state} (${STATE_NAMES.get(state)})`,
    `Tgid:\t${process.pid}`,
    `Pid:\t${thread?.tid ?? process.pid}`,
    `PPid:\t${process.ppid}`,
    `Uid:\t${uid}\t${uid}\t${uid}\t${uid}`,
    `Gid:\t${gid}\t${gid}\t${gid}\t${gid}`,
    `Threads:\t${process.threads.filter(({ ended }) => !ended).length}`,
    `SigPnd:\t${mask(thread?.pendingSignals.names() ?? [])}`,
    `ShdPnd:\t${mask(process.pendingSignals.names())}`,
    `SigBlk:\t${mask(blocked)}`,
    `SigIgn:\t${mask(having(true))}`,
    `SigCgt:\t${mask(having(false))}`,
    `voluntary_ctxt_switches:\t${thread?.task.voluntarySwitches ?? 0}`,
    `nonvoluntary_ctxt_switches:\t${thread?.task.involuntarySwitches ?? 0}`,
    '',
  ].join('\n');
}

/** Nanoseconds on a core, nanoseconds in the run queue, turns on a core (sched-stats of the kernel's documentation). */
function schedstat(thread: Thread | undefined): string {
  if (thread === undefined) return '0 0 0\n';
  const { waitNs, voluntarySwitches, involuntarySwitches } = thread.task;
  return `${thread.cpuNs} ${waitNs} ${voluntarySwitches + involuntarySwitches}\n`;
}

/** Ours: what a thread's calls came to (`os/call-usage.ts`). */
function callsText({ usage }: Thread): string {
  const { calls, blocked, wakeups, again, scanned } = usage;
  return `calls:\t${calls}\nblocked:\t${blocked}\nwakeups:\t${wakeups}\nagain:\t${again}\nscanned:\t${scanned}\n`;
}

/** In the kernel's order and words (fs/proc/base.c); those that no host holds are unlimited or at their defaults. */
const LIMIT_ROWS: readonly (readonly [Resource, string, string])[] = [
  ['RLIMIT_CPU', 'Max cpu time', 'seconds'],
  ['RLIMIT_FSIZE', 'Max file size', 'bytes'],
  ['RLIMIT_DATA', 'Max data size', 'bytes'],
  ['RLIMIT_STACK', 'Max stack size', 'bytes'],
  ['RLIMIT_CORE', 'Max core file size', 'bytes'],
  ['RLIMIT_RSS', 'Max resident set', 'bytes'],
  ['RLIMIT_NPROC', 'Max processes', 'processes'],
  ['RLIMIT_NOFILE', 'Max open files', 'files'],
  ['RLIMIT_MEMLOCK', 'Max locked memory', 'bytes'],
  ['RLIMIT_AS', 'Max address space', 'bytes'],
  ['RLIMIT_SIGPENDING', 'Max pending signals', 'signals'],
  ['RLIMIT_NICE', 'Max nice priority', ''],
];

function limitsText({ limits }: Process): string {
  const text = (value: number): string => (value === INFINITY ? 'unlimited' : String(value)).padEnd(20);
  const rows = LIMIT_ROWS.map(([resource, name, unit]) => {
    const { soft, hard } = limits[resource];
    return `${name.padEnd(25)} ${text(soft)} ${text(hard)} ${unit.padEnd(10)}\n`;
  });
  return `${'Limit'.padEnd(25)} ${'Soft Limit'.padEnd(20)} ${'Hard Limit'.padEnd(20)} ${'Units'.padEnd(10)}\n${rows.join('')}`;
}
