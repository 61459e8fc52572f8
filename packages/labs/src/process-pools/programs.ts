/** multiprocessing.Pool: what blocks and what does not, and how it ends. */
import { Pool } from '@netarium/userland/runtimes/multiprocessing/pool.ts';
import { python } from '@netarium/userland/runtimes/threading/program.ts';
import type { Python } from '@netarium/userland/runtimes/threading/python.ts';
import { errorOf } from '../lib/python-threads.ts';

async function timed(py: Python, body: () => Promise<unknown>): Promise<string> {
  const from = await py.monotonic();
  await body();
  return ((await py.monotonic()) - from).toFixed(1);
}

/** `ten apply|apply_async|map PROCESSES`: ten tasks of a second each, i - 1 squared as in the notes. */
export const ten = python('3.11', {
  async main(py, [, how, processes]) {
    const pool = await Pool.create(py, Number(processes));
    const numbers = Array.from({ length: 10 }, (_, i) => i);
    const out: unknown[] = [];
    const seconds = await timed(py, async () => {
      if (how === 'map') out.push(...(await pool.map('func', numbers)));
      else if (how === 'apply') for (const i of numbers) out.push(await pool.apply('func', [i]));
      else {
        const results = [];
        for (const i of numbers) results.push(await pool.applyAsync('func', [i]));
        for (const result of results) out.push(await result.get());
      }
    });
    await py.print(`${out.join(' ')} in ${seconds}`);
    await pool.close();
    await pool.join();
  },
  async func(py: Python, i: number) {
    await py.sleep(1);
    return (i - 1) * (i - 1);
  },
});

/** `ending close|terminate|join`: a pool with work in hand is closed and waited for, ended at once, or waited for without either. */
export const ending = python('3.11', {
  async main(py, [, how]) {
    const pool = await Pool.create(py, 2);
    for (let i = 0; i < 4; i++) await pool.applyAsync('work', [i]);
    await py.sleep(0.1);
    const seconds = await timed(py, async () => {
      if (how === 'close') await pool.close();
      else if (how === 'terminate') await pool.terminate();
      await py.print(await errorOf(() => pool.join()));
    });
    await py.print(`${how} ${seconds} then ${await errorOf(() => pool.applyAsync('work', [9]))}`);
    await pool.terminate();
  },
  async work(py: Python, i: number) {
    await py.sleep(1);
    await py.print(`done ${i}`);
  },
});
