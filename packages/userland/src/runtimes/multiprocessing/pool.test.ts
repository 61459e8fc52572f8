import { describe, expect, test } from 'vitest';
import type { Future } from '../futures/future.ts';
import { ProcessPoolExecutor } from '../futures/process-pool.ts';
import { raised, runPython } from '../python.test-util.ts';
import { Lock } from '../threading/lock.ts';
import type { Python } from '../threading/python.ts';
import { type AsyncResult, Pool } from './pool.ts';

const entries = {
  async square(py: Python, n: number, seconds = 0.01) {
    await py.sleep(seconds);
    return n * n;
  },
  async whoami(py: Python) {
    await py.sleep(0.01);
    return py.sys.getpid();
  },
  async broken() {
    throw new RangeError('no');
  },
  async die(py: Python) {
    await py.sys.kill(await py.sys.getpid(), 'SIGKILL');
  },
  async told(py: Python, future: Future) {
    await py.print('callback', await future.result(), py.thread.name);
  },
};

describe('ProcessPoolExecutor', () => {
  test('runs tasks in its processes, answers in order, in chunks', async () => {
    const { lines, code } = await runPython({
      ...entries,
      async main(py) {
        const pool = await ProcessPoolExecutor.create(py, { maxWorkers: 2 });
        const futures: Future[] = [];
        for (let i = 0; i < 6; i++) futures.push(await pool.submit('whoami'));
        const pids = new Set<unknown>();
        for (const future of futures) pids.add(await future.result());
        const workers = await pool.pids();
        await py.print(
          [...pids].every((pid) => workers.includes(pid as number)),
          workers.length,
        );
        const out: unknown[] = [];
        for await (const value of await pool.map('square', [[1], [2], [3], [4], [5]], { chunksize: 2 }))
          out.push(value);
        await py.print(out.join(' '));
        await py.print(await raised(async () => (await pool.submit('broken')).result()));
        await pool.shutdown();
        await py.print(await raised(() => pool.submit('square', 1)));
      },
    });
    expect(lines).toEqual([
      'True 2',
      '1 4 9 16 25',
      'RangeError: no',
      'RuntimeError: cannot schedule new futures after shutdown',
    ]);
    expect(code).toBe(0);
  });

  test('what cannot be pickled is the exception of its future; a worker that dies breaks the pool', async () => {
    const { lines } = await runPython({
      ...entries,
      async main(py) {
        const pool = await ProcessPoolExecutor.create(py, { maxWorkers: 2 });
        await py.print(await raised(async () => (await pool.submit('<lambda>')).result()));
        const lock = await Lock.create(py);
        await py.print(await raised(async () => (await pool.submit('square', lock)).result()));
        await py.print(await raised(async () => (await pool.submit('die')).result()));
        await py.print(await raised(() => pool.submit('square', 1)));
      },
    });
    expect(lines).toEqual([
      "PicklingError: Can't pickle <function <lambda>>: attribute lookup <lambda> on __main__ failed",
      "TypeError: cannot pickle '_thread.lock' object",
      'BrokenProcessPool: A process in the process pool was terminated abruptly while the future was running or pending.',
      'BrokenProcessPool: A child process terminated abruptly, the process pool is not usable anymore',
    ]);
  });
});

describe('Pool', () => {
  test('apply blocks, apply_async does not, map keeps the order, close and join', async () => {
    const { lines, endNs } = await runPython({
      ...entries,
      async main(py) {
        const pool = await Pool.create(py, 4);
        const from = await py.monotonic();
        for (let i = 0; i < 3; i++) await pool.apply('square', [i, 0.1]);
        const serial = (await py.monotonic()) - from;
        const results: AsyncResult[] = [];
        for (let i = 0; i < 3; i++) results.push(await pool.applyAsync('square', [i, 0.1], { callback: 'told' }));
        await py.print(await raised(() => results[0]!.get(0.01)), await results[0]!.ready());
        for (const result of results) await result.get();
        const together = (await py.monotonic()) - from - serial;
        await py.print(serial > 0.3, together < 0.15, await results[2]!.successful());
        await py.print((await pool.map('square', [1, 2, 3, 4, 5, 6, 7, 8, 9])).join(' '));
        const out: unknown[] = [];
        for await (const value of await pool.imapUnordered('square', [3, 1, 2])) out.push(value);
        await py.print(
          out.length,
          (
            await pool.starmap('square', [
              [2, 0],
              [3, 0],
            ])
          ).join(' '),
        );
        await py.print(await raised(() => pool.join()));
        await pool.close();
        await py.print(await raised(() => pool.apply('square', [1])));
        await pool.join();
      },
    });
    expect(lines).toEqual([
      'TimeoutError False',
      'callback 0 pool minder',
      'callback 1 pool minder',
      'callback 4 pool minder',
      'True True True',
      '1 4 9 16 25 36 49 64 81',
      '3 4 9',
      'ValueError: Pool is still running',
      'ValueError: Pool not running',
    ]);
    expect(endNs).toBeLessThan(1_000_000_000);
  });

  test('terminate ends workers at once; a worker that dies is replaced; one that nobody closed ends with the program', async () => {
    const { lines, endNs, ended } = await runPython({
      ...entries,
      async main(py) {
        const pool = await Pool.create(py, 2);
        const first = await pool.pids();
        await py.sys.kill(first[0]!, 'SIGKILL');
        await py.sleep(0.05);
        const second = await pool.pids();
        await py.print(second.length, second.includes(first[1]!), second.includes(first[0]!));
        await pool.applyAsync('square', [1, 60]);
        await py.sleep(0.05);
        await pool.terminate();
        await pool.join();
        await py.print('terminated');
        await Pool.create(py, 2);
      },
    });
    expect(lines).toEqual(['2 True False', 'terminated']);
    expect(ended).toBe(true);
    expect(endNs).toBeLessThan(1_000_000_000);
  });
});
