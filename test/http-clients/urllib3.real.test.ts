/** Debian's urllib3 1.26 and ours: the bytes that each call sends, over which connection, what it answers, what it raises. */
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Python } from '@netarium/userland/runtimes/threading/python.ts';
import { HTTPConnectionPool } from '@netarium/userland/runtimes/urllib3/connection-pool.ts';
import { PoolManager, type RequestOptions } from '@netarium/userland/runtimes/urllib3/pool-manager.ts';
import type { HTTPResponse } from '@netarium/userland/runtimes/urllib3/response.ts';
import { Retry } from '@netarium/userland/runtimes/urllib3/retry.ts';
import { test } from 'vitest';
import { answers, silent } from './answers.ts';
import { agree, type Case, failure } from './recording.ts';

const IMPORTS = `import urllib3
from urllib3.util import Retry, Timeout
def show(r): print(r.status, r.reason, str(r.geturl()).replace(base, ''), len(r.data), r.data[:30])
`;

function show(r: HTTPResponse, base: string): string {
  const shown = decodeUtf8(r.data.subarray(0, 30)).replaceAll('\r', '\\r').replaceAll('\n', '\\n');
  return `${r.status} ${r.reason} ${(r.geturl() ?? 'None').replace(base, '')} ${r.data.length} b'${shown}'`;
}

/** One request of a pool manager. */
function request(
  method: string,
  path: string,
  more = '',
  options: (base: string) => RequestOptions = () => ({}),
): Case {
  return {
    name: `${method} ${path} ${more}`,
    python: `${IMPORTS}print(failure(lambda: show(urllib3.PoolManager().request('${method}', base + ${JSON.stringify(path)}${more === '' ? '' : `, ${more}`}))))`,
    async ours(py, base) {
      const lines: string[] = [];
      const manager = await PoolManager.create(py);
      const outcome = await failure(async () => {
        lines.push(show(await manager.request(method, base + path, options(base)), base));
      });
      await manager.clear();
      return [...lines, outcome];
    },
  };
}

/** Several steps with one manager or pool. */
const steps = (name: string, python: string, ours: Case['ours']): Case => ({ name, python: IMPORTS + python, ours });

const pool = (py: Python, port: number, options: Parameters<typeof HTTPConnectionPool.create>[3] = {}) =>
  HTTPConnectionPool.create(py, '127.0.0.1', port, options);

const cases: readonly Case[] = [
  ...Object.keys(answers).map((path) => request('GET', path)),
  request('HEAD', '/'),
  request('GET', '/', "fields={'a b': '中', 'c': 'd&e'}", () => ({ fields: { 'a b': '中', c: 'd&e' } })),
  request('GET', '/路径 x?q=中 文#f'),
  request('GET', '/a%2fb%zz?x=%'),
  request('GET', '/a/./b/../c'),
  request('POST', '/', "body=b'abc'", () => ({ body: encodeUtf8('abc') })),
  request('POST', '/', "body='abc', headers={'Content-Type': 'text/plain', 'X-A': 'b'}", () => ({
    body: 'abc',
    headers: { 'Content-Type': 'text/plain', 'X-A': 'b' },
  })),
  request('POST', '/'),
  request('POST', '/', "fields={'a': '1', 'n': '中\"x'}", () => ({ fields: { a: '1', n: '中"x' } })),
  request('POST', '/', "fields={'f': ('a b.txt', 'data'), 'g': ('x.png', b'p', 'image/png')}", () => ({
    fields: [
      { name: 'f', data: 'data', filename: 'a b.txt', contentType: 'text/plain' },
      { name: 'g', data: 'p', filename: 'x.png', contentType: 'image/png' },
    ],
  })),
  ...['301', '302', '303', '307', '308'].map((status) =>
    request(
      'POST',
      `/${status}`,
      "body=b'abc', headers={'Content-Type': 'text/plain', 'Authorization': 'Basic x'}",
      () => ({
        body: encodeUtf8('abc'),
        headers: { 'Content-Type': 'text/plain', Authorization: 'Basic x' },
      }),
    ),
  ),
  request('GET', '/302', 'redirect=False', () => ({ redirect: false })),
  request('GET', '/302', 'retries=0', () => ({ retries: 0 })),
  request('GET', '/302', 'retries=False', () => ({ retries: false })),
  request('GET', '/500', 'retries=Retry(2, status_forcelist=[500])', () => ({
    retries: new Retry({ total: 2, statusForcelist: [500] }),
  })),
  request('GET', '/500', 'retries=Retry(2, status_forcelist=[500], raise_on_status=False)', () => ({
    retries: new Retry({ total: 2, statusForcelist: [500], raiseOnStatus: false }),
  })),
  request('POST', '/500', 'retries=Retry(2, status_forcelist=[500])', () => ({
    retries: new Retry({ total: 2, statusForcelist: [500] }),
  })),
  request('GET', '/429', 'retries=Retry(1)', () => ({ retries: new Retry({ total: 1 }) })),
  request('GET', '/empty', 'retries=Retry(5, read=1)', () => ({ retries: new Retry({ total: 5, read: 1 }) })),
  request('POST', '/empty', 'retries=5', () => ({ retries: 5 })),
  request('GET', '/empty', 'retries=False', () => ({ retries: false })),
  request('GET', '/loop', 'retries=Retry(redirect=2)', () => ({ retries: new Retry({ redirect: 2 }) })),
  ...(['/hang', '/stall'] as const).map((path) =>
    request('GET', path, 'timeout=0.2, retries=1', () => ({ timeout: 0.2, retries: 1 })),
  ),
  request('GET', '/hang', 'timeout=Timeout(connect=1, read=0.1), retries=False', () => ({
    timeout: { connect: 1, read: 0.1 },
    retries: false,
  })),
  steps(
    'refused, unknown, wrong',
    `m = urllib3.PoolManager()
for u in ['http://127.0.0.1:1/', 'http://nosuch.invalid/x', 'ftp://a/', 'http://', 'http://a:99999/', 'http://[::1/']:
  print(failure(lambda: m.request('GET', u, retries=1)))`,
    async (py) => {
      const manager = await PoolManager.create(py);
      const lines: string[] = [];
      const urls = [
        'http://127.0.0.1:1/',
        'http://nosuch.invalid/x',
        'ftp://a/',
        'http://',
        'http://a:99999/',
        'http://[::1/',
      ];
      for (const url of urls) lines.push(await failure(() => manager.request('GET', url, { retries: 1 })));
      return lines;
    },
  ),
  steps(
    'one connection for many requests',
    `p = urllib3.HTTPConnectionPool('127.0.0.1', port)
for path in ['/', '/301', '/close', '/', '/chunked', '/gzip', '/missing']: show(p.request('GET', path))
print(p.num_connections, p.num_requests)`,
    async (py, base, port) => {
      const p = await pool(py, port);
      const lines: string[] = [];
      for (const path of ['/', '/301', '/close', '/', '/chunked', '/gzip', '/missing'])
        lines.push(show(await p.urlopen('GET', path), base));
      lines.push(`${await p.numConnections()} ${await p.numRequests()}`);
      await p.close();
      return lines;
    },
  ),
  steps(
    'more than the pool holds',
    `p = urllib3.HTTPConnectionPool('127.0.0.1', port, maxsize=2)
held = [p.urlopen('GET', '/', preload_content=False) for _ in range(4)]
print(p.num_connections, p.pool.qsize())
for r in held: print(r.read())
print(p.num_connections, p.pool.qsize(), sum(1 for c in p.pool.queue if c))
for _ in range(3): show(p.request('GET', '/'))
print(p.num_connections, p.num_requests)`,
    async (py, base, port) => {
      const p = await pool(py, port, { maxsize: 2 });
      const held: HTTPResponse[] = [];
      for (let i = 0; i < 4; i++) held.push(await p.urlopen('GET', '/', { preloadContent: false }));
      const lines = [`${await p.numConnections()} 0`];
      for (const r of held) lines.push(`b'${decodeUtf8(await r.read())}'`);
      lines.push(`${await p.numConnections()} 2 ${await p.idleConnections()}`);
      for (let i = 0; i < 3; i++) lines.push(show(await p.urlopen('GET', '/'), base));
      lines.push(`${await p.numConnections()} ${await p.numRequests()}`);
      await p.close();
      return lines;
    },
  ),
  steps(
    'a pool that blocks',
    `p = urllib3.HTTPConnectionPool('127.0.0.1', port, maxsize=1, block=True)
r = p.urlopen('GET', '/', preload_content=False)
print(failure(lambda: p.urlopen('GET', '/', pool_timeout=0.1)))
r.release_conn()
r.read()
show(p.request('GET', '/', pool_timeout=0.1))
p.close()
print(failure(lambda: p.urlopen('GET', '/')))`,
    async (py, base, port) => {
      const p = await pool(py, port, { maxsize: 1, block: true });
      const r = await p.urlopen('GET', '/', { preloadContent: false });
      const lines = [await failure(() => p.urlopen('GET', '/', { poolTimeout: 0.1 }))];
      await r.read();
      await r.releaseConn();
      lines.push(show(await p.urlopen('GET', '/', { poolTimeout: 0.1 }), base));
      await p.close();
      return [...lines, await failure(() => p.urlopen('GET', '/'))];
    },
  ),
  steps(
    'a foreign host',
    `p = urllib3.HTTPConnectionPool('127.0.0.1', port)
print(failure(lambda: p.urlopen('GET', 'http://other.example.test/')))
print(failure(lambda: p.urlopen('GET', '/away')))`,
    async (py, _base, port) => {
      const p = await pool(py, port);
      const lines = [
        await failure(() => p.urlopen('GET', 'http://other.example.test/')),
        await failure(() => p.urlopen('GET', '/away')),
      ];
      await p.close();
      return lines;
    },
  ),
  steps(
    'pools of a manager',
    `m = urllib3.PoolManager(num_pools=2)
for h in ['127.0.0.1', 'www.example.test', 'other.example.test', '127.0.0.1', 'other.example.test']:
  show(m.request('GET', 'http://%s:%d/' % (h, port)))
  print(len(m.pools))`,
    async (py, base, port) => {
      const manager = await PoolManager.create(py, { numPools: 2 });
      const lines: string[] = [];
      for (const h of ['127.0.0.1', 'www.example.test', 'other.example.test', '127.0.0.1', 'other.example.test']) {
        lines.push(show(await manager.request('GET', `http://${h}:${port}/`), base), String(await manager.numPools()));
      }
      await manager.clear();
      return lines;
    },
  ),
  steps(
    'the body in pieces',
    `m = urllib3.PoolManager()
for path in ['/', '/chunked', '/gzip', '/chunked-gzip', '/cut', '/cut-chunk', '/bad-chunk', '/no-last-chunk', '/no-gzip', '/until-close']:
  print(path, failure(lambda: print([len(p) for p in m.request('GET', base + path, preload_content=False).stream(4)])) if 'gzip' not in path else failure(lambda: print(sum(len(p) for p in m.request('GET', base + path, preload_content=False).stream(64)))))`,
    async (py, base) => {
      const manager = await PoolManager.create(py);
      const lines: string[] = [];
      const paths = '/ /chunked /gzip /chunked-gzip /cut /cut-chunk /bad-chunk /no-last-chunk /no-gzip /until-close';
      for (const path of paths.split(' ')) {
        const zipped = path.includes('gzip');
        const outcome = await failure(async () => {
          const lengths: number[] = [];
          const r = await manager.request('GET', base + path, { preloadContent: false });
          for await (const piece of r.stream(zipped ? 64 : 4)) lengths.push(piece.length);
          lines.push(zipped ? String(lengths.reduce((a, b) => a + b, 0)) : `[${lengths.join(', ')}]`);
        });
        lines.push(`${path} ${outcome}`);
      }
      await manager.clear();
      return lines;
    },
  ),
];

test('urllib3 sends, keeps, answers and raises as Debian has it, on both kernels', async () => {
  const everything = { ...answers, ...silent };
  await agree(everything, cases);
});
