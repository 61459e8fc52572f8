import { describe, expect, test } from 'vitest';
import { raised, runPython } from '../python.test-util.ts';
import type { Python } from '../threading/python.ts';
import { asCompleted, type Future, wait } from './future.ts';
import { ThreadPoolExecutor } from './thread-pool.ts';

const entries = {
  async square(py: Python, n: number, seconds = 0.01) {
    await py.sleep(seconds);
    return n * n;
  },
  async broken() {
    throw new RangeError('no');
  },
  async told(py: Python, future: Future, word: string) {
    await py.print(word, await future.state(), py.thread.name);
  },
};

describe('ThreadPoolExecutor', () => {
  test('results, exceptions, states, and the order of the answers', async () => {
    const { lines, code } = await runPython({
      ...entries,
      async main(py) {
        const pool = await ThreadPoolExecutor.create(py, { maxWorkers: 2 });
        const first = await pool.submit('square', 3);
        const second = await pool.submit('square', 4);
        const third = await pool.submit('square', 5);
        await py.print(await first.running(), await third.state(), await third.cancel(), await first.cancel());
        await py.print(await first.result(), await second.result(), await raised(() => third.result()));
        const bad = await pool.submit('broken');
        await py.print(await raised(() => bad.result()), (await bad.exception())?.name);
        await py.print(await raised(async () => (await pool.submit('square', 1, 1)).result(0.05)));
        await pool.shutdown();
        await py.print(await raised(() => pool.submit('square', 1)), await pool.threadCount());
      },
    });
    expect(lines).toEqual([
      'True PENDING True False',
      '9 16 CancelledError',
      'RangeError: no RangeError',
      'TimeoutError',
      'RuntimeError: cannot schedule new futures after shutdown 2',
    ]);
    expect(code).toBe(0);
  });

  test('idle threads are used before new ones are made; the default is cores + 4', async () => {
    const { lines } = await runPython({
      ...entries,
      async main(py) {
        const pool = await ThreadPoolExecutor.create(py);
        for (let i = 0; i < 3; i++) await (await pool.submit('square', i)).result();
        await py.sleep(0.01);
        await py.print(pool.maxWorkers, await pool.threadCount());
        await pool.shutdown();
      },
    });
    expect(lines).toEqual(['8 1']);
  });

  test('map answers in the order of the arguments, lazily; callbacks run in the worker, or at once', async () => {
    const { lines } = await runPython({
      ...entries,
      async main(py) {
        const pool = await ThreadPoolExecutor.create(py, { maxWorkers: 3, threadNamePrefix: 'w' });
        const results = await pool.map('square', [
          [1, 0.03],
          [2, 0.02],
          [3, 0.01],
        ]);
        const out: unknown[] = [];
        for await (const result of results) out.push(result);
        await py.print(out.join(' '));
        const slow = await pool.submit('square', 5, 0.05);
        await slow.addDoneCallback('told', 'later');
        await slow.result();
        await py.sleep(0.01);
        await slow.addDoneCallback('told', 'at once');
        await pool.shutdown();
      },
    });
    expect(lines).toEqual(['1 4 9', expect.stringMatching(/^later FINISHED w_\d$/), 'at once FINISHED MainThread']);
  });

  test('wait and as_completed; a pool that nobody shut down finishes its work', async () => {
    const { lines } = await runPython({
      ...entries,
      async main(py) {
        const pool = await ThreadPoolExecutor.create(py, { maxWorkers: 3 });
        const futures = [
          await pool.submit('square', 1, 0.03),
          await pool.submit('square', 2, 0.01),
          await pool.submit('square', 3, 0.02),
        ];
        const { done, notDone } = await wait(py, futures, { firstCompleted: true });
        await py.print(done.length, notDone.length);
        const out: unknown[] = [];
        for await (const future of asCompleted(py, futures)) out.push(await future.result());
        await py.print(out.join(' '));
        await (await pool.submit('square', 9)).addDoneCallback('told', 'last');
      },
    });
    expect(lines).toEqual(['1 2', '4 9 1', expect.stringMatching(/^last FINISHED /)]);
  });
});
