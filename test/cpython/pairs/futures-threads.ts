import type { Future } from '@netarium/userland/runtimes/futures/future.ts';
import { ThreadPoolExecutor } from '@netarium/userland/runtimes/futures/thread-pool.ts';
import { type Python, text } from '@netarium/userland/runtimes/threading/python.ts';
import { activeCount } from '@netarium/userland/runtimes/threading/thread.ts';
import { type Pair, ValueError } from '../pair.ts';
import { type Marks, pyMain } from '../python-pair.ts';

async function main(py: Python, marks: Marks): Promise<void> {
  const mark = (...values: readonly unknown[]) => marks.at(py, values.map(text).join(' '));
  await marks.raises(py, () => ThreadPoolExecutor.create(py, { maxWorkers: 0 }));
  const pool = await ThreadPoolExecutor.create(py, { maxWorkers: 2, threadNamePrefix: 'w' });
  mark('threads', await activeCount(py));
  const first = await pool.submit('square', 3, 0.2);
  await py.sleep(0.02);
  const second = await pool.submit('square', 4, 0.3);
  await py.sleep(0.02);
  const third = await pool.submit('square', 5);
  const fourth = await pool.submit('square', 6);
  await third.addDoneCallback('callback');
  await second.addDoneCallback('callback');
  mark('threads', await activeCount(py));
  mark(await first.running(), await third.running(), await third.done());
  await marks.raises(py, () => first.result(0.02));
  mark(await third.cancel(), await third.cancel(), await first.cancel(), await third.cancelled(), await third.done());
  mark(await first.result(), await first.exception(), await first.done(), await first.running());
  await marks.raises(py, () => third.result());
  await marks.raises(py, () => third.exception());
  mark(await second.result(), await fourth.result());
  await first.addDoneCallback('callback');
  const bad = await pool.submit('broken');
  await marks.raises(py, () => bad.result());
  const error = await bad.exception();
  mark(error?.name, error?.message, await bad.cancelled());
  await pool.shutdown();
  await marks.raises(py, () => pool.submit('square', 1));
  mark('threads', await activeCount(py));
}

export default {
  order: 'per thread',
  runs: 3,
  before: [['raised TimeoutError: ', 'callback True False']],
  main: pyMain(
    (marks) => ({ main: (py) => main(py, marks) }),
    (marks) => ({
      async square(py, n: number, seconds = 0.2) {
        marks.at(py, `square ${n}`);
        await py.sleep(seconds);
        return n * n;
      },
      async broken() {
        throw new ValueError('no');
      },
      async callback(py, future: Future) {
        marks.at(py, `callback ${text(await future.done())} ${text(await future.cancelled())}`);
      },
    }),
  ),
} satisfies Pair;
