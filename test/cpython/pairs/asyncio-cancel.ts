/** Cancelling: before the first step, at a wait, twice, swallowed, with waits in `finally`, behind a shield, of oneself. */
import { CancelledError } from '@netarium/userland/runtimes/asyncio/errors.ts';
import type { Future } from '@netarium/userland/runtimes/asyncio/future.ts';
import { shield } from '@netarium/userland/runtimes/asyncio/gather.ts';
import type { EventLoop } from '@netarium/userland/runtimes/asyncio/loop.ts';
import { createTask, sleep } from '@netarium/userland/runtimes/asyncio/task.ts';
import { inAsyncio, MS } from '../asyncio-pair.ts';
import type { Pair, Trace } from '../pair.ts';

/** As Python writes a truth value. */
const bool = (value: boolean) => (value ? 'True' : 'False');

async function program(loop: EventLoop, trace: Trace): Promise<void> {
  const sleeper = async (name: string, swallow = false) => {
    trace.at(`${name} begins`);
    try {
      await sleep(loop, 10_000 * MS);
    } catch (error) {
      trace.raised(error, name);
      if (!swallow) throw error;
    } finally {
      await sleep(loop, 0);
      trace.at(`${name} cleaned up`);
    }
    return `${name} swallowed it`;
  };
  const endOf = async (task: Future<string>) => {
    try {
      trace.at(`result: ${await task.wait()}`);
    } catch (error) {
      if (error instanceof CancelledError) trace.raised(error, 'awaiter');
    }
  };
  const never = createTask(loop, () => sleeper('never'));
  trace.at(`cancel before it begins: ${bool(never.cancel())}`);
  await endOf(never);
  const one = createTask(loop, () => sleeper('one'));
  await sleep(loop, 0);
  trace.at(`cancel: ${bool(one.cancel('enough'))}, done: ${bool(one.done)}`);
  await endOf(one);
  trace.at(`cancelled: ${bool(one.cancelled)}, again: ${bool(one.cancel())}`);
  const two = createTask(loop, () => sleeper('two', true));
  await sleep(loop, 0);
  two.cancel();
  trace.at(`cancelling: ${two.cancelling}`);
  await endOf(two);
  trace.at(`cancelled: ${bool(two.cancelled)}`);
  await shielded(loop, trace, endOf);
  loop.task!.cancel();
  try {
    trace.at('still before the next wait');
    await sleep(loop, 0);
  } catch (error) {
    trace.raised(error);
  }
}

async function shielded(loop: EventLoop, trace: Trace, endOf: (task: Future<string>) => Promise<void>): Promise<void> {
  const inner = createTask(loop, async () => {
    await sleep(loop, 10 * MS);
    return 'inner result';
  });
  const guard = shield(loop, inner);
  const outer = createTask(loop, () => endOf(guard));
  await sleep(loop, 0);
  outer.cancel();
  await outer.wait();
  trace.at(`inner cancelled: ${bool(inner.cancelled)}`);
  trace.at(await inner.wait());
}

export default { order: 'total', main: inAsyncio(program) } satisfies Pair;
