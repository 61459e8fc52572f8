/** urllib and urllib2: what the standard library's clients of Python 2 and 3 send, which of them can set headers, and what a name of the other version raises. */
import { cable, host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import type { RealStage } from '@netarium/core/check/real-arm.ts';
import { runToEnd } from '../lib/python-threads.ts';
import { baseUrl } from '../lib/web-app.ts';
import { echoSite, names, python2Calls, python3Calls } from './programs.ts';

type Context = LabContext<'client' | 'site'>;
const text = (en: string, zh: string) => ({ en, zh });
const URL = 'http://10.0.0.2/';

export default lab({
  id: 'urllib',
  title: text('urllib and urllib2: the clients of the standard library', 'urllib 与 urllib2：标准库的客户端'),
  text: text(
    'The same page asked for by the calls of Python 2 and of Python 3. urllib.urlopen of Python 2 takes no headers, though an opener’s addheader adds some; urllib2 has Request; Python 3 has both in urllib.request. What each sends is read from the packets. In Python 3 there is no urllib2 and no urllib.urlopen: the errors are as printed by CPython 3.11, with which the sent bytes were compared. Python 2.7 is no longer to be had; its side follows its documentation.',
    '用 Python 2 和 Python 3 的写法取同一个网页。Python 2 的 urllib.urlopen 不能带请求头，但 opener 的 addheader 可以加；urllib2 有 Request；Python 3 把两者并入 urllib.request。各自发出什么，从分组里读。Python 3 没有 urllib2，也没有 urllib.urlopen：报错与 CPython 3.11 一致，发出的字节也与它比对过。Python 2.7 已无处安装，这一侧依据其文档。',
  ),
  params: {
    old: {
      default: '2.7',
      choices: ['2.7', '3.11'],
      text: text('The interpreter for the calls of Python 2', '执行 Python 2 写法的解释器'),
    },
    new: {
      default: '3.11',
      choices: ['3.11', '2.7'],
      text: text('The interpreter for the calls of Python 3', '执行 Python 3 写法的解释器'),
    },
    headers: {
      default: 'with',
      choices: ['with', 'without'],
      text: text('Request with headers, or without', 'Request 带不带 headers'),
    },
    agent: { default: 'Mozilla/5.0', text: text('The agent that headers name', '请求头里写的 User-Agent') },
  },
  machines: {
    client: host({ eth0: '10.0.0.1/24' }),
    site: host({ eth0: '10.0.0.2/24', run: ['echo-site 0.0.0.0:80'] }),
  },
  cables: [cable('client', 'site', { delay: '1ms' })],
  programs: {
    'echo-site': echoSite,
    'python2-calls-2.7': python2Calls('2.7'),
    'python2-calls-3.11': python2Calls('3.11'),
    'python3-calls-2.7': python3Calls('2.7'),
    'python3-calls-3.11': python3Calls('3.11'),
    'names-2.7': names('2.7'),
    'names-3.11': names('3.11'),
  },
  checks: {
    python2: {
      text: text(
        'Python 2: urlopen is Python-urllib/1.17 in HTTP/1.0, urllib2 Python-urllib/2.7 in HTTP/1.1',
        'Python 2：urlopen 以 HTTP/1.0 发 Python-urllib/1.17，urllib2 以 HTTP/1.1 发 Python-urllib/2.7',
      ),
      row: 77,
      clause: 1,
      claim: 'C187',
    },
    request2: {
      text: text('urllib2’s Request sets the header', 'urllib2 的 Request 能设置请求头'),
      row: 77,
      clause: 1,
      claim: 'C188',
    },
    python3: {
      text: text(
        'Python 3: Python-urllib/3.11, and with a Request the agent that was chosen',
        'Python 3：默认 Python-urllib/3.11，用 Request 则是所选的 User-Agent',
      ),
      row: 77,
      clause: 2,
    },
    missing3: {
      text: text(
        'In Python 3 urllib2 and urllib.urlopen are errors by name',
        'Python 3 里 urllib2 和 urllib.urlopen 按名报错',
      ),
      row: 77,
      clause: 3,
      claim: 'C186',
    },
    missing2: {
      text: text('In Python 2 urlencode is in urllib, not in urllib2', 'Python 2 的 urlencode 在 urllib，不在 urllib2'),
      row: 77,
      clause: 3,
      claim: 'C189',
    },
  },
  counterRuns: {
    'old-calls-in-3': {
      set: { old: '3.11' },
      flips: ['python2', 'request2', 'missing2'],
      text: text('The calls of Python 2 under Python 3.', '在 Python 3 里用 Python 2 的写法。'),
    },
    'new-calls-in-2': {
      set: { new: '2.7' },
      flips: ['python3', 'missing3'],
      text: text('The calls of Python 3 under Python 2.', '在 Python 2 里用 Python 3 的写法。'),
    },
    'no-headers': {
      set: { headers: 'without' },
      flips: ['python3'],
      text: text('The Request brings no headers.', 'Request 不带请求头。'),
    },
  },
  measures: {
    agents: { text: text('Calls whose agent arrived as it should', '按应有的 User-Agent 到达的调用'), unit: 'count' },
    errors: { text: text('Names that raise an error in either version', '两个版本里报错的名字'), unit: 'count' },
  },
  real,
  async script(context) {
    await context.sleep('10ms');
    const told = await calls(context);
    const named = await missing(context);
    context.measured('agents', agents(told, String(context.params.agent)));
    context.measured('errors', errors(named));
  },
});

/** What the site told the six calls, counted where it is right. */
function agents(lines: readonly string[], agent: string): number {
  const wanted = [
    'urllib.urlopen(url): agent Python-urllib/1.17',
    `URLopener().addheader: agent Python-urllib/1.17, ${agent}`,
    'urllib2.urlopen(url): agent Python-urllib/2.7',
    `urllib2.Request(url, headers): agent ${agent}`,
    'urllib.request.urlopen(url): agent Python-urllib/3.11',
    `urllib.request.Request(url, headers): agent ${agent}`,
  ];
  return wanted.filter((line) => lines.includes(line)).length;
}

const errors = (lines: readonly string[]): number => lines.filter((line) => /: \w*Error: /.test(line)).length;

/** The same calls on this machine's loopback. */
async function real({ params, start, run, measured }: RealStage): Promise<void> {
  const site = await start('echo-site', ['0'], 'listening on');
  const url = `${baseUrl(site.line)}/`;
  const agent = String(params.agent);
  const old = await run(`python2-calls-${params.old}`, [url, agent]);
  const current = await run(`python3-calls-${params.new}`, [url, agent, String(params.headers)]);
  measured('agents', agents(`${old.stdout}${current.stdout}`.split('\n'), agent));
  const named = [await run(`names-${params.old}`, []), await run(`names-${params.new}`, [])];
  measured('errors', errors(named.flatMap(({ stdout }) => stdout.split('\n'))));
  await site.stop();
}

/** Agent, version and Connection of each request so far, as the packets have them. */
function sent({ seen }: Context, from: number): string[] {
  return seen('http.request')
    .packets.slice(from)
    .map((packet) => {
      const agents = packet.fields('http.user_agent').join('+');
      return `${packet.field('http.request.version')} ${agents} ${packet.field('http.connection') ?? '-'}`;
    });
}

async function calls(context: Context): Promise<string[]> {
  const { client, params, check } = context;
  const agent = String(params.agent);
  const said = text('Python 2’s calls', 'Python 2 的写法');
  const first = await runToEnd(context, client, `python2-calls-${params.old} ${URL} ${agent}`, said);
  const old = sent(context, 0);
  const saw = old.join('; ');
  check('python2', () => ({
    met:
      old[0] === 'HTTP/1.0 Python-urllib/1.17 -' &&
      old[1] === `HTTP/1.0 Python-urllib/1.17+${agent} -` &&
      old[2] === 'HTTP/1.1 Python-urllib/2.7 close',
    saw,
  }));
  check('request2', () => ({ met: old[3] === `HTTP/1.1 ${agent} close`, saw }));
  const about = text('Python 3’s calls', 'Python 3 的写法');
  const second = await runToEnd(
    context,
    client,
    `python3-calls-${params.new} ${URL} ${agent} ${params.headers}`,
    about,
  );
  const later = sent(context, old.length);
  check('python3', () => ({
    met: later[0] === 'HTTP/1.1 Python-urllib/3.11 close' && later[1] === `HTTP/1.1 ${agent} close`,
    saw: later.join('; '),
  }));
  return [...first.lines, ...second.lines];
}

async function missing(context: Context): Promise<string[]> {
  const { client, params, check } = context;
  const run = (version: unknown) =>
    runToEnd(context, client, `names-${version}`, text(`names in Python ${version}`, `Python ${version} 里的名字`));
  const old = await run(params.old);
  const current = await run(params.new);
  check('missing2', () => ({
    met:
      old.lines.includes('urllib.urlencode: no error') &&
      old.lines.includes("urllib2.urlencode: AttributeError: 'module' object has no attribute 'urlencode'") &&
      old.lines.includes("urlencode({'a b': '中'}): a+b=%E4%B8%AD"),
    saw: old.lines.join('; '),
  }));
  check('missing3', () => ({
    met:
      current.lines.includes("import urllib2: ModuleNotFoundError: No module named 'urllib2'") &&
      current.lines.includes("urllib.urlopen: AttributeError: module 'urllib' has no attribute 'urlopen'"),
    saw: current.lines.join('; '),
  }));
  return [...old.lines, ...current.lines];
}
