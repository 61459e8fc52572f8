/** The notes' crawler: six pages by a pool of threads, a callback on each future that parses the page and writes a line, who runs what, what a callback raises. */
import { cable, host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import type { RealStage } from '@netarium/core/check/real-arm.ts';
import { type Ran, runToEnd } from '../lib/python-threads.ts';
import { baseUrl } from '../lib/web-app.ts';
import { crawler, pageSite } from './programs.ts';

type Context = LabContext<'client' | 'site'>;
const text = (en: string, zh: string) => ({ en, zh });

const OUT = 'db.txt';
const DELAY_MS = 100;
const NUMBERS = [1, 2, 3, 4, 5, 6];

/** The pages, and the one that is not there. */
function urls(base: string, { urls: count, broken }: RealStage['params']): string[] {
  const pages = NUMBERS.slice(0, Number(count)).map((number) => `${base}/page/${number}`);
  return broken === true ? [...pages, `${base}/nothing`] : pages;
}

/** The lines that six pages make, in the order of their numbers. */
const wanted = (base: string): string[] => NUMBERS.map((number) => `url:${base}/page/${number} size:${number * 1000}`);

export default lab({
  id: 'crawler-callbacks',
  title: text('A crawler with callbacks', '带回调的爬虫'),
  text: text(
    'Six pages that take 100 ms each, got by a pool of threads; each future has a callback, which is given the future, parses its page and appends a line to db.txt. With threads the callback runs in the worker that got the page; with processes in a helper thread of the parent, so parsing is not spread over processes. A page that is not there makes get answer None, and the callback raise a TypeError: that is logged, goes no further, and stops nothing.',
    '六个页面，每个要 100 毫秒，由线程池取回；每个 Future 挂一个回调，回调收到的是 Future，解析页面并在 db.txt 追加一行。用线程时，回调在取页面的工作线程里执行；用进程时，在父进程的辅助线程里执行，所以解析并没有分到各进程。取不到的页面让 get 返回 None，回调抛 TypeError：异常被记入日志，不会传播，也不影响其他页面。',
  ),
  params: {
    urls: { default: 6, min: 1, max: 6, text: text('Pages', '页面数') },
    kind: {
      default: 'threads',
      choices: ['threads', 'processes', 'serial'],
      text: text('Who gets the pages', '由谁取页面'),
    },
    second: {
      default: 'processes',
      choices: ['processes', 'threads'],
      text: text('Who gets them the second time', '第二次由谁取'),
    },
    workers: { default: 6, min: 1, max: 16, text: text('Workers', 'worker 数') },
    broken: { default: true, text: text('A seventh page that is not there', '第七个页面不存在') },
  },
  machines: {
    client: host({ eth0: '10.0.0.1/24' }),
    site: host({ eth0: '10.0.0.2/24', run: [`page-site 0.0.0.0:80 ${DELAY_MS}`] }),
  },
  cables: [cable('client', 'site', { delay: '1ms' })],
  programs: { crawler, 'page-site': pageSite },
  checks: {
    fetched: {
      text: text('Six pages, got side by side', '六个页面同时取回'),
      row: 80,
      clause: 1,
    },
    lines: { text: text('db.txt has six lines of URL and size', 'db.txt 有六行 URL 和大小'), row: 80, clause: 2 },
    who: {
      text: text(
        'Each page: got and parsed in the same worker thread, all in one process',
        '每个页面由同一个工作线程取回和解析，都在一个进程里',
      ),
      row: 80,
      clause: 3,
    },
    parent: {
      text: text(
        'With processes: got in the children, parsed in a thread of the parent',
        '用进程时：在子进程里取，在父进程的线程里解析',
      ),
      row: 80,
      clause: 3,
    },
    logged: {
      text: text('What the callback raises is logged, and goes no further', '回调抛出的异常被记录，不再传播'),
      row: 80,
      clause: 4,
    },
  },
  counterRuns: {
    five: { set: { urls: 5 }, flips: ['fetched', 'lines'], text: text('Five pages.', '五个页面。') },
    'one-by-one': {
      set: { kind: 'serial' },
      flips: ['fetched', 'who', 'logged'],
      text: text('Without pool and callbacks.', '不用池和回调。'),
    },
    'threads-twice': {
      set: { second: 'threads' },
      flips: ['parent'],
      text: text('Threads the second time too.', '第二次也用线程。'),
    },
    'nothing-broken': {
      set: { broken: false },
      flips: ['logged'],
      text: text('All pages are there.', '所有页面都存在。'),
    },
  },
  measures: {
    threads: { text: text('The whole crawl, the start of its threads included', '整个爬取，含启动线程'), unit: 'time' },
    lines: { text: text('Lines of db.txt', 'db.txt 的行数'), unit: 'count' },
    logged: { text: text('Exceptions of callbacks in the log', '日志里的回调异常'), unit: 'count' },
  },
  real,
  async script(context) {
    await context.sleep('10ms');
    const base = 'http://10.0.0.2';
    const { client, params, measured } = context;
    const all = urls(base, params).join(' ');
    const about = text('the crawler: get by the pool, parse in the callbacks', '爬虫：池里取，回调里解析');
    const first = await runToEnd(context, client, `crawler ${params.kind} ${params.workers} ${OUT} ${all}`, about);
    const written = (client.readFile(`/root/${OUT}`) ?? '').trim().split('\n').sort();
    measured('threads', first.endNs - first.startNs);
    measured('lines', written.length);
    measured('logged', logged(first.stderr));
    judge(context, first, written, base);
    const again = text('the same with another pool', '换一种池再来一次');
    const second = await runToEnd(context, client, `crawler ${params.second} ${params.workers} ${OUT} ${all}`, again);
    parsedInParent(context, second);
  },
});

const logged = (stderr: string): number => stderr.split('exception calling callback for').length - 1;

interface Step {
  readonly url: string;
  readonly pid: string;
  readonly thread: string;
}

function steps(ran: Ran, what: 'get' | 'parse'): ReadonlyMap<string, Step> {
  const found = [...ran.stdout.matchAll(new RegExp(`^${what} (\\S+) pid (\\d+) thread (.+)$`, 'gm'))];
  return new Map(found.map(([, url = '', pid = '', thread = '']) => [url, { url, pid, thread }]));
}

function judge({ check, seen }: Context, ran: Ran, written: readonly string[], base: string): void {
  const [got, parsed] = [steps(ran, 'get'), steps(ran, 'parse')];
  const ms = Math.round((ran.endNs - ran.startNs) / 1_000_000);
  const answers = seen('http.response.code == 200').count;
  check('fetched', () => ({ met: answers === 6 && ms < 2.5 * DELAY_MS, saw: `${answers} pages in ${ms} ms` }));
  check('lines', () => ({ met: written.join() === wanted(base).join(), saw: written.join('; ') }));
  const threads = new Set([...got.values()].map(({ thread }) => thread));
  const pids = new Set([...got.values(), ...parsed.values()].map(({ pid }) => pid));
  const same = [...parsed.values()].every(({ url, thread }) => got.get(url)?.thread === thread);
  const saw = `${parsed.size} parsed; threads ${[...threads].join(', ')}; ${pids.size} pids`;
  check('who', () => ({ met: parsed.size > 0 && threads.size > 1 && pids.size === 1 && same, saw }));
  const log = ran.stderr.split('\n');
  check('logged', () => ({
    met:
      log.includes('exception calling callback for <Future>') &&
      log.includes("TypeError: 'NoneType' object is not subscriptable") &&
      ran.status === 0,
    saw: `status ${ran.status}; ${log.filter((line) => line !== '').join('; ') || 'nothing logged'}`,
  }));
}

function parsedInParent({ check }: Context, ran: Ran): void {
  const [got, parsed] = [steps(ran, 'get'), steps(ran, 'parse')];
  const children = new Set([...got.values()].map(({ pid }) => pid));
  const parents = new Set([...parsed.values()].map(({ pid }) => pid));
  const apart = [...parents].every((pid) => !children.has(pid));
  const threads = [...new Set([...parsed.values()].map(({ thread }) => thread))].join(', ');
  check('parent', () => ({
    met: parents.size === 1 && children.size > 1 && apart,
    saw: `got in pids ${[...children].join(', ')}; parsed in ${[...parents].join(', ')} (${threads})`,
  }));
}

/** The same programs on this machine: the crawler's own processes and threads, a site on loopback. */
async function real({ params, start, run, readFile, measured }: RealStage): Promise<void> {
  const site = await start('page-site', ['0', String(DELAY_MS)], 'listening on');
  const base = baseUrl(site.line);
  const ran = await run('crawler', ['threads', String(params.workers), OUT, ...urls(base, params)]);
  await site.stop();
  measured('threads', ran.elapsedNs);
  measured('lines', (readFile(OUT) ?? '').split('\n').filter((line) => line !== '').length);
  measured('logged', logged(ran.stderr));
}
