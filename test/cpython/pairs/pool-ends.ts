import { Pool } from '@netarium/userland/runtimes/multiprocessing/pool.ts';
import { activeChildren } from '@netarium/userland/runtimes/multiprocessing/process.ts';
import { type Python, text } from '@netarium/userland/runtimes/threading/python.ts';
import type { Pair } from '../pair.ts';
import { type Marks, pyMain } from '../python-pair.ts';

const alive = async (py: Python): Promise<number> => (await activeChildren(py)).length;

/** The processes that four tasks of 0.1 s find themselves in. */
async function workers(pool: Pool): Promise<number[]> {
  const results = [];
  for (let i = 0; i < 4; i++) results.push(await pool.applyAsync('whoami'));
  const pids = new Set<number>();
  for (const result of results) pids.add((await result.get()) as number);
  return [...pids];
}

async function replaced(py: Python, marks: Marks, pool: Pool): Promise<void> {
  marks.at(py, `${await alive(py)}`);
  const first = await workers(pool);
  marks.at(py, `${first.length}`);
  await pool.applyAsync('die');
  await py.sleep(0.5);
  marks.at(py, `${await alive(py)}`);
  const second = await workers(pool);
  marks.at(py, `${second.length} ${second.filter((pid) => first.includes(pid)).length}`);
}

export default {
  order: 'total',
  main: pyMain(
    (marks) => ({
      async main(py) {
        await (await Pool.create(py, 2)).with((pool) => replaced(py, marks, pool));
        await py.sleep(0.2);
        marks.at(py, `after with ${await alive(py)}`);
        const pool = await Pool.create(py, 2);
        marks.at(py, 'working');
        const lost = await pool.applyAsync('whoami', [60]);
        await py.sleep(0.2);
        await pool.terminate();
        await pool.join();
        marks.at(py, `${await alive(py)} ${text(await lost.ready())}`);
        marks.at(py, 'terminated');
        await marks.raises(py, () => lost.get(0.05));
        await py.sleep(0.2);
        marks.at(py, 'later');
        const left = await Pool.create(py, 2);
        await left.applyAsync('whoami', [60]);
        marks.at(py, 'leaving');
      },
    }),
    () => ({
      async whoami(py, seconds = 0.1) {
        await py.sleep(seconds);
        return py.sys.getpid();
      },
      async die(py) {
        await py.sys.kill(await py.sys.getpid(), 'SIGKILL');
      },
    }),
  ),
} satisfies Pair;
