/**
 * The notes' crawler: pages are got by a pool, each future has a callback that parses its page and appends a line to db.txt. A callback gets the future, not the
 * result; it runs in the worker that finished (threads) or in a helper thread of the parent (processes).
 */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { unless } from '@netarium/userland/lib/failure.ts';
import type { Future } from '@netarium/userland/runtimes/futures/future.ts';
import { ProcessPoolExecutor } from '@netarium/userland/runtimes/futures/process-pool.ts';
import { ThreadPoolExecutor } from '@netarium/userland/runtimes/futures/thread-pool.ts';
import * as requests from '@netarium/userland/runtimes/requests/api.ts';
import { python } from '@netarium/userland/runtimes/threading/program.ts';
import type { Python } from '@netarium/userland/runtimes/threading/python.ts';
import { MS } from '../lib/io-programs.ts';
import { webApp } from '../lib/web-app.ts';

/** `page-site [ADDRESS:]PORT MS`: page N has 1000 x N characters and takes so long; /nothing is not there. */
export const pageSite = webApp('page-site', ([ms = '0']) => ({ path }) => {
  const number = /^\/page\/(\d)$/.exec(path)?.[1];
  const afterNs = Number(ms) * MS;
  if (number === undefined) return { status: 404, body: 'no such page', afterNs };
  return { headers: [['Content-Type', 'text/html; charset=utf-8']], body: '页'.repeat(1000 * Number(number)), afterNs };
});

/** A page as get hands it on. */
type Page = { readonly url: string; readonly text: string };

/** `crawler threads|processes|serial WORKERS OUT URL...`: prints who gets and who parses what; OUT gets a line `url:… size:…` for each page. */
export const crawler = python('3.11', {
  async main(py, [, kind, workers, out = '', ...urls]) {
    // What an earlier run left would be counted as this one's.
    await unless(py.sys.unlink(out), 'ENOENT');
    const maxWorkers = Number(workers);
    if (kind === 'serial') return serial(py, urls, out);
    const pool =
      kind === 'processes'
        ? await ProcessPoolExecutor.create(py, { maxWorkers })
        : await ThreadPoolExecutor.create(py, { maxWorkers });
    for (const url of urls) await (await pool.submit('getPage', url)).addDoneCallback('parsePage', out);
    await pool.shutdown();
  },
  getPage,
  parsePage,
});

async function getPage(py: Python, url: string): Promise<Page | null> {
  await py.print(`get ${url} pid ${await py.sys.getpid()} thread ${py.thread.name}`);
  const response = await requests.get(py, url);
  return response.statusCode === 200 ? { url, text: response.text } : null;
}

/** Its first argument is a future, for page it is whatever get answered. */
async function parsePage(py: Python, future: Future, out: string): Promise<void> {
  const page = (await future.result()) as Page | null;
  if (page === null) throw new TypeError("'NoneType' object is not subscriptable");
  await py.print(`parse ${page.url} pid ${await py.sys.getpid()} thread ${py.thread.name}`);
  await append(py, out, page);
}

/** One write at the end of the file: lines of two threads never mix (O_APPEND, open(2)). */
async function append(py: Python, out: string, { url, text }: Page): Promise<void> {
  const fd = await py.sys.open(out, { write: true, create: true, append: true });
  await py.sys.write(fd, encodeUtf8(`url:${url} size:${text.length}\n`));
  await py.sys.close(fd);
}

/** The same without pool and callbacks: one page after the other. */
async function serial(py: Python, urls: readonly string[], out: string): Promise<void> {
  for (const url of urls) {
    const page = await getPage(py, url);
    if (page !== null) await append(py, out, page);
  }
}
