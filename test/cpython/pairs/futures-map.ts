import type { Future } from '@netarium/userland/runtimes/futures/future.ts';
import { ThreadPoolExecutor } from '@netarium/userland/runtimes/futures/thread-pool.ts';
import { type Python, text } from '@netarium/userland/runtimes/threading/python.ts';
import { type Pair, ValueError } from '../pair.ts';
import { type Marks, pyMain } from '../python-pair.ts';

type Tasks = readonly (readonly [n: number, seconds: number])[];

async function maps(py: Python, marks: Marks, pool: ThreadPoolExecutor, started: number): Promise<void> {
  const squares = (tasks: Tasks, timeout?: number) =>
    pool.map(
      'square',
      tasks.map((task) => [...task, started]),
      timeout,
    );
  const all = async (tasks: Tasks) => {
    const results: unknown[] = [];
    for await (const result of await squares(tasks)) results.push(result);
    marks.at(py, text(results));
  };
  const each = async (tasks: Tasks, timeout?: number) => {
    try {
      for await (const result of await squares(tasks, timeout)) marks.at(py, text(result));
    } catch (error) {
      marks.trace.raised(error);
    }
  };
  marks.at(py, 'begin');
  await all(Array.from({ length: 8 }, (_, n) => [n, 0.1] as const));
  marks.at(py, 'eight');
  await all([
    [1, 0.15],
    [2, 0.1],
    [3, 0.05],
  ]);
  await each([
    [5, 0.01],
    [13, 0.01],
    [7, 0.01],
  ]);
  await each(
    [
      [1, 0.01],
      [2, 0.3],
    ],
    0.15,
  );
  await py.sleep(0.3);
  marks.at(py, 'sleep');
  await py.sleep(0.3);
  marks.at(py, 'slept');
}

/** One thread and four tasks, of which three are cancelled where they wait. */
async function shutDown(py: Python, marks: Marks, started: number): Promise<void> {
  const pool = await ThreadPoolExecutor.create(py, { maxWorkers: 1, threadNamePrefix: 'one' });
  const tasks: Future[] = [];
  for (let i = 0; i < 4; i++) tasks.push(await pool.submit('square', 20 + i, 0.1, started));
  await py.sleep(0.05);
  await tasks[0]!.addDoneCallback('told');
  await pool.shutdown({ wait: false, cancelFutures: true });
  const cancelled: boolean[] = [];
  for (const task of tasks) cancelled.push(await task.cancelled());
  marks.at(py, text(cancelled));
  marks.at(py, text(await tasks[0]!.result()));
  await py.sleep(0.05);
  const squared: number[] = [];
  for (let at = 0; at < (await py.sys.list_length(started)); at++)
    squared.push((await py.sys.list_get(started, at)) as number);
  marks.at(py, text(squared.sort((a, b) => a - b)));
}

export default {
  order: 'total',
  ratios: [{ name: 'eight tasks on four threads', of: ['begin', 'eight'], to: ['sleep', 'slept'] }],
  main: pyMain(
    (marks) => ({
      async main(py) {
        const started = await py.sys.list_create();
        const four = await ThreadPoolExecutor.create(py, { maxWorkers: 4, threadNamePrefix: 'w' });
        await four.with(() => maps(py, marks, four, started));
        await shutDown(py, marks, started);
      },
    }),
    (marks) => ({
      async square(py, n: number, seconds: number, started: number) {
        await py.sys.list_push(started, n);
        await py.sleep(seconds);
        if (n === 13) throw new ValueError(`bad ${n}`);
        return n * n;
      },
      async told(py) {
        marks.at(py, `told ${py.thread.name}`);
        throw new ValueError('in a callback');
      },
    }),
  ),
} satisfies Pair;
