/** What nobody else would hear of: an exception in a callback, and one of a task that nobody retrieved. */
import { repr } from '@netarium/userland/runtimes/asyncio/errors.ts';
import type { ErrorContext } from '@netarium/userland/runtimes/asyncio/loop.ts';
import { run } from '@netarium/userland/runtimes/asyncio/run.ts';
import { createTask, sleep } from '@netarium/userland/runtimes/asyncio/task.ts';
import { KeyError, type Pair, ValueError } from '../pair.ts';

export default {
  order: 'total',
  main: (trace) => async (sys) => {
    const heard = ({ message, error, future }: ErrorContext) => {
      trace.at(`heard: ${message}, ${repr(error ?? future?.exception())}`);
    };
    const fails = async () => {
      throw new ValueError('lost');
    };
    await run(
      sys,
      async (loop) => {
        loop.callSoon(function broken() {
          throw new KeyError();
        });
        loop.callSoon(() => trace.at('the loop goes on'));
        const task = createTask(loop, fails);
        await sleep(loop, 0);
        await sleep(loop, 0);
        trace.at(`done ${task.done ? 'True' : 'False'}`);
        const retrieved = createTask(loop, fails);
        await sleep(loop, 0);
        trace.at(`asked: ${repr(retrieved.exception())}`);
      },
      { exceptionHandler: heard },
    );
    return 0;
  },
} satisfies Pair;
