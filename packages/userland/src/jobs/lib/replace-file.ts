/** A file that is there whole or not at all: written under a temporary name beside it, then renamed. What fails, or is interrupted (Ctrl-C), leaves nothing behind. */
import type { Signal, SignalAction, Sys } from '@netarium/core/syscall/sys.ts';
import { errnoOf } from '../../lib/failure.ts';
import { at, openAt } from './place.ts';

export const PART = '.part';
const ENDING: readonly Signal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Answers what `fill` answers. A failing call is a `ToolError` that names the file. */
export async function replaceFile<T>(sys: Sys, path: string, fill: (fd: number) => Promise<T>): Promise<T> {
  const temporary = path + PART;
  const fd = await openAt(sys, temporary, { write: true, create: true, truncate: true, cloexec: true });
  const before = await catching(sys, temporary);
  try {
    const filled = await at(path, fill(fd));
    await sys.close(fd);
    await at(path, sys.rename(temporary, path));
    return filled;
  } catch (error) {
    // Whether it was closed, or renamed already: the failure that is told is the first one.
    await sys.close(fd).catch(errnoOf);
    await sys.unlink(temporary).catch(errnoOf);
    throw error;
  } finally {
    for (const [signal, action] of before) await sys.sigaction(signal, action);
  }
}

/** Signals that end the process tidy up first. Who started it with one of them ignored (nohup(1)) wants it to go on. */
async function catching(sys: Sys, temporary: string): Promise<ReadonlyMap<Signal, SignalAction>> {
  const before = new Map<Signal, SignalAction>();
  for (const signal of ENDING) {
    const action = await sys.sigaction(signal);
    if (action === 'ignore') continue;
    before.set(signal, action);
    await sys.sigaction(signal, { handler: (inner) => interrupted(inner, signal, temporary) });
  }
  return before;
}

/** Tidies up, and dies of the signal after all, so that whoever waits for this process sees why it ended. */
async function interrupted(sys: Sys, signal: Signal, temporary: string): Promise<void> {
  await sys.unlink(temporary).catch(errnoOf);
  await sys.sigaction(signal, 'default');
  await sys.kill(await sys.getpid(), signal);
}
