import { asCompleted, type Future, wait } from '@netarium/userland/runtimes/futures/future.ts';
import { ThreadPoolExecutor } from '@netarium/userland/runtimes/futures/thread-pool.ts';
import { type Python, text } from '@netarium/userland/runtimes/threading/python.ts';
import type { Pair } from '../pair.ts';
import { type Marks, pyMain } from '../python-pair.ts';

type Doze = readonly [name: string, seconds: number];

async function dozes(pool: ThreadPoolExecutor, ...tasks: readonly Doze[]): Promise<Future[]> {
  const futures: Future[] = [];
  for (const task of tasks) futures.push(await pool.submit('doze', ...task));
  return futures;
}

async function results(futures: Iterable<Future> | AsyncIterable<Future>): Promise<string[]> {
  const names: string[] = [];
  for await (const future of futures) names.push((await future.result()) as string);
  return names;
}

async function states(futures: readonly Future[]): Promise<string> {
  const done: boolean[] = [];
  for (const future of futures) done.push(await future.done());
  return text(done);
}

async function waits(py: Python, marks: Marks, pool: ThreadPoolExecutor): Promise<Future[]> {
  marks.at(py, 'begin');
  const futures = await dozes(pool, ['c', 0.3], ['a', 0.1], ['b', 0.2]);
  const first = await wait(py, futures, { firstCompleted: true });
  marks.at(py, `first ${text((await results(first.done)).sort())} ${first.notDone.length}`);
  marks.at(py, 'first done');
  const early = await wait(py, futures, { timeout: 0.05 });
  marks.at(py, `early ${early.done.length} ${early.notDone.length}`);
  try {
    for await (const future of asCompleted(py, futures, 0.1)) marks.at(py, `completed ${await future.result()}`);
  } catch (error) {
    marks.trace.raised(error);
  }
  const all = await wait(py, futures);
  marks.at(py, `all ${text((await results(all.done)).sort())} ${all.notDone.length}`);
  marks.at(py, 'all done');
  const again = await dozes(pool, ['x', 0.2], ['y', 0.1]);
  marks.at(py, `order ${text(await results(asCompleted(py, again)))}`);
  marks.at(py, `at once ${text(await results(asCompleted(py, again.slice(0, 1))))}`);
  const late = await dozes(pool, ...Array.from({ length: 5 }, (): Doze => ['late', 0.1]));
  marks.at(py, await states(late));
  marks.at(py, 'leaving');
  return late;
}

export default {
  order: 'total',
  ratios: [
    { name: 'the first of three, to all', of: ['begin', 'first done'], to: ['begin', 'all done'] },
    { name: 'five tasks on three threads', of: ['leaving', 'left'], to: ['begin', 'all done'] },
  ],
  main: pyMain((marks) => ({
    async main(py) {
      const pool = await ThreadPoolExecutor.create(py, { maxWorkers: 3 });
      const late = await pool.with(() => waits(py, marks, pool));
      marks.at(py, await states(late));
      marks.at(py, 'left');
    },
    async doze(py, name: string, seconds: number) {
      await py.sleep(seconds);
      return name;
    },
  })),
} satisfies Pair;
