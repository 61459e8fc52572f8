/** urllib of CPython 3.11 and ours: the bytes that each call sends, what it answers, what it raises. */
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Python } from '@netarium/userland/runtimes/threading/python.ts';
import { HTTPError } from '@netarium/userland/runtimes/urllib/errors.ts';
import { importModule } from '@netarium/userland/runtimes/urllib/modules.ts';
import { getproxies } from '@netarium/userland/runtimes/urllib/proxies.ts';
import { Request } from '@netarium/userland/runtimes/urllib/request.ts';
import { expect, test } from 'vitest';
import { answers, silent } from './answers.ts';
import { type Answer, agree, type Case, failure } from './recording.ts';

/** What only the plain reader can be asked. */
const more: Readonly<Record<string, Answer>> = {
  '/status-0': { raw: 'HTTP/1.1 000 OK\r\n\r\n', end: 'close' },
  '/hundred': { raw: `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(99)}Content-Length: 2\r\n\r\nok`, end: 'close' },
  '/two-lengths': { raw: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\nokxyz', end: 'close' },
};
const everything = { ...answers, ...more, ...silent };

const IMPORTS = 'import urllib.request, urllib.parse, urllib.error, http.cookiejar\nRequest = urllib.request.Request\n';

const opened = (py: Python) => importModule(py, '3.11', 'urllib.request');
const text = async (response: { read(): Promise<Uint8Array> }): Promise<string> => decodeUtf8(await response.read());

/** A call whose answer is read, or whose exception is told. */
function call(name: string, argument: string, make: (base: string) => string | Request): Case {
  return {
    name,
    python: `${IMPORTS}def go():\n  r = urllib.request.urlopen(${argument})\n  print(r.status, r.reason, r.geturl().replace(base, ''), r.read().decode(), r.headers.get('X'), r.headers.get('A'))\nprint(failure(go))`,
    async ours(py, base) {
      const lines: string[] = [];
      const outcome = await failure(async () => {
        const r = await opened(py).urlopen(make(base));
        const field = (field: string): string => r.headers.all(field)[0] ?? 'None';
        lines.push(`${r.status} ${r.msg} ${r.url.replace(base, '')} ${await text(r)} ${field('x')} ${field('a')}`);
      });
      return [...lines, outcome];
    },
  };
}

const get = (path: string): Case => call(`GET ${path}`, `base + ${JSON.stringify(path)}`, (base) => base + path);

const cases: readonly Case[] = [
  // A body of bytes that are no UTF-8 is the other clients' business.
  ...Object.keys({ ...answers, ...more })
    .filter((path) => !/gzip|zlib|deflate|both/.test(path))
    .map(get),
  get('/a%20b?q=%E4%B8%AD#part'),
  get('?only=query'),
  get('/a b'),
  get('/\u4e2d\u6587'),
  call('data', "base + '/form', b'a=1'", (base) => new Request(`${base}/form`, { data: encodeUtf8('a=1') })),
  call(
    'data of no bytes',
    "Request(base + '/form', data=b'')",
    (base) => new Request(`${base}/form`, { data: new Uint8Array(0) }),
  ),
  call('data as text', "base + '/form', 'a=1'", (base) => new Request(`${base}/form`, { data: 'a=1' })),
  ...['301', '302', '303', '307', '308'].map((status) =>
    call(
      `POST ${status}`,
      `base + '/${status}', b'a=1'`,
      (base) => new Request(`${base}/${status}`, { data: encodeUtf8('a=1') }),
    ),
  ),
  call(
    'headers',
    "Request(base + '/', headers={'User-Agent': 'Mozilla/5.0', 'x-api-KEY': 'k', 'accept-encoding': 'gzip'})",
    (base) =>
      new Request(`${base}/`, {
        headers: { 'User-Agent': 'Mozilla/5.0', 'x-api-KEY': 'k', 'accept-encoding': 'gzip' },
      }),
  ),
  call(
    'own host',
    "Request(base + '/', headers={'Host': 'a.test', 'Connection': 'keep-alive'})",
    (base) => new Request(`${base}/`, { headers: { Host: 'a.test', Connection: 'keep-alive' } }),
  ),
  call(
    'redirect keeps headers',
    "Request(base + '/302', b'x', {'X-A': '1', 'Content-Type': 'text/plain'})",
    (base) =>
      new Request(`${base}/302`, { data: encodeUtf8('x'), headers: { 'X-A': '1', 'Content-Type': 'text/plain' } }),
  ),
  call(
    'PUT',
    "Request(base + '/', b'x', method='PUT')",
    (base) => new Request(`${base}/`, { data: encodeUtf8('x'), method: 'PUT' }),
  ),
  call('HEAD', "Request(base + '/', method='HEAD')", (base) => new Request(`${base}/`, { method: 'HEAD' })),
  call(
    'DELETE',
    "Request(base + '/missing', method='DELETE')",
    (base) => new Request(`${base}/missing`, { method: 'DELETE' }),
  ),
  call(
    'header with line end',
    "Request(base + '/', headers={'X': 'a\\nB: c'})",
    (base) => new Request(`${base}/`, { headers: { X: 'a\nB: c' } }),
  ),
  call(
    'header name',
    "Request(base + '/', headers={'X Y:': 'a'})",
    (base) => new Request(`${base}/`, { headers: { 'X Y:': 'a' } }),
  ),
  call(
    'header beyond latin-1',
    "Request(base + '/', headers={'X': '\u4e2d'})",
    (base) => new Request(`${base}/`, { headers: { X: '\u4e2d' } }),
  ),
  call(
    'method with line end',
    "Request(base + '/', method='GE\\nT')",
    (base) => new Request(`${base}/`, { method: 'GE\nT' }),
  ),
  call('name', "'http://www.example.test:%d/' % port", (base) => `${base.replace('127.0.0.1', 'www.example.test')}/`),
  call('no such name', "'http://nosuch.invalid/'", () => 'http://nosuch.invalid/'),
  call('name of other letters', "'http://\u4e2d\u6587.test/'", () => 'http://\u4e2d\u6587.test/'),
  call('refused', "'http://127.0.0.1:1/'", () => 'http://127.0.0.1:1/'),
  call('no scheme', "'www.example.test'", () => 'www.example.test'),
  call('unknown scheme', "'foo:bar'", () => 'foo:bar'),
  call('no host', "'http:///x'", () => 'http:///x'),
  call('bad port', "'http://127.0.0.1:x/'", () => 'http://127.0.0.1:x/'),
  call('no such file', "'file:///no/such'", () => 'file:///no/such'),
  {
    name: 'the body of an error',
    python: `${IMPORTS}
try:
  urllib.request.urlopen(base + '/missing')
except urllib.error.HTTPError as e:
  print(e.code, e.reason, e.read().decode())`,
    async ours(py, base) {
      const error = await opened(py)
        .urlopen(`${base}/missing`)
        .catch((raised: unknown) => raised as HTTPError);
      return error instanceof HTTPError ? [`${error.code} ${error.reason} ${await text(error)}`] : ['no error'];
    },
  },
  {
    name: 'cookies',
    python: `${IMPORTS}
o = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
print(o.open(base + '/cookie').read().decode())
print(o.open(base + '/deep/er').read().decode())`,
    async ours(py, base) {
      const request = opened(py);
      const o = await request.buildOpener(new request.HTTPCookieProcessor(py));
      return [await text(await o.open(`${base}/cookie`)), await text(await o.open(`${base}/deep/er`))];
    },
  },
  {
    name: 'an opener of one own',
    python: `${IMPORTS}
o = urllib.request.build_opener(urllib.request.ProxyHandler({}))
o.addheaders = [('User-agent', 'Mozilla/5.0'), ('X-One', '1')]
urllib.request.install_opener(o)
print(urllib.request.urlopen(base + '/').read().decode())
urllib.request.install_opener(None)`,
    async ours(py, base) {
      const request = opened(py);
      const o = await request.buildOpener(new request.ProxyHandler(new Map()));
      o.addheaders = [
        ['User-agent', 'Mozilla/5.0'],
        ['X-One', '1'],
      ];
      request.installOpener(o);
      return [await text(await request.urlopen(`${base}/`))];
    },
  },
  {
    name: 'a proxy with a password',
    python: `${IMPORTS}
o = urllib.request.build_opener(urllib.request.ProxyHandler({'http': 'http://me:s%%20x@127.0.0.1:%d' % port}))
print(o.open('http://www.example.test/page?x=1').read().decode())`,
    async ours(py, _base, port) {
      const request = opened(py);
      const proxies = new Map([['http', `http://me:s%20x@127.0.0.1:${port}`]]);
      const o = await request.buildOpener(new request.ProxyHandler(proxies));
      return [await text(await o.open('http://www.example.test/page?x=1'))];
    },
  },
  ...(['/hang', '/stall'] as const).map(
    (path): Case => ({
      name: `time-out ${path}`,
      python: `${IMPORTS}print(failure(lambda: urllib.request.urlopen(base + '${path}', timeout=0.2).read()))`,
      ours: async (py, base) => [
        await failure(async () => (await opened(py).urlopen(base + path, { timeout: 0.2 })).read()),
      ],
    }),
  ),
  {
    name: 'urlretrieve',
    python: `${IMPORTS}
import os
n, h = urllib.request.urlretrieve(base + '/', '/tmp/netarium-retrieved', lambda *a: print(*a))
print(n, open(n).read(), h['Content-Type'])
print(failure(lambda: urllib.request.urlretrieve(base + '/cut', n)))
os.unlink(n)`,
    async ours(py, base) {
      const lines: string[] = [];
      const filename = '/tmp/netarium-retrieved';
      const request = opened(py);
      const reporthook = async (...told: number[]) => void lines.push(told.join(' '));
      const [name, headers] = await request.urlretrieve(`${base}/`, { filename, reporthook });
      const fd = await py.sys.open(name, { read: true });
      lines.push(`${name} ${decodeUtf8(await py.sys.read(fd, 100))} ${headers.get('content-type')}`);
      await py.sys.close(fd);
      return [...lines, await failure(() => request.urlretrieve(`${base}/cut`, { filename }))];
    },
  },
  {
    name: 'urlencode and quote',
    python: `import urllib.parse as p
print(p.urlencode({'a b': '\u4e2d', 'c': 'd&e=f', 'n': 5, 'none': None, 't': True, 'x': [1, 'y']}))
print(p.urlencode([('a', [1, 'b']), ('c', ())], doseq=True))
print(p.quote('/\u4e2d a~-_.b?'), p.quote('a/b', safe=''), p.quote_plus('a b/c+d'), p.unquote('a%20b%E4%B8%AD%zz+'), p.unquote_plus('a+b%2B'))
print(failure(lambda: p.urlencode('abc')))`,
    async ours(py) {
      const p = importModule(py, '3.11', 'urllib.parse');
      const query = { 'a b': '\u4e2d', c: 'd&e=f', n: 5, none: null, t: true, x: [1, 'y'] };
      return [
        p.urlencode(query),
        p.urlencode(
          [
            ['a', [1, 'b']],
            ['c', []],
          ],
          true,
        ),
        `${p.quote('/\u4e2d a~-_.b?')} ${p.quote('a/b', '')} ${p.quotePlus('a b/c+d')} ${p.unquote('a%20b%E4%B8%AD%zz+')} ${p.unquotePlus('a+b%2B')}`,
        await failure(async () => p.urlencode('abc' as never)),
      ];
    },
  },
  {
    name: 'urljoin',
    python: `import urllib.parse as p
for b in ['http://a/b/c/d;p?q', 'http://a', 'http://a/', 'http://a/b']:
  for r in ['g', './g', 'g/', '/g', '//g', '?y', 'g?y', '#s', 'g#s', ';x', '', '.', './', '..', '../', '../g', '../..', '../../g', '../../../g', '/./g', 'g.', './../g', 'g/./h', 'g/../h', 'http://x/y', 'mailto:z', 'a//b', '//h//x', 'http:g']:
    print(b, r, p.urljoin(b, r))`,
    async ours(py) {
      const p = importModule(py, '3.11', 'urllib.parse');
      const lines: string[] = [];
      const references =
        'g ./g g/ /g //g ?y g?y #s g#s ;x  . ./ .. ../ ../g ../.. ../../g ../../../g /./g g. ./../g g/./h g/../h http://x/y mailto:z a//b //h//x http:g';
      for (const base of ['http://a/b/c/d;p?q', 'http://a', 'http://a/', 'http://a/b'])
        for (const r of references.split(' ')) lines.push(`${base} ${r} ${p.urljoin(base, r)}`);
      return lines;
    },
  },
  {
    name: 'names that are not there',
    python: `import sys
for m in ('urllib.request', 'urllib.parse', 'urllib.error'): delattr(sys.modules['urllib'], m[7:]) if hasattr(sys.modules['urllib'], m[7:]) else None
import urllib
def imports(): import urllib2
print(failure(lambda: urllib.urlopen))
print(failure(lambda: urllib.urlencode))
print(failure(lambda: urllib.request))
print(failure(imports))
for m in ('request', 'parse', 'error'): setattr(urllib, m, sys.modules['urllib.' + m])
print(failure(lambda: urllib.request.urlencode_all))`,
    async ours(py) {
      const urllib = importModule(py, '3.11', 'urllib');
      return [
        await failure(async () => urllib.urlopen),
        await failure(async () => urllib.urlencode),
        await failure(async () => (urllib as unknown as Record<string, unknown>).request),
        await failure(async () => importModule(py, '3.11', 'urllib2')),
        await failure(async () => (opened(py) as unknown as Record<string, unknown>).urlencodeAll),
      ];
    },
  },
];

test('urllib sends, answers and raises as CPython 3.11 does, on both kernels', async () => {
  await agree(everything, cases);
});

test('proxies by environment', async () => {
  const environment = { HTTP_PROXY: 'http://big', http_proxy: 'http://small', no_proxy: '.a.test', all_proxy: '' };
  const sys = { getenv: async () => environment } as never;
  expect([...(await getproxies(sys))]).toEqual([
    ['http', 'http://small'],
    ['no', '.a.test'],
  ]);
});
