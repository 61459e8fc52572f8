/** requests: what a Session keeps and single calls do not, uploads, encodings, Chinese URLs, and what becomes of data=, json= and a str. */
import { cable, host, lab, networkSwitch, param } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import type { RealStage } from '@netarium/core/check/real-arm.ts';
import { type Ran, runToEnd } from '../lib/python-threads.ts';
import { baseUrl } from '../lib/web-app.ts';
import {
  bodies,
  connections as counted,
  encodings,
  fileUrl,
  gets,
  international,
  login,
  rawClient,
  upload,
} from './programs.ts';
import { shopSite } from './shop.ts';

type Context = LabContext<'client' | 'site' | 'names'>;
const text = (en: string, zh: string) => ({ en, zh });

const SITE = '10.0.0.2';
const URL = `http://${SITE}/`;
const NAME = 'xn--fiqs8s.xn--0zwm56d';
const CHINESE = 'http://中国.测试/路径/页面?键=值';
/** The same, as RFC 3986 and RFC 5891 have it. */
const ENCODED = '/%E8%B7%AF%E5%BE%84/%E9%A1%B5%E9%9D%A2?%E9%94%AE=%E5%80%BC';

const ZONE = `$ORIGIN xn--0zwm56d.
$TTL 300
@ SOA ns admin 2026010101 3600 600 86400 60
@ NS ns
ns A 10.0.0.53
xn--fiqs8s A ${SITE}
`;

const choice = (def: string, choices: readonly string[], en: string, zh: string) => ({
  ...{ default: def, choices },
  text: text(en, zh),
});

export default lab({
  id: 'requests',
  title: text('requests: sessions, cookies, uploads, encodings', 'requests：会话、Cookie、上传与编码'),
  text: text(
    'A shop 10 ms away. Ten pages by one Session take one connection, by single calls ten; a login lasts in a Session only. A file goes up as multipart/form-data. Text without a charset is taken for ISO-8859-1, and Chinese becomes mojibake though the bytes are intact. A Chinese URL leaves as xn-- name and percent-encoded UTF-8. A dict becomes a form, json= JSON; a str goes as it is, without a Content-Type, so that no form parser reads it. All of it was compared byte for byte with requests 2.28.',
    '一家商店在 10 毫秒之外。用一个 Session 取十页只要一条连接，单独调用要十条；登录状态只在 Session 里保持。文件以 multipart/form-data 上传。没有 charset 的文本按 ISO-8859-1 解码，中文成了乱码，但字节完好。中文 URL 以 xn-- 名字和百分号编码的 UTF-8 发出。字典成为表单，json= 成为 JSON；字符串原样发送、没有 Content-Type，表单解析器读不到。这些都与 requests 2.28 逐字节比对过。',
  ),
  params: {
    how: choice(
      'session',
      ['session', 'calls'],
      'The ten pages: by a Session or by single calls',
      '十个页面：用 Session 还是单独调用',
    ),
    login: choice(
      'session',
      ['session', 'calls'],
      'The login: in a Session or by single calls',
      '登录：在 Session 里还是单独调用',
    ),
    upload: choice('files', ['files', 'data'], 'The upload: files= or data=', '上传：用 files= 还是 data='),
    site: choice(
      'shop-site 0.0.0.0:80 text/html',
      ['shop-site 0.0.0.0:80 text/html', 'shop-site 0.0.0.0:80 application/json'],
      'The site, and the type of its page without a charset',
      '网站，以及它那个没有 charset 的页面的类型',
    ),
    body: choice('dict', ['dict', 'str'], 'The first body: a dict or a str', '第一个请求体：字典还是字符串'),
    client: choice('requests', ['requests', 'raw'], 'Who asks for the Chinese URL', '谁来取中文 URL'),
    file: choice('requests', ['requests', 'urllib'], 'Who is given the URL of a file', '把文件 URL 交给谁'),
  },
  machines: {
    client: host({ eth0: '10.0.0.1/24', files: { '/etc/resolv.conf': 'nameserver 10.0.0.53\n' } }),
    switch: networkSwitch(),
    site: host({
      eth0: `${SITE}/24`,
      run: [param('site')],
    }),
    names: host({
      eth0: '10.0.0.53/24',
      files: {
        '/etc/bind/named.conf': `options { directory "/etc/bind"; recursion no; };\nzone "xn--0zwm56d" { type primary; file "db.zone"; };\n`,
        '/etc/bind/db.zone': ZONE,
      },
      run: ['named -f'],
    }),
  },
  cables: [cable('client', 'switch', { delay: '10ms' }), cable('site', 'switch', {}), cable('names', 'switch', {})],
  programs: {
    'shop-site': shopSite,
    'raw-client': rawClient,
    'file-url': fileUrl,
    ...{ gets, counted, login, upload, encodings, bodies, international },
  },
  checks: {
    connections: {
      text: text(
        'Ten pages: one connection by a Session, ten by single calls',
        '十个页面：Session 一条连接，单独调用十条',
      ),
      row: 78,
      clause: 1,
      claim: 'C191',
    },
    cookies: {
      text: text('The login lasts in the Session', '登录状态在 Session 里保持'),
      row: 78,
      clause: 2,
      claim: 'C192',
    },
    upload: {
      text: text('10,240 bytes arrive as a part, with the same hash', '10240 字节作为一个部分到达，散列相同'),
      row: 78,
      clause: 3,
      claim: 'C195',
    },
    encoding: {
      text: text(
        'By the charset readable; without one ISO-8859-1, the bytes intact',
        '有 charset 可读；没有则按 ISO-8859-1，字节完好',
      ),
      row: 78,
      clause: 4,
      claim: 'C193',
    },
    international: {
      text: text(
        'DNS is asked for the xn-- name, the request line is ASCII',
        'DNS 查询的是 xn-- 名字，请求行是纯 ASCII',
      ),
      row: 78,
      clause: 5,
      claim: 'C386',
    },
    bodies: {
      text: text(
        'A dict is a form, json= JSON, a str has no Content-Type',
        '字典是表单，json= 是 JSON，字符串没有 Content-Type',
      ),
      row: 78,
      clause: 6,
      claim: 'C387',
    },
    'no-urllib2': {
      text: text('It is no urllib2: a file: URL is InvalidSchema', '它不是 urllib2：file: URL 报 InvalidSchema'),
      claim: 'C190',
    },
  },
  counterRuns: {
    'single-calls': {
      set: { how: 'calls' },
      flips: ['connections'],
      text: text('No session for the pages.', '取页面不用 Session。'),
    },
    'login-by-calls': {
      set: { login: 'calls' },
      flips: ['cookies'],
      text: text('No session for the login.', '登录不用 Session。'),
    },
    'bare-bytes': {
      set: { upload: 'data' },
      flips: ['upload'],
      text: text('The bytes as data=.', '字节用 data= 发送。'),
    },
    'json-page': {
      set: { site: 'shop-site 0.0.0.0:80 application/json' },
      flips: ['encoding'],
      text: text('JSON is taken for UTF-8.', 'JSON 按 UTF-8 解码。'),
    },
    'raw-socket': {
      set: { client: 'raw' },
      flips: ['international'],
      text: text('The letters as they are: 400.', '字符原样发出：400。'),
    },
    'a-str': {
      set: { body: 'str' },
      flips: ['bodies'],
      text: text('A str in place of the dict.', '用字符串代替字典。'),
    },
    'urllib-reads-files': {
      set: { file: 'urllib' },
      flips: ['no-urllib2'],
      text: text('urllib reads the file.', 'urllib 能读文件。'),
    },
  },
  measures: {
    kept: { text: text('Connections for ten pages, one way', '一种取法取十页的连接数'), unit: 'count' },
    single: { text: text('Connections for ten pages by single calls', '单独调用取十页的连接数'), unit: 'count' },
    profile: { text: text('Status of the profile after the login', '登录后个人资料的状态码'), unit: 'count' },
    stored: { text: text('Bytes that arrived with the same hash', '散列相同的已到达字节'), unit: 'bytes' },
    intact: { text: text('Pages whose bytes are intact', '字节完好的页面'), unit: 'count' },
    bodies: { text: text('Bodies as described', '符合描述的请求体'), unit: 'count' },
  },
  real,
  async script(context) {
    await context.sleep('100ms');
    await connections(context);
    await cookies(context);
    await uploads(context);
    await encoding(context);
    await chinese(context);
    await threeBodies(context);
  },
});

/** The same calls on this machine's loopback; the site counts the connections, where no packet is seen. */
async function real({ params, start, run, measured }: RealStage): Promise<void> {
  const site = await start('shop-site', ['0', String(params.site).split(' ').at(-1)!], 'listening on');
  const url = `${baseUrl(site.line)}/`;
  const lines = async (program: string, ...args: readonly string[]): Promise<string[]> =>
    (await run(program, args)).stdout.trim().split('\n');
  await lines('gets', String(params.how), url, '10');
  const kept = Number((await run('counted', [url])).stdout);
  await lines('gets', 'calls', url, '10');
  const single = Number((await run('counted', [url])).stdout) - kept - 1;
  measured('kept', kept);
  measured('single', single);
  measured('profile', statusOfProfile(await lines('login', String(params.login), url)));
  measured('stored', storedBytes(await lines('upload', String(params.upload), url, '10240')));
  measured('intact', intactPages(await lines('encodings', url)));
  measured('bodies', rightBodies(await lines('bodies', String(params.body), url)));
  await site.stop();
}

const statusOfProfile = (lines: readonly string[]): number => Number(/profile (\d+)/.exec(lines[0] ?? '')?.[1]);

const intactPages = (lines: readonly string[]): number => lines.filter((line) => line.endsWith('bytes intact')).length;

function storedBytes([sent = '', answer = '']: readonly string[]): number {
  const [, field, length] = /^sent (\S+ (\d+) \S+)$/.exec(sent) ?? [];
  return answer === `status 200 stored ${field}` ? Number(length) : 0;
}

const BODIES = [
  'dict: type application/x-www-form-urlencoded; body a=1%262; fields a=1&2',
  'json: type application/json; body ["a", "1&2"]; fields none',
  'str: type none; body a=1&2; fields none',
];

const rightBodies = (lines: readonly string[]): number => BODIES.filter((line) => lines.includes(line)).length;

function run(context: Context, command: string, en: string, zh: string): Promise<Ran> {
  return runToEnd(context, context.client, command, text(en, zh));
}

function opened({ seen }: Context): number {
  return seen('tcp.flags.syn == 1 && tcp.flags.ack == 0 && tcp.dstport == 80').count;
}

const milliseconds = (line: string | undefined): number => Number(/in (\d+) ms/.exec(line ?? '')?.[1]);

async function connections(context: Context): Promise<void> {
  const { params, check, say } = context;
  const first = await run(context, `gets ${params.how} ${URL} 10`, 'ten pages, one way', '十个页面，一种取法');
  const kept = opened(context);
  const second = await run(context, `gets calls ${URL} 10`, 'ten pages by single calls', '十个页面，单独调用');
  const single = opened(context) - kept;
  const [ms, slowMs] = [milliseconds(first.lines[0]), milliseconds(second.lines[0])];
  const saw = `${kept} connections in ${ms} ms, ${single} in ${slowMs} ms`;
  say(text(saw, `${kept} 条连接 ${ms} 毫秒，${single} 条连接 ${slowMs} 毫秒`));
  context.measured('kept', kept);
  context.measured('single', single);
  check('connections', () => ({ met: kept === 1 && single === 10 && ms < 0.7 * slowMs, saw }));
}

async function cookies(context: Context): Promise<void> {
  const { params, check } = context;
  const { lines } = await run(
    context,
    `login ${params.login} ${URL}`,
    'login, then the profile',
    '先登录，再看个人资料',
  );
  context.measured('profile', statusOfProfile(lines));
  check('cookies', () => ({ met: lines[0] === 'login 200, profile 200', saw: lines.join('; ') }));
}

async function uploads(context: Context): Promise<void> {
  const { params, check } = context;
  const { lines } = await run(context, `upload ${params.upload} ${URL} 10240`, 'an upload of 10 KiB', '上传 10 KiB');
  const stored = storedBytes(lines);
  context.measured('stored', stored);
  check('upload', () => ({ met: stored === 10_240, saw: lines.join('; ') }));
}

async function encoding(context: Context): Promise<void> {
  const { check } = context;
  const { lines } = await run(context, `encodings ${URL}`, 'two pages of the same bytes', '字节相同的两个页面');
  const [known = '', guessed = ''] = lines;
  context.measured('intact', intactPages(lines));
  check('encoding', () => ({
    met:
      known === 'with-charset: encoding utf-8 apparent utf-8 text 中文页面 bytes intact' &&
      guessed.startsWith('without: encoding ISO-8859-1 apparent utf-8 text ä¸­') &&
      guessed.endsWith('bytes intact'),
    saw: lines.join('; '),
  }));
}

async function chinese(context: Context): Promise<void> {
  const { params, check, seen } = context;
  const command = params.client === 'raw' ? `raw-client ${SITE} '${CHINESE}'` : `international '${CHINESE}'`;
  const { lines } = await run(context, command, `a Chinese URL: ${CHINESE}`, `中文 URL：${CHINESE}`);
  const asked = seen(`dns.qry.name == "${NAME}" && dns.flags.response == 0`);
  const uri = seen('http.request').last?.field('http.request.uri');
  const saw = `${asked.count} questions for ${NAME}, target ${uri}, ${lines.join('; ')}`;
  check('international', () => ({
    met: asked.count > 0 && uri === ENCODED && lines[0] === `200 http://${NAME}${ENCODED}`,
    saw,
  }));
}

async function threeBodies(context: Context): Promise<void> {
  const { params, check } = context;
  const { lines } = await run(context, `bodies ${params.body} ${URL}`, 'three bodies', '三种请求体');
  context.measured('bodies', rightBodies(lines));
  check('bodies', () => ({ met: rightBodies(lines) === 3, saw: lines.join('; ') }));
  const file = await run(context, `file-url ${params.file}`, 'the URL of a file', '文件的 URL');
  const schema = "InvalidSchema: No connection adapters were found for 'file:///etc/hostname'";
  check('no-urllib2', () => ({ met: file.lines[0] === schema, saw: file.lines.join('; ') }));
}
