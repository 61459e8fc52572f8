/** Many URLs fetched one after the other, by threads, by processes, by coroutines; each page may be parsed, which is computing. */
import { unless } from '@netarium/userland/lib/failure.ts';
import { ProcessPoolExecutor } from '@netarium/userland/runtimes/futures/process-pool.ts';
import { ThreadPoolExecutor } from '@netarium/userland/runtimes/futures/thread-pool.ts';
import { Hub } from '@netarium/userland/runtimes/gevent.ts';
import { patchAll } from '@netarium/userland/runtimes/monkey.ts';
import * as requests from '@netarium/userland/runtimes/requests/api.ts';
import { python } from '@netarium/userland/runtimes/threading/program.ts';
import type { Python } from '@netarium/userland/runtimes/threading/python.ts';
import { MS } from '../lib/io-programs.ts';
import { webApp } from '../lib/web-app.ts';

const PAGE = 'x'.repeat(2000);

/** `slow-site [ADDRESS:]PORT MS MISSING`: each page takes so long; the page of that number is not there. */
export const slowSite = webApp('slow-site', ([ms = '0', missing = '0']) => ({ path }) => {
  const afterNs = Number(ms) * MS;
  return path === `/${missing}` ? { status: 404, body: 'no such page', afterNs } : { body: PAGE, afterNs };
});

/** One page; its length, 0 where it is not there. */
async function fetchPage(py: Python, url: string, parseSeconds: number): Promise<number> {
  const response = await requests.get(py, url);
  if (!response.ok) return 0;
  if (parseSeconds > 0) await py.compute(parseSeconds);
  return response.content.length;
}

/**
 * `fetch-urls serial|threads|processes|coroutines WORKERS PARSE-MS COUNT BASE`: BASE/1 to BASE/COUNT; prints pages, bytes, how long it took until all workers were
 * there, and how long the pages took from then on.
 */
export const fetchUrls = python('3.11', {
  async main(py, [, way, workers, parseMs, count, base]) {
    const tasks = Array.from(
      { length: Number(count) },
      (_, i) => [`${base}/${i + 1}`, Number(parseMs) / 1000] as const,
    );
    const from = await py.monotonic();
    const pool = await makePool(py, way, Number(workers));
    const ready = await py.monotonic();
    const lengths = await fetchAll(py, way, pool, tasks);
    const seconds = (await py.monotonic()) - ready;
    await pool?.shutdown();
    const bytes = lengths.reduce((sum, length) => sum + length, 0);
    const pages = lengths.filter((length) => length > 0).length;
    await py.print(
      `${way}: ${pages} pages, ${bytes} bytes, start ${((ready - from) * 1000).toFixed(1)} ms, ${seconds.toFixed(3)} s`,
    );
  },
  fetchPage,
  meet,
});

type Task = readonly [url: string, parseSeconds: number];
type Executor = ThreadPoolExecutor | ProcessPoolExecutor;

/** A pool whose workers are all there: each has a task that ends when the last has begun. */
async function makePool(py: Python, way: string | undefined, maxWorkers: number): Promise<Executor | undefined> {
  if (way === 'serial' || way === 'coroutines') return undefined;
  // Made before the workers, who share it.
  const met = await py.sys.cell_create(0, { shared: true });
  const pool = await (way === 'threads' ? ThreadPoolExecutor : ProcessPoolExecutor).create(py, { maxWorkers });
  const tasks = Array.from({ length: maxWorkers }, () => [met, maxWorkers]);
  for await (const _ of await pool.map('meet', tasks));
  return pool;
}

/** Waits until so many have come. */
async function meet({ sys }: Python, met: number, workers: number): Promise<void> {
  await sys.cell_add(met, 1);
  for (let there = (await sys.cell_load(met)) as number; there < workers; there = (await sys.cell_load(met)) as number)
    // It may have changed in the meantime (futex(2)): then there is nothing to wait for.
    await unless(sys.cell_wait(met, there), 'EAGAIN', 'EINTR');
  await sys.cell_notify(met, workers);
}

async function fetchAll(
  py: Python,
  way: string | undefined,
  pool: Executor | undefined,
  tasks: readonly Task[],
): Promise<number[]> {
  const lengths: number[] = [];
  if (pool !== undefined) {
    const results = await pool.map(
      'fetchPage',
      tasks.map((task) => [...task]),
    );
    for await (const length of results) lengths.push(length as number);
    return lengths;
  }
  if (way === 'coroutines') return inCoroutines(py, tasks);
  for (const [url, parse] of tasks) lengths.push(await fetchPage(py, url, parse));
  return lengths;
}

/** A greenlet for each: the client blocks, as far as it knows; patched, its waits switch greenlets. */
async function inCoroutines(py: Python, tasks: readonly Task[]): Promise<number[]> {
  const hub = await Hub.create(py.sys);
  const green = py.patched(patchAll(hub));
  const greenlets = tasks.map(([url, parse]) => hub.spawn(() => fetchPage(green, url, parse)));
  await hub.joinAll(greenlets);
  const lengths: number[] = [];
  for (const greenlet of greenlets) lengths.push(await greenlet.get());
  await hub.close();
  return lengths;
}
