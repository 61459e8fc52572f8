/** ps(1): processes as /proc shows them, in the three forms that people type: `ps`, `ps -ef` and `ps aux`. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { type ProgramOptions, parseOptions, UsageError } from '../lib/options.ts';
import { print, printError, readText } from '../lib/stdio.ts';
import { calendarTime, formatTime } from './calendar.ts';
import { type Account, nameOf, readUsers } from './users.ts';

export const options: ProgramOptions = {
  name: 'ps',
  usage: 'ps [-A | -e] [-f] [-p pid] | ps aux',
  options: [
    { names: ['-e', '-A'], help: 'all processes' },
    { names: ['-f'], help: 'the full form' },
    { names: ['-p'], value: 'pid', help: 'only these processes' },
  ],
};

interface Entry {
  readonly pid: number;
  readonly ppid: number;
  readonly pgid: number;
  readonly uid: number;
  readonly state: string;
  readonly name: string;
  readonly command: string;
  /** CPU time and start, in clock ticks (USER_HZ). */
  readonly cpuTicks: number;
  readonly startTicks: number;
}

const TICKS_PER_SECOND = 100;
const NS_PER_SECOND = 1_000_000_000;

async function readEntry(sys: Sys, pid: string): Promise<Entry | undefined> {
  try {
    const stat = await readText(sys, `/proc/${pid}/stat`);
    const status = await readText(sys, `/proc/${pid}/status`);
    const cmdline = (await readText(sys, `/proc/${pid}/cmdline`)).replace(/\0$/, '').replaceAll('\0', ' ');
    // The name stands in parentheses and may hold anything (proc(5)).
    const open = stat.indexOf('(');
    const close = stat.lastIndexOf(')');
    const name = stat.slice(open + 1, close);
    const fields = stat
      .slice(close + 2)
      .trim()
      .split(' ');
    return {
      pid: Number(pid),
      name,
      state: fields[0]!,
      ppid: Number(fields[1]),
      pgid: Number(fields[2]),
      cpuTicks: Number(fields[11]) + Number(fields[12]),
      startTicks: Number(fields[19]),
      uid: Number(/^Uid:\s*(\d+)/m.exec(status)?.[1] ?? 0),
      command: fields[0] === 'Z' ? `[${name}] <defunct>` : cmdline === '' ? `[${name}]` : cmdline,
    };
  } catch (error) {
    // It ended between the listing and the reading.
    if (error instanceof SysError) return undefined;
    throw error;
  }
}

async function readProcesses(sys: Sys): Promise<Entry[]> {
  const out: Entry[] = [];
  for (const { name } of await sys.readdir('/proc')) {
    const entry = /^[0-9]+$/.test(name) ? await readEntry(sys, name) : undefined;
    if (entry !== undefined) out.push(entry);
  }
  return out.sort((a, b) => a.pid - b.pid);
}

function cpuTime(ticks: number): string {
  const seconds = Math.floor(ticks / TICKS_PER_SECOND);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

interface Clock {
  readonly bootSeconds: number;
  readonly upSeconds: number;
}

async function readClock(sys: Sys): Promise<Clock> {
  const upSeconds = Number((await readText(sys, '/proc/uptime')).split(' ')[0]);
  return { upSeconds, bootSeconds: Math.floor((await sys.clock_gettime('realtime')) / NS_PER_SECOND - upSeconds) };
}

function startText(entry: Entry, clock: Clock): string {
  return formatTime('%H:%M', calendarTime(clock.bootSeconds + Math.floor(entry.startTicks / TICKS_PER_SECOND)));
}

function cpuPercent(entry: Entry, clock: Clock): number {
  const seconds = clock.upSeconds - entry.startTicks / TICKS_PER_SECOND;
  return seconds <= 0 ? 0 : Math.min(99.9, entry.cpuTicks / seconds);
}

function fullForm(entries: readonly Entry[], users: readonly Account[], clock: Clock): string {
  const rows = entries.map((entry) => {
    const user = nameOf(users, entry.uid).padEnd(8);
    const cpu = String(Math.floor(cpuPercent(entry, clock))).padStart(2);
    const ids = `${String(entry.pid).padStart(7)} ${String(entry.ppid).padStart(7)}`;
    return `${user} ${ids} ${cpu} ${startText(entry, clock)} ?        ${cpuTime(entry.cpuTicks)} ${entry.command}\n`;
  });
  return `UID          PID    PPID  C STIME TTY          TIME CMD\n${rows.join('')}`;
}

/** Memory is not simulated, so its columns are zero. */
function userForm(entries: readonly Entry[], users: readonly Account[], clock: Clock): string {
  const rows = entries.map((entry) => {
    const user = nameOf(users, entry.uid).padEnd(8);
    const cpu = (Math.floor(cpuPercent(entry, clock) * 10) / 10).toFixed(1).padStart(4);
    const minutes = Math.floor(entry.cpuTicks / TICKS_PER_SECOND / 60);
    const seconds = String(Math.floor(entry.cpuTicks / TICKS_PER_SECOND) % 60).padStart(2, '0');
    const time = `${minutes}:${seconds}`.padStart(6);
    const start = startText(entry, clock);
    return `${user} ${String(entry.pid).padStart(7)} ${cpu}  0.0      0     0 ?        ${entry.state.padEnd(4)} ${start} ${time} ${entry.command}\n`;
  });
  return `USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n${rows.join('')}`;
}

function shortForm(entries: readonly Entry[]): string {
  const rows = entries.map((e) => `${String(e.pid).padStart(7)} ?        ${cpuTime(e.cpuTicks)} ${e.name}\n`);
  return `    PID TTY          TIME CMD\n${rows.join('')}`;
}

export const main: Program = async (sys, argv) => {
  try {
    // BSD's letters come without a dash.
    const bsd = /^[aux]+$/.test(argv[1] ?? '') && argv.length === 2;
    const given = parseOptions(options, bsd ? [] : argv.slice(1));
    if (given.operands.length > 0)
      throw new UsageError(`ps: unsupported argument '${given.operands[0]}'; see docs/coverage/ps.md`);
    let entries = await readProcesses(sys);
    const uid = await sys.getuid();
    const wanted = given.values('-p').flatMap((text) => text.split(',').map(Number));
    if (wanted.length > 0) entries = entries.filter(({ pid }) => wanted.includes(pid));
    else if (!bsd && !given.has('-e')) entries = entries.filter((entry) => entry.uid === uid && entry.pid !== 1);
    else if (bsd && !argv[1]!.includes('a')) entries = entries.filter((entry) => entry.uid === uid);
    const clock = await readClock(sys);
    const users = await readUsers(sys);
    if (bsd) await print(sys, userForm(entries, users, clock));
    else await print(sys, given.has('-f') ? fullForm(entries, users, clock) : shortForm(entries));
    return wanted.length > 0 && entries.length === 0 ? 1 : 0;
  } catch (error) {
    if (error instanceof UsageError) {
      await printError(sys, `${error.message}\n`);
      return 1;
    }
    if (!(error instanceof SysError)) throw error;
    await printError(sys, `ps: cannot read /proc: ${error.reason.text}\n`);
    return 1;
  }
};
