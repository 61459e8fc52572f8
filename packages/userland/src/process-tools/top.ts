/**
 * top(1) in batch mode: what the tasks have used of the processors since the last look, most first. Leaves out the load average and memory, which
 * hosts do not simulate, and the interactive screen: `-b` is needed.
 */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { ToolError, tool } from '../coreutils/tool.ts';
import { type Account, nameOf, readUsers } from '../coreutils/users.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { print, readText } from '../lib/stdio.ts';
import { formatTime } from '../lib/strftime.ts';
import { commandOf, readClock, readTasks, type Task, TICKS_PER_SECOND } from './read-proc.ts';

const NS_PER_SECOND = 1_000_000_000;

export const options: ProgramOptions = {
  name: 'top',
  usage: 'top -b [-n looks] [-d seconds] [-p pids] [-H] [-c]',
  options: [
    { names: ['-b', '--batch-mode'], help: 'print and go on: the only mode there is' },
    { names: ['-n', '--iterations'], value: 'looks', help: 'end after so many looks' },
    { names: ['-d', '--delay'], value: 'seconds', help: 'time between two looks, 3 by default' },
    { names: ['-p', '--pid'], value: 'pids', help: 'only these processes' },
    { names: ['-H', '--threads-show'], help: 'threads instead of processes' },
    { names: ['-c', '--cmdline-toggle'], help: 'command lines instead of names' },
  ],
};

/** CPU ticks by task, and of all cores together: busy and in all. */
interface Look {
  readonly tasks: readonly Task[];
  readonly busyTicks: number;
  readonly allTicks: number;
  readonly cores: number;
  readonly upSeconds: number;
}

async function look(sys: Sys, threads: boolean): Promise<Look> {
  const lines = (await readText(sys, '/proc/stat')).split('\n');
  const [user = 0, , , idle = 0] = lines[0]!.split(/\s+/).slice(1).map(Number);
  const cores = lines.filter((line) => /^cpu[0-9]/.test(line)).length;
  const { upSeconds } = await readClock(sys);
  return { tasks: await readTasks(sys, threads), busyTicks: user, allTicks: user + idle, cores, upSeconds };
}

function tenths(value: number): string {
  const rounded = Math.floor(value * 10 + 0.5);
  return `${Math.floor(rounded / 10)}.${rounded % 10}`;
}

function upText(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  const clock =
    hours % 24 > 0
      ? `${String(hours % 24).padStart(2)}:${String(minutes % 60).padStart(2, '0')}`
      : `${minutes % 60} min`;
  return days > 0 ? `${days} day${days > 1 ? 's' : ''}, ${clock}` : clock;
}

function summary(now: Look, before: Look | undefined, wall: number, what: string): string {
  const count = (letter: string): string =>
    String(now.tasks.filter(({ state }) => state === letter).length).padStart(3);
  const all = now.allTicks - (before?.allTicks ?? 0);
  const busy = all === 0 ? 0 : (100 * (now.busyTicks - (before?.busyTicks ?? 0))) / all;
  const share = (value: number): string => tenths(value).padStart(5);
  return [
    `top - ${formatTime('%T', wall)} up ${upText(now.upSeconds)}`,
    `${what}: ${String(now.tasks.length).padStart(3)} total, ${count('R')} running, ${count('S')} sleeping, ${count('T')} stopped, ${count('Z')} zombie`,
    `%Cpu(s):${share(busy)} us,${share(0)} sy,${share(0)} ni,${share(100 - busy)} id,${share(0)} wa,${share(0)} hi,${share(0)} si,${share(0)} st `,
    '',
    '',
  ].join('\n');
}

const COLUMNS = '    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND';

/** Minutes, seconds and hundredths. */
function timePlus(ticks: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${Math.floor(ticks / 6000)}:${two(Math.floor(ticks / TICKS_PER_SECOND) % 60)}.${two(ticks % TICKS_PER_SECOND)}`;
}

function row(task: Task, percent: number, users: readonly Account[], commandLine: boolean): string {
  const user = nameOf(users, task.uid).padEnd(8);
  const priority = task.realtimePriority > 0 ? `-${task.realtimePriority + 1}` : String(task.priority);
  const numbers = `${priority.padStart(3)} ${String(task.nice).padStart(3)}       0      0      0 ${task.state}`;
  const command = commandLine ? commandOf(task) : task.name;
  return `${String(task.tid).padStart(7)} ${user} ${numbers} ${tenths(percent).padStart(5)}   0.0 ${timePlus(task.cpuTicks).padStart(9)} ${command}\n`;
}

function rows(now: Look, before: Look | undefined, users: readonly Account[], commandLine: boolean): string {
  const earlier = new Map(before?.tasks.map(({ tid, cpuTicks }) => [tid, cpuTicks]));
  const ticks = Math.max(1, now.allTicks - (before?.allTicks ?? 0)) / now.cores;
  const used = now.tasks.map((task) => ({
    task,
    percent: (100 * (task.cpuTicks - (earlier.get(task.tid) ?? 0))) / ticks,
  }));
  used.sort((a, b) => b.percent - a.percent || a.task.tid - b.task.tid);
  return used.map(({ task, percent }) => row(task, percent, users, commandLine)).join('');
}

function positive(text: string | undefined, otherwise: number, option: string): number {
  if (text === undefined) return otherwise;
  if (!/^[0-9]+(\.[0-9]+)?$/.test(text)) throw new ToolError(`bad ${option} argument '${text}'`);
  return Number(text);
}

export const main = tool(options, async ({ sys, options: given, operands }) => {
  if (operands.length > 0) throw new ToolError(`unknown option '${operands[0]}'`);
  if (!given.has('-b')) throw new ToolError('only batch mode (-b) is supported; see docs/coverage/top.md');
  const looks = positive(given.value('-n'), Infinity, 'iterations');
  const delayNs = Math.floor(positive(given.value('-d'), 3, 'delay interval') * NS_PER_SECOND);
  const pids = given.values('-p').flatMap((list) => list.split(',').map(Number));
  const users = await readUsers(sys);
  let before: Look | undefined;
  for (let done = 0; done < looks; done++) {
    if (done > 0) {
      await sys.nanosleep(delayNs);
      await print(sys, '\n');
    }
    const all = await look(sys, given.has('-H'));
    const now = pids.length === 0 ? all : { ...all, tasks: all.tasks.filter(({ pid }) => pids.includes(pid)) };
    const wall = Math.floor((await sys.clock_gettime('realtime')) / NS_PER_SECOND);
    const what = given.has('-H') ? 'Threads' : 'Tasks';
    await print(sys, `${summary(now, before, wall, what)}${COLUMNS}\n${rows(now, before, users, given.has('-c'))}`);
    before = now;
  }
  return 0;
});
