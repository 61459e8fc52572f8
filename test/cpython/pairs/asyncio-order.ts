/** The ready queue: first in, first out; tasks begin when their maker waits; timers come after what is ready. */
import type { EventLoop } from '@netarium/userland/runtimes/asyncio/loop.ts';
import { createTask, sleep } from '@netarium/userland/runtimes/asyncio/task.ts';
import { inAsyncio } from '../asyncio-pair.ts';
import type { Pair, Trace } from '../pair.ts';

async function program(loop: EventLoop, trace: Trace): Promise<void> {
  const work = async (name: string) => {
    trace.at(`${name} begins`);
    await sleep(loop, 0);
    trace.at(`${name} goes on`);
    return name;
  };
  await loop.callLater(0, () => trace.at('timer'));
  loop.callSoon(() => trace.at('soon 1'));
  const tasks = ['a', 'b', 'c'].map((name) => createTask(loop, () => work(name)));
  loop.callSoon(() => trace.at('soon 2'));
  trace.at('made');
  for (const task of tasks.reverse()) trace.at(`${await task.wait()} ends`);
  loop.callSoon(() => trace.at('soon 3'));
  trace.at('before a bare yield');
  await sleep(loop, 0);
  trace.at('after it');
}

export default { order: 'total', main: inAsyncio(program) } satisfies Pair;
