/** Debian's requests 2.28 and ours: the bytes that each call sends, over which connection, what it answers, what it raises. */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import * as requests from '@netarium/userland/runtimes/requests/api.ts';
import { ancestors, EXCEPTIONS } from '@netarium/userland/runtimes/requests/exceptions.ts';
import type { Response } from '@netarium/userland/runtimes/requests/response.ts';
import { type RequestOptions, Session } from '@netarium/userland/runtimes/requests/session.ts';
import { test } from 'vitest';
import { answers, silent } from './answers.ts';
import { agree, answer, type Case, failure } from './recording.ts';

const page = (headers: readonly string[], body: string) =>
  answer('200 OK', headers, Buffer.from(body).toString('latin1'));

const everything = {
  ...answers,
  ...silent,
  '/utf8': page(['Content-Type: text/html; charset=utf-8'], '中文页面'),
  '/no-charset': page(['Content-Type: text/html'], '中文页面'),
  '/no-type': page([], '中文页面'),
  '/json': page(['Content-Type: application/json'], '{"a": [1, 2.5, "中", null, true], "b": {}}'),
  '/not-json': page(['Content-Type: application/json'], '{"a": nope}'),
  '/empty-json': page(['Content-Type: application/json'], ''),
  '/half-json': page(['Content-Type: application/json'], '{"a": [1, 2'),
  '/more-json': page(['Content-Type: application/json'], '[1]\n[2]'),
  '/quoted-charset': page(['Content-Type: text/plain; x=1; charset="utf-8"'], '中'),
  '/unknown-charset': page(['Content-Type: text/plain; charset=nonsense'], '中'),
  '/set': answer('200 OK', [
    'Set-Cookie: sid=42; Path=/',
    'Set-Cookie: deep=1; Path=/a/b',
    'Set-Cookie: gone=1; Max-Age=0',
  ]),
  '/elsewhere': {
    raw: 'HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: //127.0.0.2:1/x\r\n\r\n',
    end: 'keep',
  },
} as const;

const IMPORTS = `import requests, json
def show(r): print(r.status_code, r.reason, r.url.replace(base, ''), len(r.content), r.encoding, [h.status_code for h in r.history], r.request.method)
`;

function show(r: Response, base: string): string {
  const history = r.history.map(({ statusCode }) => statusCode).join(', ');
  return `${r.statusCode} ${r.reason} ${r.url.replace(base, '')} ${r.content.length} ${r.encoding ?? 'None'} [${history}] ${r.request.method}`;
}

/** One call of the module. */
function call(method: string, url: string, more = '', options: RequestOptions = {}): Case {
  return {
    name: `${method} ${url} ${more}`,
    python: `${IMPORTS}print(failure(lambda: show(requests.request('${method}', ${JSON.stringify(url)}.replace('BASE', base).replace('PORT', str(port))${more === '' ? '' : `, ${more}`}))))`,
    async ours(py, base, port) {
      const lines: string[] = [];
      const whole = url.replace('BASE', base).replace('PORT', String(port));
      const outcome = await failure(async () => {
        lines.push(show(await requests.request(py, method, whole, options), base));
      });
      return [...lines, outcome];
    },
  };
}

const steps = (name: string, python: string, ours: Case['ours']): Case => ({ name, python: IMPORTS + python, ours });
const bytes = encodeUtf8;

const cases: readonly Case[] = [
  ...Object.keys(everything)
    .filter((path) => !(path in silent))
    .map((path) => call('GET', `BASE${path}`)),
  call('HEAD', 'BASE/'),
  call('OPTIONS', 'BASE/'),
  call('DELETE', 'BASE/'),
  call('GET', 'BASE/', "params={'a b': '中', 'c': ['1', '2'], 'n': None, 'k': 5}", {
    params: { 'a b': '中', c: ['1', '2'], n: null, k: 5 },
  }),
  call('GET', 'BASE/x?a=1#frag', "params={'b': '2'}", { params: { b: '2' } }),
  call('GET', 'BASE/', "params='raw=1&x'", { params: 'raw=1&x' }),
  call('GET', 'BASE/路径/页 面?键=值&q=%E4%B8%AD%7e#片段'),
  call('GET', 'BASE/%zz%41%2f?100%'),
  call('GET', 'BASE/a/../b/./c'),
  call('GET', 'http://中国.测试:PORT/'),
  call('GET', 'http://münchen.test:PORT/bier'),
  call('GET', 'http://user:p%40ss@www.example.test:PORT/'),
  call('GET', 'http://user@www.example.test:PORT/'),
  call('GET', 'HTTP://WWW.Example.TEST:PORT/Path'),
  ...[
    'www.example.test/',
    'http://',
    'http:///x',
    'file:///x',
    'mailto:a@b',
    'ftp://a/',
    'http://*.test/',
    'http://a:b/',
    'http://[::1/',
    'http://a\tb.invalid/',
    'http://xn--zz\u0000.invalid/',
    'http://\u2488.test/',
    '',
    'http://127.0.0.1:1/',
    'http://nosuch.invalid/x?y',
  ].map((url) => call('GET', url)),
  call('POST', 'BASE/', "data={'a': '1&2', 'b c': '中', 'l': ['x', 'y'], 'n': None}", {
    data: { a: '1&2', 'b c': '中', l: ['x', 'y'], n: null },
  }),
  call('POST', 'BASE/', "data=[('a', '1'), ('a', '2')]", {
    data: [
      ['a', '1'],
      ['a', '2'],
    ],
  }),
  call('POST', 'BASE/', "data='a=1&2'", { data: 'a=1&2' }),
  call('POST', 'BASE/', "data='中文'", { data: '中文' }),
  call('POST', 'BASE/', "data='中文'.encode()", { data: bytes('中文') }),
  call('POST', 'BASE/', "data='é'", { data: 'é' }),
  call('POST', 'BASE/', "data=b''", { data: bytes('') }),
  call('POST', 'BASE/'),
  call('PUT', 'BASE/', "data=b'x'", { data: bytes('x') }),
  call('PATCH', 'BASE/', 'data={}', { data: {} }),
  call('POST', 'BASE/', "json={'a': [1, 2.5, '中\"\\n', None, True], 'b': {}}", {
    json: { a: [1, 2.5, '中"\n', null, true], b: {} },
  }),
  call('POST', 'BASE/', 'json=[]', { json: [] }),
  call('POST', 'BASE/', "json=float('nan')", { json: Number.NaN }),
  call('POST', 'BASE/', "json={'a': 1}, data={'b': '2'}", { json: { a: 1 }, data: { b: '2' } }),
  call('POST', 'BASE/', "json={'a': 1}, headers={'content-type': 'application/x-own'}", {
    json: { a: 1 },
    headers: { 'content-type': 'application/x-own' },
  }),
  call('POST', 'BASE/', "files={'f': b'0123456789'}", { files: { f: bytes('0123456789') } }),
  call(
    'POST',
    'BASE/',
    "files={'f': ('名 a\".txt', 'text', 'text/plain', {'X-Part': '1'}), 'g': ('g.bin', b'bytes')}, data={'a': '1', 'l': ['x', 'y']}",
    {
      files: { f: ['名 a".txt', 'text', 'text/plain', { 'X-Part': '1' }], g: ['g.bin', bytes('bytes')] },
      data: { a: '1', l: ['x', 'y'] },
    },
  ),
  call('POST', 'BASE/', "files=[('f', ('1', b'a')), ('f', ('2', b'b'))]", {
    files: [
      ['f', ['1', bytes('a')]],
      ['f', ['2', bytes('b')]],
    ],
  }),
  call('GET', 'BASE/', "headers={'User-Agent': 'Mozilla/5.0', 'accept': 'text/html', 'Connection': None, 'X-B': ''}", {
    headers: { 'User-Agent': 'Mozilla/5.0', accept: 'text/html', Connection: null, 'X-B': '' },
  }),
  call('GET', 'BASE/', "headers={'User-Agent': None, 'Accept-Encoding': None, 'Accept': None}", {
    headers: { 'User-Agent': null, 'Accept-Encoding': null, Accept: null },
  }),
  call('GET', 'BASE/', "headers={'X': 'a\\nb'}", { headers: { X: 'a\nb' } }),
  call('GET', 'BASE/', "headers={'X': ' a'}", { headers: { X: ' a' } }),
  call('GET', 'BASE/', "headers={'X Y:': 'a'}", { headers: { 'X Y:': 'a' } }),
  call('GET', 'BASE/', "headers={'X': '中'}", { headers: { X: '中' } }),
  call('GET', 'BASE/', "headers={'Host': 'own.test'}", { headers: { Host: 'own.test' } }),
  call('GET', 'BASE/', "auth=('me', 'geheim')", { auth: ['me', 'geheim'] }),
  call('GET', 'BASE/', "cookies={'a': '1', 'b': 'two'}", { cookies: { a: '1', b: 'two' } }),
  call('GET', 'BASE/cookie', "cookies={'a': '1'}", { cookies: { a: '1' } }),
  call('GET', 'BASE/302', 'allow_redirects=False', { allowRedirects: false }),
  ...['301', '302', '303', '307', '308'].flatMap((status) =>
    ['POST', 'PUT', 'HEAD'].map((method) =>
      call(method, `BASE/${status}`, "data={'a': '1'}, auth=('u', 'p'), headers={'X': 'y'}, allow_redirects=True", {
        data: { a: '1' },
        auth: ['u', 'p'],
        headers: { X: 'y' },
        allowRedirects: true,
      }),
    ),
  ),
  call('GET', 'BASE/elsewhere', "auth=('u', 'p')", { auth: ['u', 'p'] }),
  call('GET', 'BASE/301#part'),
  call('GET', 'BASE/hang', 'timeout=0.2', { timeout: 0.2 }),
  call('GET', 'BASE/stall', 'timeout=0.2', { timeout: 0.2 }),
  call('GET', 'BASE/hang', 'timeout=(1, 0.1)', { timeout: [1, 0.1] }),
  steps(
    'a proxy with a password',
    `show(requests.get('http://www.example.test/page?x=1#f', proxies={'http': 'http://u:p@127.0.0.1:%d' % port}))`,
    async (py, base, port) => [
      show(
        await requests.get(py, 'http://www.example.test/page?x=1#f', {
          proxies: { http: `http://u:p@127.0.0.1:${port}` },
        }),
        base,
      ),
    ],
  ),
  call('GET', 'http://www.example.test/page', "proxies={'http': 'http://127.0.0.1:1'}", {
    proxies: { http: 'http://127.0.0.1:1' },
  }),
  steps(
    'connections of a session',
    `s = requests.Session()
for path in ['/', '/302', '/close', '/', '/chunked', '/gzip', '/missing', '/']: show(s.get(base + path))
s.close()`,
    async (py, base) => {
      const s = await Session.create(py);
      const lines: string[] = [];
      for (const path of ['/', '/302', '/close', '/', '/chunked', '/gzip', '/missing', '/'])
        lines.push(show(await s.get(base + path), base));
      await s.close();
      return lines;
    },
  ),
  steps(
    'cookies of a session',
    `s = requests.Session()
s.cookies.set('mine', 'x')
for path in ['/set', '/', '/a/b/c', '/cookie']: s.get(base + path)
print(sorted(s.cookies.get_dict().items()))
s.get(base + '/', cookies={'sid': 'other', 'more': '1'})
s.get('http://www.example.test:%d/' % port)
s.get(base + '/', headers={'Cookie': 'own=1'})
s.close()`,
    async (py, base, port) => {
      const s = await Session.create(py);
      s.cookies.set('mine', 'x');
      for (const path of ['/set', '/', '/a/b/c', '/cookie']) await s.get(base + path);
      const items = s.cookies.items().map(([name, value]) => `('${name}', '${value}')`);
      await s.get(`${base}/`, { cookies: { sid: 'other', more: '1' } });
      await s.get(`http://www.example.test:${port}/`);
      await s.get(`${base}/`, { headers: { Cookie: 'own=1' } });
      await s.close();
      return [`[${items.sort().join(', ')}]`];
    },
  ),
  steps(
    'defaults of a session',
    `s = requests.Session()
s.headers.update({'User-Agent': 'own', 'X-All': '1'})
s.params = {'key': 'k'}
s.auth = ('u', 'p')
s.get(base + '/', params={'q': '1'}, headers={'x-all': '2'})
s.max_redirects = 2
print(failure(lambda: s.get(base + '/loop')))
s.close()`,
    async (py, base) => {
      const s = await Session.create(py);
      s.headers.set('User-Agent', 'own').set('X-All', '1');
      s.params.set('key', 'k');
      s.auth = ['u', 'p'];
      await s.get(`${base}/`, { params: { q: '1' }, headers: { 'x-all': '2' } });
      s.maxRedirects = 2;
      const lines = [await failure(() => s.get(`${base}/loop`))];
      await s.close();
      return lines;
    },
  ),
  steps(
    'text and encodings',
    `for path in ['/utf8', '/no-charset', '/no-type', '/quoted-charset', '/unknown-charset', '/']:
  r = requests.get(base + path)
  print(r.encoding, r.apparent_encoding if len(r.content) > 4 else '', ascii(r.text))
r = requests.get(base + '/no-charset')
r.encoding = 'utf-8'
print(ascii(r.text))`,
    async (py, base) => {
      const lines: string[] = [];
      const ascii = (text: string) =>
        `'${text.replace(/[\u007f-\uffff]/g, (c) => (c < '\u0100' ? `\\x${c.charCodeAt(0).toString(16)}` : `\\u${c.charCodeAt(0).toString(16)}`))}'`;
      for (const path of ['/utf8', '/no-charset', '/no-type', '/quoted-charset', '/unknown-charset', '/']) {
        const r = await requests.get(py, base + path);
        lines.push(`${r.encoding ?? 'None'} ${r.content.length > 4 ? r.apparentEncoding : ''} ${ascii(r.text)}`);
      }
      const r = await requests.get(py, `${base}/no-charset`);
      r.encoding = 'utf-8';
      return [...lines, ascii(r.text)];
    },
  ),
  steps(
    'JSON and statuses',
    `for path in ['/json', '/not-json', '/empty-json', '/half-json', '/more-json', '/', '/missing', '/500']:
  r = requests.get(base + path)
  print(failure(lambda: print(json.dumps(r.json()))))
  print(failure(r.raise_for_status).replace(base, ''))`,
    async (py, base) => {
      const lines: string[] = [];
      const { dumps } = await import('@netarium/userland/runtimes/requests/json.ts');
      for (const path of ['/json', '/not-json', '/empty-json', '/half-json', '/more-json', '/', '/missing', '/500']) {
        const r = await requests.get(py, base + path);
        lines.push(await failure(async () => void lines.push(dumps(r.json()))));
        lines.push((await failure(async () => r.raiseForStatus())).replace(base, ''));
      }
      return lines;
    },
  ),
  steps(
    'streams',
    `s = requests.Session()
r = s.get(base + '/chunked', stream=True)
print([len(p) for p in r.iter_content(4)], failure(lambda: list(r.iter_content(4))))
r = s.get(base + '/', stream=True)
r.close()
s.get(base + '/')
print([len(p) for p in s.get(base + '/').iter_content(2)])
s.close()`,
    async (py, base) => {
      const s = await Session.create(py);
      const lengths = async (r: Response, size: number) => {
        const all: number[] = [];
        for await (const piece of r.iterContent(size)) all.push(piece.length);
        return `[${all.join(', ')}]`;
      };
      const r = await s.get(`${base}/chunked`, { stream: true });
      const lines = [`${await lengths(r, 4)} ${await failure(() => lengths(r, 4))}`];
      await (await s.get(`${base}/`, { stream: true })).close();
      await s.get(`${base}/`);
      lines.push(await lengths(await s.get(`${base}/`), 2));
      await s.close();
      return lines;
    },
  ),
  steps(
    'the tree of exceptions',
    `import requests.exceptions as e
for n in ${JSON.stringify(EXCEPTIONS)}: print(n, sorted(c.__name__ for c in getattr(e, n).__mro__ if c.__module__ == 'requests.exceptions' or c in (OSError, TypeError, ValueError)))`,
    async () =>
      EXCEPTIONS.map(
        (name) =>
          `${name} [${[...ancestors(name)]
            .sort()
            .map((each) => `'${each}'`)
            .join(', ')}]`,
      ),
  ),
];

test('requests sends, keeps, answers and raises as Debian has it, on both kernels', async () => {
  await agree(everything, cases);
});
