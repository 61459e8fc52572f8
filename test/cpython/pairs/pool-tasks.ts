import type { Future } from '@netarium/userland/runtimes/futures/future.ts';
import { type AsyncResult, Pool } from '@netarium/userland/runtimes/multiprocessing/pool.ts';
import { type Python, text } from '@netarium/userland/runtimes/threading/python.ts';
import { type Pair, ValueError } from '../pair.ts';
import { type Marks, pyMain } from '../python-pair.ts';

async function collected(results: AsyncIterable<unknown>): Promise<number[]> {
  const values: number[] = [];
  for await (const value of results) values.push(value as number);
  return values;
}

async function apply(py: Python, marks: Marks, pool: Pool): Promise<void> {
  marks.at(py, 'begin');
  const squares: unknown[] = [];
  for (let n = 0; n < 3; n++) squares.push(await pool.apply('square', [n, 0.1]));
  marks.at(py, text(squares));
  marks.at(py, 'one by one');
  const results: AsyncResult[] = [];
  for (let n = 0; n < 3; n++) results.push(await pool.applyAsync('square', [n, 0.1 + 0.05 * n], { callback: 'told' }));
  await marks.raises(py, () => results[0]!.get(0.02));
  marks.at(py, text(await results[0]!.ready()));
  const together: unknown[] = [];
  for (const result of results) together.push(await result.get());
  marks.at(py, text(together));
  marks.at(py, 'together');
  await py.sleep(0.1);
  marks.at(py, `${text(await results[0]!.ready())} ${text(await results[0]!.successful())}`);
  const bad = await pool.applyAsync('square', [13]);
  await marks.raises(py, () => bad.get());
  marks.at(py, `${text(await bad.ready())} ${text(await bad.successful())}`);
  await marks.raises(py, () => pool.apply('square', [13]));
}

async function maps(py: Python, marks: Marks, pool: Pool): Promise<void> {
  marks.at(py, text(await pool.map('square', [0, 1, 2, 3, 4, 5, 6])));
  await marks.raises(py, () => pool.map('square', [1, 13, 3]));
  const mapped = await pool.mapAsync('square', [4, 5], 1);
  await mapped.wait();
  marks.at(py, text(await mapped.get()));
  const powers = await pool.starmap('power', [
    [2, 3],
    [3, 2],
  ]);
  marks.at(py, text(powers));
  const ordered = await collected(await pool.imap('square', [3, 1, 2]));
  const unordered = await collected(await pool.imapUnordered('square', [3, 1, 2]));
  marks.at(py, `${text(ordered)} ${text(unordered.sort((a, b) => a - b))}`);
}

export default {
  order: 'per thread',
  ratios: [{ name: 'three by apply, to three by apply_async', of: ['begin', 'one by one'], to: ['begin', 'together'] }],
  main: pyMain(
    (marks) => ({
      async main(py) {
        await marks.raises(py, () => Pool.create(py, 0));
        const pool = await Pool.create(py, 3);
        await apply(py, marks, pool);
        await maps(py, marks, pool);
        const late = await pool.applyAsync('square', [8, 0.2]);
        await marks.raises(py, () => pool.join());
        await pool.close();
        await marks.raises(py, () => pool.apply('square', [1]));
        await pool.join();
        marks.at(py, `${text(await late.ready())} ${text(await late.get())}`);
        await py.sleep(0.1);
        marks.at(py, 'end');
      },
    }),
    (marks) => ({
      async square(py, n: number, seconds = 0) {
        await py.sleep(seconds);
        if (n === 13) throw new ValueError(`bad ${n}`);
        return n * n;
      },
      async power(_py, base: number, exponent: number) {
        let result = 1;
        for (let i = 0; i < exponent; i++) result *= base;
        return result;
      },
      async told(_py, future: Future) {
        marks.trace.at(`told ${await future.result()}`, 'callback');
      },
    }),
  ),
} satisfies Pair;
