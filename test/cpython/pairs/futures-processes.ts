import { asCompleted } from '@netarium/userland/runtimes/futures/future.ts';
import { ProcessPoolExecutor } from '@netarium/userland/runtimes/futures/process-pool.ts';
import { type Python, text } from '@netarium/userland/runtimes/threading/python.ts';
import { type Pair, ValueError } from '../pair.ts';
import { type Marks, pyMain } from '../python-pair.ts';

async function whole(py: Python, marks: Marks): Promise<void> {
  await marks.raises(py, () => ProcessPoolExecutor.create(py, { maxWorkers: 0 }));
  const pool = await ProcessPoolExecutor.create(py, { maxWorkers: 2 });
  const asked = [];
  for (let i = 0; i < 4; i++) asked.push(await pool.submit('whoami'));
  const pids = new Set<unknown>();
  for (const future of asked) pids.add(await future.result());
  marks.at(py, `${pids.size} ${text(pids.has(await py.sys.getpid()))}`);
  const squares: unknown[] = [];
  for await (const square of await pool.map('square', [[0], [1], [2], [3], [4], [5]], { chunksize: 2 }))
    squares.push(square);
  marks.at(py, text(squares));
  const both = [await pool.submit('square', 3, 0.3), await pool.submit('square', 4, 0.1)];
  const order: unknown[] = [];
  for await (const future of asCompleted(py, both)) order.push(await future.result());
  marks.at(py, text(order));
  const bad = await pool.submit('square', 13);
  await marks.raises(py, () => bad.result());
  const slow = await pool.submit('square', 1, 0.3);
  await marks.raises(py, () => slow.result(0.05));
  const results = await pool.map('square', [[1], [13], [2]]);
  marks.at(py, text((await results.next()).value));
  await marks.raises(py, () => results.next());
  await pool.shutdown();
  await marks.raises(py, () => pool.submit('square', 1));
}

async function broken(py: Python, marks: Marks): Promise<void> {
  const pool = await ProcessPoolExecutor.create(py, { maxWorkers: 2 });
  marks.at(py, text(await (await pool.submit('square', 9)).result()));
  const waiting = await pool.submit('square', 1, 5);
  const dead = await pool.submit('die');
  await marks.raises(py, () => dead.result());
  await marks.raises(py, () => waiting.result());
  await marks.raises(py, () => pool.submit('square', 1));
  await pool.shutdown();
  marks.at(py, 'down');
}

export default {
  order: 'total',
  main: pyMain(
    (marks) => ({
      async main(py) {
        await whole(py, marks);
        await broken(py, marks);
      },
    }),
    () => ({
      async square(py, n: number, seconds = 0.01) {
        await py.sleep(seconds);
        if (n === 13) throw new ValueError(`bad ${n}`);
        return n * n;
      },
      async whoami(py) {
        await py.sleep(0.1);
        return py.sys.getpid();
      },
      async die(py) {
        await py.sys.kill(await py.sys.getpid(), 'SIGKILL');
      },
    }),
  ),
} satisfies Pair;
