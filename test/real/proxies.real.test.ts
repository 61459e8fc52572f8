/** `netarium real proxy` beside Debian's nginx in front of the same backends, and `netarium real forward-proxy` with Debian's curl. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer as createRawServer, type Server as RawServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMPARING_CLOCKS } from '../comparing-clocks.ts';
import { killAll, other, run, type Started, start, startOther } from './netarium.ts';

const folder = mkdtempSync(join(tmpdir(), 'netarium-proxy-'));
const listeners: (Server | RawServer)[] = [];

async function listening(server: Server | RawServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  listeners.push(server);
  return (server.address() as AddressInfo).port;
}

/** A port where nobody listens. */
async function deadPort(): Promise<number> {
  const server = createRawServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const curl = (...words: string[]) => other('curl', ['-s', ...words]);
const status = async (...words: string[]): Promise<string> =>
  (await curl('-o', '/dev/null', '-w', '%{http_code}', ...words)).stdout;

/** What a backend does: says its name, tells what it was asked, or behaves badly. */
function backend(name: string): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const { pathname } = new URL(request.url!, 'http://x');
    if (pathname === '/slow') return;
    if (pathname === '/dies') {
      response.writeHead(200, { 'Content-Length': 1000 });
      response.write('half', () => request.socket.destroy());
    } else if (pathname === '/dies-in-chunks') response.write('half', () => request.socket.destroy());
    else if (pathname === '/hangs-up') request.socket.destroy();
    else if (pathname === '/rubbish') request.socket.end('this is not HTTP\r\n\r\n');
    else if (pathname === '/chunks') {
      response.write('one ');
      setTimeout(() => response.end('two'), 20);
    } else if (pathname === '/fails') response.writeHead(503).end('sorry');
    else if (pathname === '/nothing') response.writeHead(204).end();
    else if (pathname === '/heard') response.end(JSON.stringify(request.headers));
    else {
      let bytes = 0;
      request.on('data', (data) => (bytes += data.length));
      request.on('end', () => response.end(`${name} ${request.method} ${bytes}\n`));
    }
  };
}

let nginx: Started | undefined;
let nginxPort = 0;

/** nginx in front of these, with what our options say. */
async function startNginx(ports: readonly number[]): Promise<number> {
  nginxPort = await deadPort();
  writeFileSync(
    join(folder, 'nginx.conf'),
    `user root; daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log; worker_processes 1;
events { worker_connections 256; }
http {
  access_log off; client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f;
  uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s; client_max_body_size 0;
  upstream all { ${ports.map((port) => `server 127.0.0.1:${port};`).join(' ')} keepalive 16; }
  server {
    listen 127.0.0.1:${nginxPort};
    location / {
      proxy_pass http://all; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $http_host;
      proxy_read_timeout 1s; proxy_connect_timeout 1s; proxy_buffering off;
    }
  }
}
`,
  );
  nginx = startOther('nginx', ['-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')]);
  for (;;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(nginxPort, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.unref();
    });
    if (open) return nginxPort;
    if (nginx.child.exitCode !== null) throw new Error(nginx.stderr);
  }
}

async function startOurs(ports: readonly number[], timeout = 1, ...more: string[]): Promise<Started> {
  const to = ports.map((port) => `127.0.0.1:${port}`).join(',');
  return start(['proxy', '--listen', '0', '--to', to, '--timeout', String(timeout), ...more]);
}

afterAll(() => {
  killAll();
  for (const server of listeners) server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('proxy and nginx', () => {
  let ours = '';
  let theirs = '';
  let [a, b] = [0, 0];

  /** Both started anew: what one backend did wrong is not held against it in the next case. */
  const renew = async (ports: readonly number[]): Promise<void> => {
    if (nginx) await nginx.stop();
    const server = await startOurs(ports);
    ours = `http://127.0.0.1:${await server.port()}`;
    theirs = `http://127.0.0.1:${await startNginx(ports)}`;
  };

  beforeAll(async () => {
    a = await listening(createServer(backend('a')));
    b = await listening(createServer(backend('b')));
  });

  const told = async (at: string, words: readonly string[]) => {
    const args = words.map((word) => (word.startsWith('/') ? at + word : word.replace('BIG', join(folder, 'big'))));
    const { code, stdout } = await curl('-w', '\n%{http_code} %{num_connects}', ...args);
    // Bodies of errors are each program's own, and so are the fields of a head that -I shows.
    const lines = stdout.split('\n');
    const [seen] = lines.at(-1)!.split(' ');
    return { code, seen, body: /^[45]/.test(seen!) || words[0] === '-I' ? '' : lines.slice(0, -1).join('\n') };
  };

  describe('whose backends behave', () => {
    beforeAll(async () => {
      writeFileSync(join(folder, 'big'), Buffer.alloc(3_000_000));
      await renew([a, b]);
    });

    it.each([
      ['GET', ['/']],
      ['HEAD', ['-I', '/']],
      ['POST', ['-d', 'x=y', '/']],
      ['POST of 3 MB', ['-H', 'Expect:', '--data-binary', '@BIG', '/']],
      ['POST in chunks', ['-H', 'Transfer-Encoding: chunked', '--data-binary', '@BIG', '/']],
      ['chunks', ['/chunks']],
      ['chunks for HTTP/1.0', ['-0', '/chunks']],
      ['204', ['/nothing']],
      ['503 of the backend', ['/fails']],
      ['a way out', ['--path-as-is', '/../x']],
      ['a bad escape', ['/%zz']],
      ['two hosts', ['-H', 'Host: a', '-H', 'Host: b', '/']],
    ])('%s', async (_what, words) => {
      expect(await told(ours, words)).toEqual(await told(theirs, words));
    });
  });

  it.each([
    ['one that is slow', ['/slow']],
    ['one that hangs up', ['/hangs-up']],
    ['one that hangs up on a POST', ['-d', 'x', '/hangs-up']],
    ['one that dies in the middle', ['/dies']],
    ['one that dies between chunks', ['/dies-in-chunks']],
  ])('%s', async (_what, words) => {
    await renew([a, b]);
    expect(await told(ours, words)).toEqual(await told(theirs, words));
  });

  it('all backends down, once and again', async () => {
    await renew([await deadPort(), await deadPort()]);
    const three = async (at: string) => [await status(at), await status(at), await status('-d', 'x', at)];
    expect(await three(ours)).toEqual(await three(theirs));
    await renew([await deadPort()]);
    expect(await three(ours)).toEqual(await three(theirs));
  });

  it('one of two down: nobody notices', async () => {
    await renew([await deadPort(), b]);
    const five = async (at: string) => {
      const bodies: string[] = [];
      for (let i = 0; i < 5; i++) bodies.push((await curl(...(i === 4 ? ['-d', 'x'] : []), at)).stdout);
      return bodies;
    };
    expect(await five(ours)).toEqual(await five(theirs));
  });

  it('fields that come to the backend', async () => {
    await renew([a]);
    const heard = async (at: string) => {
      const words = ['-H', 'Connection: X-Drop', '-H', 'X-Keep: 1', '-H', 'Cookie: a=b', `${at}/heard`];
      return JSON.parse((await curl(...words)).stdout) as Record<string, string>;
    };
    const [mine, other] = [await heard(ours), await heard(theirs)];
    expect(mine['x-forwarded-for']).toBe('127.0.0.1');
    expect(mine.via).toBe('1.1 netarium-proxy');
    const kept = (fields: Record<string, string>) =>
      ['accept', 'user-agent', 'x-keep', 'cookie', 'te', 'upgrade'].map((name) => fields[name]);
    expect(kept(mine)).toEqual(kept(other));
  });
});

describe('netarium real proxy', () => {
  it('shares out, checks health, and logs', COMPARING_CLOCKS, async () => {
    const ports: number[] = [];
    for (const name of ['a', 'b', 'c']) ports.push(await listening(createServer(backend(name))));
    const third = listeners.at(-1) as Server;
    const log = join(folder, 'log');
    // A check may take as long as the pause between two: on a busy machine both backends, which are this process, once needed more than a second.
    const options = ['--health-path', '/up', '--health-interval', '3', '--log', log];
    const proxy = await startOurs(ports, 3, ...options);
    const url = `http://127.0.0.1:${await proxy.port()}/`;
    const { stdout } = await curl(...Array.from({ length: 6 }, () => url));
    expect(stdout).toBe('a GET 0\nb GET 0\nc GET 0\n'.repeat(2));
    third.closeAllConnections();
    await new Promise((resolve) => third.close(resolve));
    while (!proxy.stderr.includes('down')) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(proxy.stderr).toBe(`proxy: backend 127.0.0.1:${ports[2]} is down: ECONNREFUSED\n`);
    expect((await curl(...Array.from({ length: 4 }, () => url))).stdout).toBe('a GET 0\nb GET 0\n'.repeat(2));
    third.listen(ports[2], '127.0.0.1');
    while (!proxy.stderr.includes('up: ')) await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await proxy.stop()).code).toBe(0);
    const lines = readFileSync(log, 'utf8').split('\n');
    expect(lines[0]).toMatch(
      new RegExp(`^127\\.0\\.0\\.1 - - \\[.*\\] "GET / HTTP/1\\.1" 200 8 127\\.0\\.0\\.1:${ports[0]} \\d+ms$`),
    );
    expect(lines).toHaveLength(11);
  });

  it('holds a bounded part of a download that its client does not read', async () => {
    const port = await listening(
      createServer((_request, response) => {
        const piece = Buffer.alloc(65_536);
        const pour = () => {
          while (response.write(piece));
          response.once('drain', pour);
        };
        pour();
      }),
    );
    const proxy = await startOurs([port]);
    const socket = connect(await proxy.port(), '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'));
    socket.once('data', () => socket.pause());
    const memory = () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${proxy.child.pid}/status`, 'utf8'))![1]) / 1024;
    await new Promise((resolve) => setTimeout(resolve, 300));
    const before = memory();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(memory() - before).toBeLessThan(20);
    socket.destroy();
    expect((await proxy.stop()).code).toBe(0);
  });

  it('answers 502 for a backend that does not speak HTTP, where nginx takes it for HTTP/0.9', async () => {
    const proxy = await startOurs([await listening(createServer(backend('a')))]);
    expect(await status(`http://127.0.0.1:${await proxy.port()}/rubbish`)).toBe('502');
    await proxy.stop();
  });

  it('says in one line why it does not start', async () => {
    const taken = await listening(createRawServer());
    const { code, stderr } = await run(['proxy', '--listen', String(taken), '--to', '127.0.0.1:1']);
    expect([code, stderr]).toEqual([1, `proxy: cannot listen on 127.0.0.1:${taken}: Address already in use\n`]);
  });
});

describe('netarium real forward-proxy and curl -x', () => {
  let origin = 0;
  /** What curl says of each of these through one proxy. */
  const via = async (options: readonly string[], ...asked: readonly (readonly string[])[]): Promise<string[]> => {
    const proxy = await start(['forward-proxy', '--listen', '0', ...options]);
    const address = `http://127.0.0.1:${await proxy.port()}`;
    const said: string[] = [];
    for (const words of asked) {
      const { stdout, code } = await curl('-x', address, '-w', '%{http_code} %{http_connect}', ...words);
      said.push(`${stdout} ${code}`);
    }
    await proxy.stop();
    return said;
  };

  beforeAll(async () => {
    origin = await listening(createServer(backend('origin')));
  });

  it('fetches, tunnels, and asks for credentials', async () => {
    const url = `http://127.0.0.1:${origin}/`;
    const good = 'origin GET 0\n200 000 0';
    expect(await via([], [url], [url.replace('127.0.0.1', 'localhost')], ['-d', 'abc', url], ['-p', url])).toEqual([
      good,
      good,
      'origin POST 3\n200 000 0',
      '000 403 56',
    ]);
    expect(await via(['--allow', `:${origin}`], ['-p', url])).toEqual(['origin GET 0\n200 200 0']);
    expect(
      await via(
        ['--auth', 'me:secret', '--allow', `:${origin}`],
        ['-o', '/dev/null', url],
        ['-U', 'me:secret', url],
        ['-U', 'me:secret', '-p', url],
      ),
    ).toEqual(['407 000 0', good, 'origin GET 0\n200 200 0']);
    expect(await via(['--deny', '127.0.0.0/8'], ['-o', '/dev/null', url])).toEqual(['403 000 0']);
  });

  it('refuses to be an open proxy', async () => {
    const { code, stderr } = await run(['forward-proxy', '--listen', '0.0.0.0:0']);
    expect([code, stderr]).toEqual([
      1,
      'forward-proxy: 0.0.0.0 is not loopback: an open proxy needs --auth or --auth-file\n',
    ]);
  });

  it('and our curl speak to each other, and curl to both', async () => {
    const log = join(folder, 'forward.log');
    const proxy = await start(['forward-proxy', '--listen', '0', '--log', log]);
    const words = ['-s', '-x', `http://127.0.0.1:${await proxy.port()}`, `http://127.0.0.1:${origin}/heard`];
    const [mine, theirs] = [await run(['curl', ...words]), await other('curl', words)];
    expect(mine).toEqual(theirs);
    await proxy.stop();
    expect(readFileSync(log, 'utf8').split('\n')).toHaveLength(3);
  });
});
