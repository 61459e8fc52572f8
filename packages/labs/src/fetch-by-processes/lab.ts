/** Twenty URLs by processes, by threads and by coroutines: what it takes in time and in resources, with and without parsing. */
import { cable, host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import type { RealStage } from '@netarium/core/check/real-arm.ts';
import { type Stay, stays } from '../lib/thread-watch.ts';
import { baseUrl } from '../lib/web-app.ts';
import { fetchUrls, slowSite } from './programs.ts';

type Context = LabContext<'client' | 'site'>;
const text = (en: string, zh: string) => ({ en, zh });

const WAYS = ['serial', 'threads', 'processes', 'coroutines'] as const;
type Way = (typeof WAYS)[number];
const WORDS: Readonly<Record<Way, string>> = { serial: '依次', threads: '线程', processes: '进程', coroutines: '协程' };
const PAGE_BYTES = 2000;
const MS = 1_000_000;

/** The comparison with the real machine: less of everything. */
const REAL = { delayMs: 100, urls: 20, workers: 5 } as const;

export default lab({
  id: 'fetch-by-processes',
  title: text('Many URLs: processes, threads, coroutines', '抓取大量 URL：进程、线程、协程'),
  text: text(
    'Twenty pages of which each takes a second. Ten processes need a tenth of the time of a loop, but so do ten threads, and twenty coroutines need hardly more than the one second: waiting takes no processor. A process is the dearest worker; its advantage comes when each page has to be parsed, 0.2 s of computing, for then the interpreter lock lets threads and coroutines compute one at a time.',
    '二十个页面，每个要一秒。十个进程的用时是循环的十分之一，十个线程也一样，而二十个协程只比一秒略多：等待不占处理器。进程是最贵的 worker；它的优势在每页还要解析、各计算 0.2 秒时才显出来，因为解释器锁让线程和协程只能一个一个地算。',
  ),
  params: {
    urls: { default: 20, min: 1, max: 200, text: text('URLs', 'URL 数') },
    workers: { default: 10, min: 1, max: 40, text: text('Processes, or threads', '进程数或线程数') },
    delay: { default: 1000, min: 0, max: 5000, text: text('ms that a page takes', '每个页面要多少毫秒') },
    parse: {
      default: 200,
      min: 0,
      max: 2000,
      text: text('ms of parsing in the second round', '第二轮每页解析的毫秒数'),
    },
    missing: {
      default: 0,
      min: 0,
      max: 200,
      text: text('The page that is not there (0: none)', '不存在的页面（0 表示没有）'),
    },
    fork: {
      default: 'processes',
      choices: ['processes', 'threads'],
      text: text('What is used as processes', '用什么当进程'),
    },
    light: {
      default: 'coroutines',
      choices: ['coroutines', 'threads'],
      text: text('What is used as coroutines', '用什么当协程'),
    },
  },
  machines: { client: host({ eth0: '10.0.0.1/24', cpu: { cores: 4 } }), site: host({ eth0: '10.0.0.2/24' }) },
  cables: [cable('client', 'site', { delay: '1ms' })],
  programs: { 'fetch-urls': fetchUrls, 'slow-site': slowSite },
  until: '600s',
  checks: {
    same: { text: text('All four ways bring all pages', '四种做法都取回全部页面'), row: 82, clause: 1 },
    times: {
      text: text(
        'Ten processes and ten threads: a tenth of the loop’s time; coroutines: little more than one page',
        '十个进程与十个线程：循环用时的十分之一；协程：略多于一页的时间',
      ),
      row: 82,
      clause: 2,
    },
    parsing: {
      text: text('With parsing the processes lead', '需要解析时进程领先'),
      row: 82,
      clause: 2,
      claim: 'C398',
    },
    resources: {
      text: text(
        'Eleven processes; one with eleven threads; one with one thread',
        '十一个进程；一个进程十一个线程；一个进程一个线程',
      ),
      row: 82,
      clause: 3,
    },
  },
  counterRuns: {
    'a-page-missing': { set: { missing: 7 }, flips: ['same'], text: text('One page is not there.', '缺一个页面。') },
    'quick-site': {
      set: { delay: 0 },
      flips: ['times'],
      text: text('Pages come at once: nothing to gain.', '页面立刻就来：没什么可省的。'),
    },
    'no-parsing': { set: { parse: 0 }, flips: ['parsing'], text: text('Nothing to compute.', '没有可计算的。') },
    'threads-as-processes': {
      set: { fork: 'threads' },
      flips: ['parsing', 'resources'],
      text: text('Threads in place of processes.', '用线程代替进程。'),
    },
    'threads-as-coroutines': {
      set: { light: 'threads' },
      flips: ['times', 'resources'],
      text: text('Threads in place of coroutines.', '用线程代替协程。'),
    },
  },
  measures: {
    serial: { text: text('20 pages of 100 ms, one after the other', '20 个 100 毫秒的页面，依次取'), unit: 'time' },
    threads: { text: text('The same by 5 threads, once they are there', '同上，5 个线程就绪之后'), unit: 'time' },
    processes: { text: text('The same by 5 processes, once they are there', '同上，5 个进程就绪之后'), unit: 'time' },
    coroutines: { text: text('The same by 20 coroutines', '同上，20 个协程'), unit: 'time' },
  },
  real,
  async script(context) {
    const { client, params, site, check, sleep } = context;
    const states = stays(context, 'client');
    const serving = site.start(`slow-site 0.0.0.0:80 ${params.delay} ${params.missing}`);
    await sleep('5ms');
    const waiting = await round(context, states, 0, text('pages are only fetched', '只取页面'));
    judge(context, waiting);
    const parsing = await round(context, states, Number(params.parse), text('and parsed', '还要解析'));
    const [slow, quick] = [parsing.get('threads')!.seconds, parsing.get('processes')!.seconds];
    const light = parsing.get('coroutines')!.seconds;
    check('parsing', () => ({
      met: quick < 0.8 * slow && quick < 0.8 * light,
      saw: `processes ${quick} s, threads ${slow} s, coroutines ${light} s`,
    }));
    serving.kill('SIGTERM');
    await serving.wait();
    const small = site.start(`slow-site 0.0.0.0:80 ${REAL.delayMs}`);
    await sleep('5ms');
    for (const way of WAYS) {
      const { stdout } = await client.sh(`fetch-urls ${way} ${REAL.workers} 0 ${REAL.urls} http://10.0.0.2`);
      context.measured(way, secondsOf(stdout) * 1000 * MS);
    }
    small.kill('SIGTERM');
    await small.wait();
  },
});

interface Cost {
  readonly pages: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly processes: number;
  readonly threads: number;
  /** Milliseconds of the processors. */
  readonly cpuMs: number;
  /** Milliseconds until all workers were there. */
  readonly startMs: number;
}

const secondsOf = (line: string): number => Number(/([\d.]+) s$/m.exec(line)?.[1]);

/** Each way once; a table of what it took. */
async function round(
  context: Context,
  states: readonly Stay[],
  parseMs: number,
  about: ReturnType<typeof text>,
): Promise<ReadonlyMap<Way, Cost>> {
  const { say, params } = context;
  say(text(`${params.urls} URLs, ${about.en}`, `${params.urls} 个 URL，${about.zh}`));
  const costs = new Map<Way, Cost>();
  for (const way of WAYS) {
    const used = way === 'processes' ? String(params.fork) : way === 'coroutines' ? String(params.light) : way;
    costs.set(way, await measure(context, states, used, parseMs));
  }
  for (const [way, { seconds, processes, threads, cpuMs, startMs }] of costs) {
    const figures = `${seconds.toFixed(2)} s | ${processes} | ${threads} | ${cpuMs} ms | ${startMs} ms`;
    say(
      text(
        `${way}: ${figures} (time | processes | threads | CPU | start of the workers)`,
        `${WORDS[way]}：${figures}（用时 | 进程 | 线程 | CPU | 启动 worker）`,
      ),
    );
  }
  return costs;
}

async function measure(context: Context, states: readonly Stay[], way: string, parseMs: number): Promise<Cost> {
  const { client, params } = context;
  const first = states.length;
  const command = `fetch-urls ${way} ${params.workers} ${parseMs} ${params.urls} http://10.0.0.2`;
  const ran = await client.sh(command);
  context.say(text(ran.stdout.trim(), ran.stdout.trim()));
  const own = states.slice(first).filter(({ process }) => process === 'fetch-urls');
  const busyNs = own
    .filter(({ state }) => state === 'running')
    .reduce((sum, { fromNs, toNs }) => sum + toNs - fromNs, 0);
  const [, pages, bytes] = /: (\d+) pages, (\d+) bytes/.exec(ran.stdout) ?? [];
  return {
    pages: Number(pages),
    bytes: Number(bytes),
    seconds: secondsOf(ran.stdout),
    processes: new Set(own.map(({ pid }) => pid)).size,
    threads: new Set(own.map(({ tid }) => tid)).size,
    cpuMs: Math.round(busyNs / MS),
    startMs: Number(/start ([\d.]+) ms/.exec(ran.stdout)?.[1]),
  };
}

function judge({ check, params }: Context, costs: ReadonlyMap<Way, Cost>): void {
  const [urls, workers, page] = [Number(params.urls), Number(params.workers), Number(params.delay) / 1000];
  const all = [...costs];
  check('same', () => ({
    met: all.every(([, { pages, bytes }]) => pages === urls && bytes === urls * PAGE_BYTES),
    saw: all.map(([way, { pages, bytes }]) => `${way} ${pages} pages, ${bytes} bytes`).join('; '),
  }));
  const seconds = (way: Way): number => costs.get(way)!.seconds;
  const turns = (urls / workers) * page;
  check('times', () => ({
    met:
      seconds('serial') >= urls * page &&
      seconds('serial') > 0.8 * workers * seconds('threads') &&
      seconds('threads') < 1.1 * turns &&
      seconds('processes') < 1.1 * turns &&
      seconds('coroutines') < 1.3 * page,
    saw: all.map(([way, cost]) => `${way} ${cost.seconds} s`).join(', '),
  }));
  const { processes: forked } = costs.get('processes')!;
  const threads = costs.get('threads')!;
  const light = costs.get('coroutines')!;
  check('resources', () => ({
    met:
      forked === workers + 1 &&
      threads.processes === 1 &&
      threads.threads === workers + 1 &&
      light.processes === 1 &&
      light.threads === 1,
    saw: all.map(([way, cost]) => `${way} ${cost.processes} processes, ${cost.threads} threads`).join('; '),
  }));
}

/** The small round on this machine. */
async function real({ start, run, measured }: RealStage): Promise<void> {
  const site = await start('slow-site', ['0', String(REAL.delayMs)], 'listening on');
  const base = baseUrl(site.line);
  for (const way of WAYS) {
    const { stdout } = await run('fetch-urls', [way, String(REAL.workers), '0', String(REAL.urls), base]);
    measured(way, secondsOf(stdout) * 1000 * MS);
  }
  await site.stop();
}
