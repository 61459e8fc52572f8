/** What /proc tells of processes and threads (proc(5)): the one reader that ps, top, pstree and lsof share. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { readText } from '../lib/stdio.ts';

export const TICKS_PER_SECOND = 100;
const NS_PER_SECOND = 1_000_000_000;

export interface Task {
  readonly pid: number;
  /** Thread id; the process's own for the process as a whole. */
  readonly tid: number;
  readonly ppid: number;
  readonly pgid: number;
  readonly uid: number;
  readonly gid: number;
  /** R, S, T or Z. */
  readonly state: string;
  readonly name: string;
  /** The words of its command line; none for a zombie. */
  readonly argv: readonly string[];
  /** Terminal by its device number, 0 for none; the group in its foreground. */
  readonly terminal: number;
  readonly foreground: number;
  readonly priority: number;
  readonly nice: number;
  readonly realtimePriority: number;
  /** 0 SCHED_OTHER, 1 SCHED_FIFO, 2 SCHED_RR. */
  readonly policy: number;
  readonly threads: number;
  readonly core: number;
  /** CPU time and start, in clock ticks (USER_HZ). */
  readonly cpuTicks: number;
  readonly startTicks: number;
}

/** Undefined where the process ended between the listing and the reading. */
async function whileThere<T>(reading: () => Promise<T>): Promise<T | undefined> {
  try {
    return await reading();
  } catch (error) {
    if (error instanceof SysError) return undefined;
    throw error;
  }
}

async function readTask(sys: Sys, pid: number, directory: string): Promise<Task> {
  const stat = await readText(sys, `${directory}/stat`);
  const status = await readText(sys, `${directory}/status`);
  const cmdline = await readText(sys, `/proc/${pid}/cmdline`);
  // The name stands in parentheses and may hold anything (proc(5)).
  const close = stat.lastIndexOf(')');
  const name = stat.slice(stat.indexOf('(') + 1, close);
  const rest = stat
    .slice(close + 2)
    .trim()
    .split(' ');
  // Fields are counted from 1, and the third is the first here.
  const field = (number: number): number => Number(rest[number - 3]);
  const id = (key: string): number => Number(new RegExp(`^${key}:\\s*(\\d+)`, 'm').exec(status)?.[1] ?? 0);
  return {
    pid,
    tid: Number(stat.slice(0, stat.indexOf(' '))),
    name,
    argv: cmdline === '' ? [] : cmdline.replace(/\0$/, '').split('\0'),
    state: rest[0]!,
    ppid: field(4),
    pgid: field(5),
    terminal: field(7),
    foreground: field(8),
    cpuTicks: field(14) + field(15),
    priority: field(18),
    nice: field(19),
    threads: field(20),
    startTicks: field(22),
    core: field(39),
    realtimePriority: field(40),
    policy: field(41),
    uid: id('Uid'),
    gid: id('Gid'),
  };
}

function numbersIn(names: readonly { readonly name: string }[]): number[] {
  return names.flatMap(({ name }) => (/^[0-9]+$/.test(name) ? [Number(name)] : [])).sort((a, b) => a - b);
}

/** All processes, by number; with `threads` each thread of theirs instead. */
export async function readTasks(sys: Sys, threads = false): Promise<Task[]> {
  const found: Task[] = [];
  for (const pid of numbersIn(await sys.readdir('/proc'))) {
    const tids = threads ? await whileThere(async () => numbersIn(await sys.readdir(`/proc/${pid}/task`))) : undefined;
    const paths =
      tids === undefined || tids.length === 0 ? [`/proc/${pid}`] : tids.map((tid) => `/proc/${pid}/task/${tid}`);
    for (const path of paths) {
      const task = await whileThere(() => readTask(sys, pid, path));
      if (task !== undefined) found.push(task);
    }
  }
  return found;
}

export interface BootClock {
  /** Seconds since the Unix epoch at which the host started. */
  readonly bootSeconds: number;
  readonly upSeconds: number;
}

export async function readClock(sys: Sys): Promise<BootClock> {
  const upSeconds = Number((await readText(sys, '/proc/uptime')).split(' ')[0]);
  return { upSeconds, bootSeconds: Math.floor((await sys.clock_gettime('realtime')) / NS_PER_SECOND - upSeconds) };
}

/** Per cent of one core since the start. */
export function cpuPercent(task: Task, { upSeconds }: BootClock): number {
  const seconds = upSeconds - task.startTicks / TICKS_PER_SECOND;
  return seconds <= 0 ? 0 : task.cpuTicks / seconds;
}

/** The command line as ps shows it: a zombie's name in brackets. */
export function commandOf(task: Task): string {
  if (task.state === 'Z') return `[${task.name}] <defunct>`;
  return task.argv.length === 0 ? `[${task.name}]` : task.argv.join(' ');
}

/** The state letter with BSD's additions: `<` and `N` for a nice value, `l` for threads, `+` for the foreground of a terminal. */
export function bsdState(task: Task): string {
  const { state, nice, threads, pgid, foreground } = task;
  return `${state}${nice < 0 ? '<' : nice > 0 ? 'N' : ''}${threads > 1 ? 'l' : ''}${foreground === pgid ? '+' : ''}`;
}

/** `pts/0`, or a question mark. */
export function terminalName(task: Task): string {
  return task.terminal === 0 ? '?' : `pts/${task.terminal & 0xff}`;
}
