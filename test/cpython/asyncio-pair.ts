/** The frame of the asyncio pairs: one coroutine under `asyncio.run`. */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import type { EventLoop } from '@netarium/userland/runtimes/asyncio/loop.ts';
import { run } from '@netarium/userland/runtimes/asyncio/run.ts';
import type { Pair, Trace } from './pair.ts';

export const MS = 1_000_000;

export function inAsyncio(program: (loop: EventLoop, trace: Trace, sys: Sys) => Promise<void>): Pair['main'] {
  return (trace) => async (sys) => {
    await run(sys, (loop) => program(loop, trace, sys));
    return 0;
  };
}
