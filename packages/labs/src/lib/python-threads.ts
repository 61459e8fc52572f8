/** What the labs of threads and processes do over and over: start so many, wait for all; run a program that may hang. */
import type { Text } from '@netarium/core/check/lab.ts';
import type { Finished, HostControl, LabTools } from '@netarium/core/check/lab-context.ts';
import { exceptionLine } from '@netarium/userland/runtimes/exceptions.ts';
import { Process } from '@netarium/userland/runtimes/multiprocessing/process.ts';
import type { Python } from '@netarium/userland/runtimes/threading/python.ts';
import type { Passable } from '@netarium/userland/runtimes/threading/shared.ts';
import { Thread } from '@netarium/userland/runtimes/threading/thread.ts';
import { narrateUntil } from './narrate.ts';

/** One start of an entry: its name as a thread or process, and its arguments. */
export interface Start {
  readonly target: string;
  readonly args: readonly Passable[];
  readonly name?: string;
  readonly daemon?: boolean;
}

export async function startThreads(py: Python, starts: readonly Start[]): Promise<Thread[]> {
  const threads: Thread[] = [];
  for (const start of starts) threads.push(await Thread.create(py, start));
  for (const thread of threads) await thread.start();
  return threads;
}

export async function startProcesses(py: Python, starts: readonly Start[]): Promise<Process[]> {
  const processes: Process[] = [];
  for (const start of starts) processes.push(await Process.create(py, start));
  for (const process of processes) await process.start();
  return processes;
}

export async function joinAll(all: readonly { join(): Promise<void> }[]): Promise<void> {
  for (const one of all) await one.join();
}

/** `Class: text` of what the body raises, or `no error`. */
export async function errorOf(body: () => Promise<unknown>): Promise<string> {
  try {
    await body();
    return 'no error';
  } catch (error) {
    return exceptionLine(error as Error);
  }
}

/** A finished program, or one that was ended because it hung. */
export interface Ran extends Finished {
  readonly hung: boolean;
  readonly lines: readonly string[];
}

/** Tells a program's output as it comes; ends it with all its kin where it still runs after `limit`. */
export async function runToEnd(
  tools: LabTools,
  host: HostControl,
  command: string,
  about: Text,
  limit = '20s',
): Promise<Ran> {
  const { finished, hung } = await narrateUntil(tools, host, command, about, limit);
  return { ...finished, hung, lines: finished.stdout.split('\n').filter((line) => line !== '') };
}
