/** The columns that ps can show: header, width and value of each, as procps has them (ps(1), "Standard format specifiers"). */
import { type Account, nameOf } from '../coreutils/users.ts';
import { formatTime } from '../lib/strftime.ts';
import {
  type BootClock,
  bsdState,
  commandOf,
  cpuPercent,
  type Task,
  TICKS_PER_SECOND,
  terminalName,
} from './read-proc.ts';

export interface Shown {
  readonly clock: BootClock;
  readonly users: readonly Account[];
  readonly groups: readonly Account[];
}

export interface Column {
  readonly header: string;
  readonly width: number;
  readonly align: 'left' | 'right';
  readonly value: (task: Task, shown: Shown) => string;
}

const right = (header: string, width: number, value: Column['value']): Column => ({
  header,
  width,
  align: 'right',
  value,
});
const left = (header: string, width: number, value: Column['value']): Column => ({
  header,
  width,
  align: 'left',
  value,
});

const two = (value: number): string => String(value).padStart(2, '0');

/** [dd-]hh:mm:ss */
function longTime(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const clock = `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return days > 0 ? `${two(days)}-${clock}` : clock;
}

/** [[dd-]hh:]mm:ss */
function elapsedTime(seconds: number): string {
  const text = longTime(seconds);
  return seconds < 3600 ? text.slice(3) : text;
}

const cpuSeconds = (task: Task): number => Math.floor(task.cpuTicks / TICKS_PER_SECOND);
const elapsed = (task: Task, { clock }: Shown): number =>
  Math.max(0, Math.floor(clock.upSeconds - task.startTicks / TICKS_PER_SECOND));

/** Hours and minutes of the start, or month and day where that was more than a day ago. */
function startText(task: Task, { clock }: Shown): string {
  const at = clock.bootSeconds + Math.floor(task.startTicks / TICKS_PER_SECOND);
  return formatTime(elapsed(task, { clock, users: [], groups: [] }) < 86_400 ? '%H:%M' : '%b%d', at);
}

/** One decimal, at most 99.9. */
function percentText(percent: number): string {
  const tenths = Math.min(999, Math.floor(percent * 10));
  return `${Math.floor(tenths / 10)}.${tenths % 10}`;
}

const POLICIES = ['TS', 'FF', 'RR'] as const;
const commandName = ({ name }: Task): string => name;
const user = (task: Task, { users }: Shown): string => nameOf(users, task.uid);
/** Memory is not simulated. */
const none = (): string => '0';

export const COLUMNS: ReadonlyMap<string, Column> = new Map([
  ['pid', right('PID', 7, ({ pid }) => String(pid))],
  ['tgid', right('TGID', 7, ({ pid }) => String(pid))],
  ['ppid', right('PPID', 7, ({ ppid }) => String(ppid))],
  ['pgid', right('PGID', 7, ({ pgid }) => String(pgid))],
  ['pgrp', right('PGRP', 7, ({ pgid }) => String(pgid))],
  ['lwp', right('LWP', 7, ({ tid }) => String(tid))],
  ['tid', right('TID', 7, ({ tid }) => String(tid))],
  ['spid', right('SPID', 7, ({ tid }) => String(tid))],
  ['nlwp', right('NLWP', 4, ({ threads }) => String(threads))],
  ['thcount', right('THCNT', 5, ({ threads }) => String(threads))],
  ['uid', right('UID', 5, ({ uid }) => String(uid))],
  ['euid', right('EUID', 5, ({ uid }) => String(uid))],
  ['ruid', right('RUID', 5, ({ uid }) => String(uid))],
  ['user', left('USER', 8, user)],
  ['euser', left('EUSER', 8, user)],
  ['ruser', left('RUSER', 8, user)],
  ['uname', left('USER', 8, user)],
  ['group', left('GROUP', 8, (task, { groups }) => nameOf(groups, task.gid))],
  ['stat', left('STAT', 4, bsdState)],
  ['s', left('S', 1, ({ state }) => state)],
  ['state', left('S', 1, ({ state }) => state)],
  ['comm', left('COMMAND', 15, commandName)],
  ['ucmd', left('CMD', 15, commandName)],
  ['ucomm', left('COMMAND', 15, commandName)],
  ['args', left('COMMAND', 27, commandOf)],
  ['command', left('COMMAND', 27, commandOf)],
  ['cmd', left('CMD', 27, commandOf)],
  ['ni', right('NI', 3, ({ nice }) => String(nice))],
  ['nice', right('NI', 3, ({ nice }) => String(nice))],
  // 19 less the kernel's value above 20: a larger number is a higher priority (ps(1), pri).
  ['pri', right('PRI', 3, ({ priority }) => String(39 - priority))],
  ['priority', right('PRI', 3, ({ priority }) => String(priority))],
  ['rtprio', right('RTPRIO', 6, ({ realtimePriority: p }) => (p === 0 ? '-' : String(p)))],
  ['cls', right('CLS', 3, ({ policy }) => POLICIES[policy] ?? '?')],
  ['class', right('CLS', 3, ({ policy }) => POLICIES[policy] ?? '?')],
  ['psr', right('PSR', 3, ({ core }) => String(core))],
  ['pcpu', right('%CPU', 4, (task, { clock }) => percentText(cpuPercent(task, clock)))],
  ['%cpu', right('%CPU', 4, (task, { clock }) => percentText(cpuPercent(task, clock)))],
  ['c', right('C', 2, (task, { clock }) => String(Math.min(99, Math.floor(cpuPercent(task, clock)))))],
  ['time', right('TIME', 8, (task) => longTime(cpuSeconds(task)))],
  ['cputime', right('TIME', 8, (task) => longTime(cpuSeconds(task)))],
  ['bsdtime', right('TIME', 6, (task) => `${Math.floor(cpuSeconds(task) / 60)}:${two(cpuSeconds(task) % 60)}`)],
  ['etime', right('ELAPSED', 11, (task, shown) => elapsedTime(elapsed(task, shown)))],
  ['etimes', right('ELAPSED', 7, (task, shown) => String(elapsed(task, shown)))],
  ['stime', right('STIME', 5, startText)],
  ['bsdstart', right('START', 6, startText)],
  ['start_time', right('START', 5, startText)],
  ['tty', left('TT', 8, terminalName)],
  ['tt', left('TT', 8, terminalName)],
  ['tname', left('TTY', 8, terminalName)],
  ['pmem', right('%MEM', 4, () => '0.0')],
  ['%mem', right('%MEM', 4, () => '0.0')],
  ['vsz', right('VSZ', 6, none)],
  ['rss', right('RSS', 5, none)],
  ['sz', right('SZ', 5, none)],
]);

/** Columns of the usual forms that differ from those that a user asks for by name. */
export const UID_NAME = left('UID', 8, user);
export const SHORT_COMMAND = left('CMD', 27, commandName);

/** A table as ps prints it: the last column as long as it is. */
export function table(columns: readonly Column[], tasks: readonly Task[], shown: Shown, headers: boolean): string {
  const last = columns.length - 1;
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => {
        const { width, align } = columns[at]!;
        if (align === 'right') return cell.padStart(width);
        return at === last ? cell : cell.padEnd(width);
      })
      .join(' ');
  const rows = tasks.map((task) => `${line(columns.map(({ value }) => value(task, shown)))}\n`);
  return `${headers ? `${line(columns.map(({ header }) => header))}\n` : ''}${rows.join('')}`;
}
