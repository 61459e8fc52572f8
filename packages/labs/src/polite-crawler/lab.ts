/** Sites that refuse crawlers: by the agent's name (403), by the rate (429), or not at all; and how a polite crawler gets all that it may have. */
import { cable, host, lab, networkSwitch, param } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import type { RealStage } from '@netarium/core/check/real-arm.ts';
import { type Ran, runToEnd } from '../lib/python-threads.ts';
import { baseUrl } from '../lib/web-app.ts';
import { crawler, policySite } from './programs.ts';

type Context = LabContext<'crawler' | 'a' | 'b' | 'c'>;
const text = (en: string, zh: string) => ({ en, zh });

const A = 'http://10.0.0.11';
const B = 'http://10.0.0.12';
const C = 'http://10.0.0.13';
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/128.0';
const six = (base: string): string => [1, 2, 3, 4, 5, 6].map((number) => `${base}/${number}`).join(' ');

const site = (number: number, run: ReturnType<typeof param> | string) =>
  host({ eth0: `10.0.0.${number}/24`, run: [run] });

export default lab({
  id: 'polite-crawler',
  title: text('Sites that refuse crawlers, and a polite one', '拒绝爬虫的网站与有礼貌的爬虫'),
  text: text(
    'Site A answers 403 to agents such as python-requests, site B takes everybody, site C answers 429 to whoever asks more than three times a second, whatever his name is. So a browser’s name opens A and does not help at C. What helps everywhere: a name with an address, robots.txt read and followed, a pace, and waiting as Retry-After says. To pass oneself off as a browser is not needed, and a site may forbid it.',
    '网站 A 对 python-requests 这类客户端回 403；网站 B 谁都接待；网站 C 对每秒请求超过三次的人回 429，不管叫什么名字。所以冒充浏览器能进 A，在 C 却没用。处处管用的是：写明身份和联系地址、先读并遵守 robots.txt、控制节奏、按 Retry-After 等待。不必冒充浏览器，而且网站可能禁止这样做。',
  ),
  params: {
    a: {
      default: 'policy-site 0.0.0.0:80 agents',
      choices: ['policy-site 0.0.0.0:80 agents', 'policy-site 0.0.0.0:80 open'],
      text: text('What site A refuses', '网站 A 拒绝什么'),
    },
    c: {
      default: 'policy-site 0.0.0.0:80 rate 3',
      choices: ['policy-site 0.0.0.0:80 rate 3', 'policy-site 0.0.0.0:80 rate 1000'],
      text: text('How much a second site C allows', '网站 C 每秒允许多少次'),
    },
    agent: {
      default: 'ShopBot/1.0 (+http://bots.test/shopbot)',
      text: text('The polite crawler’s name', '有礼貌的爬虫叫什么'),
    },
    pace: { default: 400, min: 0, max: 5000, text: text('ms between its requests', '它两次请求之间的毫秒数') },
    robots: {
      default: 'robots',
      choices: ['robots', 'anything'],
      text: text('It follows robots.txt, or fetches anything', '遵守 robots.txt，还是什么都取'),
    },
    patience: {
      default: 'patient',
      choices: ['patient', 'hasty'],
      text: text('After a 429: wait as told, or go on', '收到 429 之后：按要求等待，还是继续'),
    },
  },
  machines: {
    crawler: host({ eth0: '10.0.0.1/24' }),
    switch: networkSwitch(),
    a: site(11, param('a')),
    b: site(12, 'policy-site 0.0.0.0:80 open'),
    c: site(13, param('c')),
  },
  cables: ['crawler', 'a', 'b', 'c'].map((name) => cable(name, 'switch', { delay: '5ms' })),
  programs: { crawler, 'policy-site': policySite },
  checks: {
    agent: {
      text: text(
        'Site A: 403 for python-requests, 200 for a browser; site B takes both',
        '网站 A：python-requests 得 403，浏览器得 200；网站 B 都接待',
      ),
      row: 81,
      clause: 1,
      claim: 'C194',
    },
    rate: {
      text: text(
        'Site C: 429 after the third request in a second, whatever the agent',
        '网站 C：一秒内第三次之后回 429，与名字无关',
      ),
      row: 81,
      clause: 2,
    },
    polite: {
      text: text(
        'With a name and a pace every page of all three sites, without a refusal',
        '有名字、有节奏：三个网站的页面都拿到，没有一次被拒',
      ),
      row: 81,
      clause: 3,
    },
    patient: {
      text: text(
        'Without a pace, but waiting as Retry-After says, all pages too',
        '没有节奏，但按 Retry-After 等待，也能拿到全部页面',
      ),
      row: 81,
      clause: 3,
    },
    robots: { text: text('What robots.txt forbids is never asked for', 'robots.txt 禁止的从不去取') },
  },
  counterRuns: {
    'open-site': {
      set: { a: 'policy-site 0.0.0.0:80 open' },
      flips: ['agent'],
      text: text('Site A takes everybody.', '网站 A 谁都接待。'),
    },
    'generous-site': {
      set: { c: 'policy-site 0.0.0.0:80 rate 1000' },
      flips: ['rate'],
      text: text('Site C allows a thousand a second.', '网站 C 每秒允许一千次。'),
    },
    'no-pace': { set: { pace: 0 }, flips: ['polite'], text: text('No pace.', '不控制节奏。') },
    nameless: { set: { agent: '-' }, flips: ['polite'], text: text('The name of the library.', '用库自带的名字。') },
    hasty: {
      set: { patience: 'hasty' },
      flips: ['patient'],
      text: text('Retry-After is not heeded.', '不理会 Retry-After。'),
    },
    anything: {
      set: { robots: 'anything' },
      flips: ['robots'],
      text: text('robots.txt is not read.', '不读 robots.txt。'),
    },
  },
  measures: {
    refused: { text: text('403 for the name of the library', '库的名字得到的 403'), unit: 'count' },
    limited: { text: text('429 for six pages at once', '六个页面一口气取得到的 429'), unit: 'count' },
    pages: { text: text('Pages of a polite crawler', '有礼貌的爬虫拿到的页面'), unit: 'count' },
  },
  real,
  async script(context) {
    await context.sleep('10ms');
    await names(context);
    await rates(context);
    await politely(context);
  },
});

const count = (lines: string | readonly string[], status: number): number =>
  (typeof lines === 'string' ? lines.split('\n') : lines).filter((line) => line.endsWith(` ${status}`)).length;

/** Three sites on this machine's loopback, one after the other asked by name and by rate, then politely. */
async function real({ params, start, run, measured }: RealStage): Promise<void> {
  const policies = [params.a, 'open', params.c].map(
    (command) => String(command).split(' ').slice(2).join(' ') || 'open',
  );
  const sites = [];
  for (const policy of policies) sites.push(await start('policy-site', ['0', ...policy.split(' ')], 'listening on'));
  const [a = '', b = '', c = ''] = sites.map(({ line }) => baseUrl(line));
  const crawl = async (agent: string, ...args: readonly string[]): Promise<string> =>
    (await run('crawler', [agent, ...args])).stdout;
  measured('refused', count(await crawl('-', '0', 'anything', 'hasty', `${a}/1`, `${b}/1`), 403));
  measured('limited', count(await crawl(BROWSER, '0', 'anything', 'hasty', ...six(c).split(' ')), 429));
  const pace = String(params.pace);
  // The site forgets within a second.
  const pages = [a, b, c].flatMap((base) => six(base).split(' '));
  measured('pages', count(await crawl(String(params.agent), pace, String(params.robots), 'patient', ...pages), 200));
  for (const site of sites) await site.stop();
}

function crawl(context: Context, agent: string, rest: string, en: string, zh: string): Promise<Ran> {
  return runToEnd(context, context.crawler, `crawler '${agent}' ${rest}`, text(en, zh));
}

/** Statuses by URL; several where it was tried again. */
function statuses({ lines }: Ran): string {
  return lines.map((line) => line.replace(/^http:\/\/10\.0\.0\.1/, '').replace(/^(\d)\/(\S+) /, '$1:$2 ')).join(', ');
}

async function names(context: Context): Promise<void> {
  const plain = await crawl(
    context,
    '-',
    `0 anything hasty ${A}/1 ${B}/1`,
    'with the library’s own name',
    '用库自带的名字',
  );
  const browser = await crawl(
    context,
    BROWSER,
    `0 anything hasty ${A}/1 ${B}/1`,
    'with a browser’s name',
    '用浏览器的名字',
  );
  const saw = `${statuses(plain)}; ${statuses(browser)}`;
  context.measured('refused', count(plain.lines, 403));
  context.check('agent', () => ({ met: saw === '1:1 403, 2:1 200; 1:1 200, 2:1 200', saw }));
}

async function rates(context: Context): Promise<void> {
  const { sleep, check, params } = context;
  const seen: string[] = [];
  for (const agent of ['-', BROWSER]) {
    await sleep('2s');
    const ran = await crawl(
      context,
      agent,
      `0 anything hasty ${six(C)}`,
      `six pages at once, ${agent === '-' ? 'the library' : 'a browser'}`,
      `六个页面一口气取，${agent === '-' ? '库的名字' : '浏览器的名字'}`,
    );
    seen.push(ran.lines.map((line) => line.split(' ').at(-1)).join(' '));
  }
  const refused = '200 200 200 429 429 429';
  context.measured(
    'limited',
    count(
      seen
        .at(-1)!
        .split(' ')
        .map((status) => ` ${status}`),
      429,
    ),
  );
  check('rate', () => ({ met: seen.every((line) => line === refused), saw: seen.join('; ') }));
  await sleep('2s');
  const ran = await crawl(
    context,
    String(params.agent),
    `0 anything ${params.patience} ${six(C)}`,
    'without a pace, heeding Retry-After',
    '不控制节奏，但听从 Retry-After',
  );
  check('patient', () => ({
    met: ran.lines.length === 6 && ran.lines.every((line) => line.endsWith(' 200')),
    saw: statuses(ran),
  }));
}

async function politely(context: Context): Promise<void> {
  const { sleep, check, params, seen } = context;
  await sleep('2s');
  const before = seen('http.response.code >= 400').count;
  const urls = [A, B, C].map((base) => `${six(base)} ${base}/private/1`).join(' ');
  const rest = `${params.pace} ${params.robots} hasty ${urls}`;
  const ran = await crawl(
    context,
    String(params.agent),
    rest,
    'politely: a name, robots.txt, a pace',
    '有礼貌地：有名字、读 robots.txt、控制节奏',
  );
  const pages = ran.lines.filter((line) => /\/\d 200$/.test(line)).length;
  const refused = seen('http.response.code >= 400').count - before;
  context.measured('pages', pages);
  check('polite', () => ({ met: pages === 18 && refused === 0, saw: `${pages} pages, ${refused} refusals` }));
  const asked = seen('http.request.uri == "/private/1"').count;
  check('robots', () => ({ met: asked === 0, saw: `${asked} requests for /private/1` }));
}
