/** wait, jobs, kill, and what there is instead of job control: fg and bg find no job that they could move. */
import { SysError } from '@netarium/core/base/errno.ts';
import { ShellError } from '../errors.ts';
import { errorText, type Job, type Shell } from '../shell.ts';
import { parseSignal, signalName, signalNames, signalNumber } from '../signals.ts';
import { findJob, reapJobs, waitForJob } from '../wait.ts';
import { parseLetters } from './options.ts';
import type { Builtin } from './types.ts';

export const waitBuiltin: Builtin = async ({ shell, args }) => {
  const jobs: (Job | undefined)[] = args.length === 0 ? [...shell.jobs] : args.map((arg) => named(shell, arg));
  let status = 0;
  for (const job of jobs) {
    if (job === undefined) {
      status = 127;
      continue;
    }
    const ended = await waitForJob(shell, job);
    // POSIX 2.11: a trapped signal ends the wait with a status over 128.
    if (ended === undefined) return 128 + signalNumber(shell.pending[0]!);
    status = args.length === 0 ? 0 : ended;
  }
  if (args.length === 0) shell.jobs = [];
  return status;
};

function named(shell: Shell, text: string): Job | undefined {
  if (!text.startsWith('%') && !/^[0-9]+$/.test(text)) throw new ShellError(`Illegal number: ${text}`);
  const job = findJob(shell, text);
  if (job === undefined && text.startsWith('%')) throw new ShellError(`No such job: ${text}`);
  return job;
}

export const jobsBuiltin: Builtin = async ({ shell, args }) => {
  const { letters } = parseLetters(args, 'lp');
  await reapJobs(shell);
  for (const [index, job] of shell.jobs.entries()) {
    if (letters.has('p')) {
      await shell.write(`${job.pid}\n`);
      continue;
    }
    const mark = index === shell.jobs.length - 1 ? '+' : index === shell.jobs.length - 2 ? '-' : ' ';
    const pid = letters.has('l') ? `${job.pid} ` : '';
    await shell.write(`[${job.number}] ${mark} ${pid}${stateOf(job).padEnd(27)}\n`);
  }
  shell.jobs = shell.jobs.filter((job) => job.status === undefined);
  return 0;
};

function stateOf(job: Job): string {
  if (job.status === undefined) return 'Running';
  return job.status === 0 ? 'Done' : `Done(${job.status})`;
}

/** Without job control there is no current job to move. */
export const noJobControl: Builtin = () => {
  throw new ShellError('No current job');
};

const KILL_USAGE = 'Usage: kill [-s sigspec | -signum | -sigspec] [pid | job]... or\nkill -l [exitstatus]';

export const killBuiltin: Builtin = async ({ shell, args }) => {
  const first = args[0];
  if (first === undefined) throw new ShellError(KILL_USAGE);
  if (first === '-l') return listSignals(shell, args.slice(1));
  const { signal, targets } = parseKill(args);
  if (targets.length === 0) throw new ShellError(KILL_USAGE);
  let status = 0;
  for (const target of targets) {
    try {
      await shell.sys.kill(targetPid(shell, target), signal);
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      await shell.complain(`${errorText(error)}\n`);
      status = 1;
    }
  }
  return status;
};

function parseKill(args: readonly string[]) {
  const first = args[0]!;
  if (first === '--' || !/^-./.test(first)) {
    return { signal: 'SIGTERM' as const, targets: first === '--' ? args.slice(1) : args };
  }
  const separate = first === '-s';
  const text = separate ? (args[1] ?? '') : first.slice(first.startsWith('-s') && first.length > 2 ? 2 : 1);
  const signal = parseSignal(text);
  if (signal === undefined) {
    throw new ShellError(separate ? `invalid signal number or name: ${text}` : `Illegal option -${text[0]}`);
  }
  const targets = args.slice(separate ? 2 : 1);
  return { signal, targets: targets[0] === '--' ? targets.slice(1) : targets };
}

function targetPid(shell: Shell, text: string): number {
  if (text.startsWith('%')) {
    const job = findJob(shell, text);
    if (job === undefined) throw new ShellError(`No such job: ${text}`);
    return job.pid;
  }
  if (!/^-?[0-9]{1,10}$/.test(text)) throw new ShellError(`Illegal number: ${text}`);
  return Number(text);
}

async function listSignals(shell: Shell, args: readonly string[]): Promise<number> {
  if (args[0] === undefined) {
    await shell.write(['0', ...signalNames()].map((name) => `${name}\n`).join(''));
    return 0;
  }
  if (!/^[0-9]+$/.test(args[0])) throw new ShellError(`Illegal number: ${args[0]}`);
  const number = Number(args[0]);
  const name = signalName(number > 128 ? number - 128 : number);
  if (name === undefined) throw new ShellError(`invalid signal number or exit status: ${args[0]}`);
  await shell.write(`${name}\n`);
  return 0;
}
