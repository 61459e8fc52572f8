/** `netarium real httpd`, with Debian's curl as the judge, and with clients that mean it no good. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killAll, other, run, type Started, start } from './netarium.ts';

const folder = mkdtempSync(join(tmpdir(), 'netarium-httpd-'));
const big = Buffer.alloc(5_000_000, 'netarium ');
let server: Started;
let port = 0;
let url = '';

beforeAll(async () => {
  mkdirSync(join(folder, 'public/sub'), { recursive: true });
  writeFileSync(join(folder, 'public/index.html'), '<h1>hello</h1>\n');
  writeFileSync(join(folder, 'public/big'), big);
  const options = ['--port', '0', '--timeout', '2', '--keep-alive', '60', '--max-body', '1000'];
  server = await start(['httpd', join(folder, 'public'), ...options, '--log', join(folder, 'log')]);
  port = await server.port();
  url = `http://127.0.0.1:${port}`;
});

afterAll(() => {
  killAll();
  rmSync(folder, { recursive: true });
});

const curl = async (...words: string[]): Promise<string> => (await other('curl', ['-s', ...words])).stdout;
const status = (...words: string[]): Promise<string> => curl('-o', '/dev/null', '-w', '%{http_code}', ...words);

/** What a raw client hears until the server closes. */
function hear(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (data) => (text += data.toString('latin1')));
  return new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
}

/** Megabytes that the server has in memory. */
const memory = (): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))![1]) / 1024;

describe('netarium real httpd', () => {
  it('serves files, parts of them, and connections that stay', async () => {
    expect(await curl(`${url}/`)).toBe('<h1>hello</h1>\n');
    expect((await curl(`${url}/big`)).length).toBe(big.length);
    expect(await curl('-r', '9-16', `${url}/big`)).toBe('netarium');
    expect(await curl('-w', '%{num_connects} ', '-o', '/dev/null', `${url}/`, '-o', '/dev/null', `${url}/big`)).toBe(
      '1 0 ',
    );
    expect(await curl('-I', `${url}/`)).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*Content-Length: 15\r\n/);
  });

  it.each([
    ['a page that is not there', ['/nope'], '404'],
    ['a directory without a page', ['/sub/'], '403'],
    ['a way out', ['--path-as-is', '/../log'], '400'],
    ['a method that is not for files', ['-d', 'a=b', '/'], '405'],
    ['header fields of 40 kB', ['-H', `X: ${'y'.repeat(40_000)}`, '/'], '431'],
    ['a line of 20 kB', [`/${'y'.repeat(20_000)}`], '414'],
    ['a body beyond the limit', ['-d', 'x'.repeat(2000), '/'], '413'],
    ['a body in chunks beyond the limit', ['-H', 'Transfer-Encoding: chunked', '-d', 'x'.repeat(2000), '/'], '413'],
  ])('answers %s', async (_what, words, code) => {
    expect(await status(...words.slice(0, -1), url + words.at(-1)!)).toBe(code);
  });

  it('sees at once that a file has changed', async () => {
    const page = join(folder, 'public/page');
    writeFileSync(page, 'one');
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect([await curl(`${url}/page`), await curl(`${url}/page`)]).toEqual(['one', 'one']);
    writeFileSync(page, 'two');
    expect(await curl(`${url}/page`)).toBe('two');
  });

  it('answers 408 to a head that comes a byte at a time, and closes', async () => {
    const socket = connect(port, '127.0.0.1');
    const heard = hear(socket);
    const drip = setInterval(() => socket.write('x'), 100);
    const begin = performance.now();
    expect(await heard).toMatch(/^HTTP\/1\.1 408 /);
    clearInterval(drip);
    // Two seconds for the head, at most two more for the close.
    expect(performance.now() - begin).toBeLessThan(5000);
  });

  it('answers a client that has closed its half', async () => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const heard = hear(socket);
    socket.end('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    socket.on('end', () => socket.end());
    expect(await heard).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*<h1>hello<\/h1>\n$/);
  });

  it('is not harmed by clients that are killed, or never read', async () => {
    const before = memory();
    for (let i = 0; i < 20; i++) {
      const socket = connect(port, '127.0.0.1', () => socket.write('GET /big HTTP/1.1\r\nHost: x\r\n\r\n'));
      socket.on('error', () => undefined);
      socket.once('data', () => (i % 2 === 0 ? socket.resetAndDestroy() : socket.pause()));
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await status(`${url}/`)).toBe('200');
    // Ten clients that do not read, of five megabytes each: what waits for them is bounded.
    expect(memory() - before).toBeLessThan(60);
  });

  it('keeps 10,000 idle connections and still answers', async () => {
    const sockets: Socket[] = [];
    for (let i = 0; i < 10_000; i += 100) {
      const some = Array.from({ length: 100 }, () => connect(port, '127.0.0.1'));
      await Promise.all(
        some.map((socket) => new Promise((resolve, reject) => socket.on('connect', resolve).on('error', reject))),
      );
      // Each has been answered once, so that it is idle and not silent.
      const answers = some.map((socket) => new Promise((resolve) => socket.once('data', resolve)));
      for (const socket of some) socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      await Promise.all(answers);
      sockets.push(...some);
    }
    const begin = performance.now();
    for (let i = 0; i < 10; i++) expect(await status(`${url}/`)).toBe('200');
    console.log(
      `10,000 idle connections: ${Math.round(memory())} MiB, ${Math.round((performance.now() - begin) / 10)} ms for a curl`,
    );
    expect(sockets.filter((socket) => socket.destroyed)).toHaveLength(0);
    for (const socket of sockets) socket.destroy();
  });

  it('has written its log, and ends with 0', async () => {
    const ended = await server.stop();
    expect([ended.code, ended.stderr]).toEqual([0, '']);
    expect(readFileSync(join(folder, 'log'), 'utf8')).toMatch(
      /^127\.0\.0\.1 - - \[[^\]]+\] "GET \/ HTTP\/1\.1" 200 15\n/,
    );
  });

  it('says in one line why it does not start', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const address = taken.address() as { port: number };
    expect(await run(['httpd', folder, '--port', String(address.port)])).toEqual({
      code: 1,
      stdout: '',
      stderr: `httpd: cannot serve ${folder} on 127.0.0.1:${address.port}: Address already in use\n`,
    });
    taken.close();
    const { code, stderr } = await run(['httpd', '/nowhere', '--port', '0']);
    expect([code, stderr]).toEqual([1, 'httpd: cannot serve /nowhere on 127.0.0.1:0: No such file or directory\n']);
  });
});
