/** Many URLs fetched one after the other, by threads, by processes, by coroutines; each page may be parsed, which is computing. */
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

/** `fetch-urls serial|threads|processes|coroutines WORKERS PARSE-MS COUNT BASE`: BASE/1 to BASE/COUNT; prints pages, bytes and seconds. */
export const fetchUrls = python('3.11', {
  async main(py, [, way, workers, parseMs, count, base]) {
    const tasks = Array.from(
      { length: Number(count) },
      (_, i) => [`${base}/${i + 1}`, Number(parseMs) / 1000] as const,
    );
    const from = await py.monotonic();
    const lengths = await fetchAll(py, way, Number(workers), tasks);
    const seconds = (await py.monotonic()) - from;
    const bytes = lengths.reduce((sum, length) => sum + length, 0);
    await py.print(
      `${way}: ${lengths.filter((length) => length > 0).length} pages, ${bytes} bytes, ${seconds.toFixed(3)} s`,
    );
  },
  fetchPage,
});

type Task = readonly [url: string, parseSeconds: number];

async function fetchAll(
  py: Python,
  way: string | undefined,
  maxWorkers: number,
  tasks: readonly Task[],
): Promise<number[]> {
  const lengths: number[] = [];
  if (way === 'serial') {
    for (const [url, parse] of tasks) lengths.push(await fetchPage(py, url, parse));
    return lengths;
  }
  if (way === 'coroutines') return inCoroutines(py, tasks);
  const pool =
    way === 'threads'
      ? await ThreadPoolExecutor.create(py, { maxWorkers })
      : await ProcessPoolExecutor.create(py, { maxWorkers });
  for await (const length of await pool.map(
    'fetchPage',
    tasks.map((task) => [...task]),
  ))
    lengths.push(length as number);
  await pool.shutdown();
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
