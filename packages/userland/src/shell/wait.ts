/** Waiting for processes: exit statuses as shells count them, and the job list. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { Signal, WaitResult } from '@netarium/core/syscall/sys.ts';
import type { Job, Shell } from './shell.ts';
import { describeSignal, signalNumber } from './signals.ts';

/** `$?` of a process that ended: its exit code, or 128 and the signal's number. */
function statusOf(result: WaitResult): number {
  return result.signal === undefined ? (result.code ?? 0) : 128 + signalNumber(result.signal);
}

/** Waits for a process and answers its status. Signals that arrive meanwhile are looked at afterwards, as POSIX 2.11 says. */
export async function waitForProcess(shell: Shell, pid: number): Promise<number> {
  for (;;) {
    try {
      const result = await shell.sys.waitpid(pid);
      if (result === undefined) continue;
      if (result.signal !== undefined) await announce(shell, result.signal);
      return statusOf(result);
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      if (error.code === 'EINTR') continue;
      if (error.code === 'ECHILD') return 127;
      throw error;
    }
  }
}

/** A shell says so when a signal ended its child; the user knows about Ctrl-C, and a broken pipe is nothing to speak of. */
async function announce(shell: Shell, signal: Signal): Promise<void> {
  if (signal === 'SIGPIPE' || signal === 'SIGINT') return;
  await shell.write(`${describeSignal(signal)}\n`, 2);
}

/** Waits until a job has ended. Answers undefined when a trapped signal came first. */
export async function waitForJob(shell: Shell, job: Job): Promise<number | undefined> {
  while (job.status === undefined) {
    if (shell.pending.length > 0) return undefined;
    const pid = job.running[0]!;
    try {
      const result = await shell.sys.waitpid(pid);
      if (result === undefined) continue;
      if (result.signal !== undefined) await announce(shell, result.signal);
      noteEnd(job, pid, statusOf(result));
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      if (error.code === 'ECHILD') noteEnd(job, pid, 127);
      else if (error.code !== 'EINTR') throw error;
    }
  }
  return job.status;
}

function noteEnd(job: Job, pid: number, status: number): void {
  job.running.splice(job.running.indexOf(pid), 1);
  if (pid === job.pid) job.lastStatus = status;
  if (job.running.length === 0) job.status = job.lastStatus;
}

/** Notes which background processes have ended, without waiting. */
export async function reapJobs(shell: Shell): Promise<void> {
  for (const job of shell.jobs) {
    for (const pid of [...job.running]) {
      try {
        const result = await shell.sys.waitpid(pid, { nohang: true });
        if (result !== undefined) noteEnd(job, pid, statusOf(result));
      } catch (error) {
        if (!(error instanceof SysError)) throw error;
        noteEnd(job, pid, 127);
      }
    }
  }
}

export function addJob(shell: Shell, pids: readonly number[]): Job {
  const number = shell.jobs.reduce((highest, job) => Math.max(highest, job.number), 0) + 1;
  const job: Job = { number, pid: pids.at(-1)!, running: [...pids], status: undefined, lastStatus: 0 };
  shell.jobs.push(job);
  return job;
}

/** `%1`, `%%`, `%+`, or a process id. */
export function findJob(shell: Shell, text: string): Job | undefined {
  if (text === '%%' || text === '%+' || text === '%') return shell.jobs.at(-1);
  if (text === '%-') return shell.jobs.at(-2);
  if (text.startsWith('%')) return shell.jobs.find((job) => job.number === Number(text.slice(1)));
  return shell.jobs.find((job) => job.pid === Number(text));
}
