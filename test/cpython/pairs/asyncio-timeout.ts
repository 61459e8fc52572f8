/** wait_for and timeout(): in time, too late, without any time, against a task that swallows its cancellation, nested, cancelled from outside. */
import type { EventLoop } from '@netarium/userland/runtimes/asyncio/loop.ts';
import { createTask, sleep } from '@netarium/userland/runtimes/asyncio/task.ts';
import { timeout, waitFor } from '@netarium/userland/runtimes/asyncio/timeouts.ts';
import { inAsyncio, MS } from '../asyncio-pair.ts';
import type { Pair, Trace } from '../pair.ts';

async function program(loop: EventLoop, trace: Trace): Promise<void> {
  const slow = (name: string) => async () => {
    try {
      await sleep(loop, 10_000 * MS);
    } finally {
      trace.at(`${name} ends`);
    }
  };
  const stubborn = async () => {
    try {
      await sleep(loop, 10_000 * MS);
    } catch {
      trace.at('stubborn goes on');
    }
    return 'stubborn result';
  };
  const attempt = async (name: string, result: Promise<unknown>) => {
    try {
      trace.at(`${name}: ${await result}`);
    } catch (error) {
      trace.raised(error, name);
    }
  };
  const inTime = async () => {
    await sleep(loop, 10 * MS);
    return 'result';
  };
  await attempt('in time', waitFor(loop, inTime, 1000 * MS));
  trace.at('from');
  await attempt('too late', waitFor(loop, slow('slow'), 300 * MS));
  trace.at('to');
  await attempt('no time', waitFor(loop, slow('never begins'), 0));
  await attempt('stubborn', waitFor(loop, stubborn, 10 * MS));
  trace.at('from 2');
  await attempt('scope', timeout(loop, 150 * MS, slow('scoped')));
  trace.at('to 2');
  const nested = timeout(loop, 10 * MS, () => timeout(loop, 1000 * MS, slow('inner scope')));
  await attempt('outer scope', nested);
  const task = createTask(loop, () => attempt('cancelled', waitFor(loop, slow('inner'), 1000 * MS)));
  await sleep(loop, 10 * MS);
  task.cancel();
  await task.wait();
}

export default {
  order: 'total',
  main: inAsyncio(program),
  ratios: [{ name: '300 ms over 150 ms', of: ['from', 'to'], to: ['from 2', 'to 2'] }],
} satisfies Pair;
