/** A task group: waits for its tasks; one failure cancels the siblings and the body; all failures come out together. */
import { sleep } from '@netarium/userland/runtimes/asyncio/task.ts';
import { type ExceptionGroup, TaskGroup } from '@netarium/userland/runtimes/asyncio/task-group.ts';
import { inAsyncio, MS } from '../asyncio-pair.ts';
import { KeyError, type Pair, ValueError } from '../pair.ts';

export default {
  order: 'total',
  main: inAsyncio(async (loop, trace) => {
    const fails = (ms: number, message: string) => async () => {
      await sleep(loop, ms * MS);
      throw new ValueError(message);
    };
    const sleeper = async (name: string) => {
      try {
        await sleep(loop, 10_000 * MS);
      } finally {
        trace.at(`${name} ends`);
      }
    };
    const careless = async () => {
      await sleep(loop, 10_000 * MS).catch(() => {});
      throw new KeyError('second');
    };
    const failure = (group: Promise<void>) => group.catch((error: ExceptionGroup) => error) as Promise<ExceptionGroup>;
    const results: string[] = [];
    await TaskGroup.with(loop, async (group) => {
      group.createTask(() => sleep(loop, 10 * MS)).addDoneCallback(() => void results.unshift('one'));
      group.createTask(() => sleep(loop, 0)).addDoneCallback(() => void results.push('two'));
    });
    trace.at(results.join(' '));
    const both = await failure(
      TaskGroup.with(loop, async (group) => {
        group.createTask(fails(5, 'first'));
        group.createTask(() => sleeper('sibling'));
        group.createTask(careless);
        await sleeper('body');
      }),
    );
    for (const error of both.exceptions) if (error instanceof ValueError) trace.raised(error);
    trace.at(`${both.exceptions.filter((error) => error instanceof KeyError).length} KeyError`);
    const own = await failure(
      TaskGroup.with(loop, async (group) => {
        group.createTask(() => sleeper('child'));
        await sleep(loop, 0);
        throw new ValueError('in the body');
      }),
    );
    trace.at(`${own.name}: ${own.message}`);
  }),
} satisfies Pair;
