/** wait with its three ends and a time-out, which cancels nothing; as_completed by end. */
import { asCompleted, type WaitOptions, wait } from '@netarium/userland/runtimes/asyncio/gather.ts';
import { createTask, sleep, type Task } from '@netarium/userland/runtimes/asyncio/task.ts';
import { inAsyncio, MS } from '../asyncio-pair.ts';
import { type Pair, ValueError } from '../pair.ts';

const names = (tasks: readonly Task<number>[]) =>
  tasks
    .map(({ name }) => name)
    .sort()
    .join(' ');

export default {
  order: 'total',
  main: inAsyncio(async (loop, trace) => {
    const after =
      (ms: number, fail = false) =>
      async () => {
        await sleep(loop, ms * MS);
        if (fail) throw new ValueError(String(ms));
        return ms;
      };
    const waited = async (title: string, tasks: readonly Task<number>[], options: WaitOptions = {}) => {
      const { done } = await wait(loop, tasks, options);
      const [ended, left] = [tasks.filter((task) => done.includes(task)), tasks.filter((task) => !done.includes(task))];
      trace.at(`${title}: done ${names(ended)}, pending ${names(left)}`);
    };
    let tasks = [300, 100, 200].map((ms) => createTask(loop, after(ms), `t${ms}`));
    await waited('first', tasks, { until: 'first completed' });
    await waited('time-out', tasks, { timeoutNs: 150 * MS });
    await waited('all', tasks);
    tasks = [50, 100, 200].map((ms) => createTask(loop, after(ms, ms === 100), `u${ms}`));
    await waited('exception', tasks, { until: 'first exception' });
    for await (const future of asCompleted(loop, [after(30), after(10), after(20, true)])) {
      try {
        trace.at(`completed ${await future.wait()}`);
      } catch (error) {
        trace.raised(error);
      }
    }
    await waited('rest', tasks);
  }),
} satisfies Pair;
