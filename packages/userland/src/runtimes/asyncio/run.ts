/** `asyncio.run`: a loop for one coroutine; what other tasks are left over when it ends are cancelled and waited for. */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { gather } from './gather.ts';
import { EventLoop, type LoopOptions } from './loop.ts';

export async function run<T>(sys: Sys, main: (loop: EventLoop) => Promise<T>, options: LoopOptions = {}): Promise<T> {
  const loop = await EventLoop.create(sys, options);
  try {
    return await loop.runUntilComplete(() => main(loop));
  } finally {
    await cancelAllTasks(loop);
    await loop.close();
  }
}

async function cancelAllTasks(loop: EventLoop): Promise<void> {
  const left = [...loop.tasks];
  if (left.length === 0) return;
  for (const task of left) task.cancel();
  await loop.runUntilComplete(gather(loop, left, { returnExceptions: true }));
  for (const task of left) {
    const error = task.cancelled ? undefined : task.exception();
    if (error === undefined) continue;
    const message = 'unhandled exception during asyncio.run() shutdown';
    await loop.callExceptionHandler({ message, error, future: task });
  }
}
