/** urllib3's pools under load: threads that share one, and a manager that visits more hosts than it may remember. */
import { Barrier } from '@netarium/userland/runtimes/threading/barrier.ts';
import { python } from '@netarium/userland/runtimes/threading/program.ts';
import type { Python } from '@netarium/userland/runtimes/threading/python.ts';
import { HTTPConnectionPool } from '@netarium/userland/runtimes/urllib3/connection-pool.ts';
import { PoolManager, URLLIB3 } from '@netarium/userland/runtimes/urllib3/pool-manager.ts';
import { parseUrl } from '@netarium/userland/runtimes/urllib3/url.ts';
import { MS } from '../lib/io-programs.ts';
import { joinAll, startThreads } from '../lib/python-threads.ts';
import { webApp } from '../lib/web-app.ts';

/** `slow-pages [ADDRESS:]PORT MS`: every page takes so long. */
export const slowPages = webApp('slow-pages', ([ms = '0']) => ({ path }) => ({
  body: `page ${path}`,
  afterNs: Number(ms) * MS,
}));

/** `pooled block|discard URL THREADS EACH MAXSIZE`: threads that share a pool begin together and get pages, each so many, one after the other. */
export const pooled = python(
  '3.11',
  {
    async main(py, [, how, url = '', threads, each, maxsize]) {
      const { host = '', port } = parseUrl(url);
      const pool = await HTTPConnectionPool.create(py, host, port ?? 80, {
        maxsize: Number(maxsize),
        block: how === 'block',
        logging: 'WARNING',
      });
      const line = await Barrier.create(py, Number(threads) + 1);
      const starts = Array.from({ length: Number(threads) }, (_, i) => ({
        target: 'getPages',
        args: [pool, line, i, Number(each)],
      }));
      const started = await startThreads(py, starts);
      await line.wait();
      const from = await py.monotonic();
      await joinAll(started);
      const ms = Math.round(((await py.monotonic()) - from) * 1000);
      await py.print(
        `${await pool.numRequests()} requests over ${await pool.numConnections()} connections in ${ms} ms, ${await pool.idleConnections()} kept`,
      );
      await pool.close();
    },
    async getPages(py: Python, pool: HTTPConnectionPool, line: Barrier, thread: number, each: number) {
      await line.wait();
      for (let i = 0; i < each; i++) {
        const { status } = await pool.urlopen('GET', `/${thread}/${i}`);
        if (status !== 200) await py.print(`status ${status}`);
      }
    },
  },
  URLLIB3,
);

/** `manager NUM_POOLS URL...`: gets each URL with one manager; tells how many pools there are then. */
export const manager = python('3.11', {
  async main(py, [, numPools, ...urls]) {
    const pools = await PoolManager.create(py, { numPools: Number(numPools) });
    for (const url of urls) {
      const { status } = await pools.request('GET', url);
      await py.print(`${url} ${status}, pools ${await pools.numPools()}`);
    }
    await pools.clear();
  },
});
