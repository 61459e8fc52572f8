/** `netarium real` echo-server, named, rpc-demo, nc, telnet, dig and curl: Debian's nc, dig and curl are the judges, as clients and as servers. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createRawServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, killAll, other, run, start, startOther } from './netarium.ts';

const folder = mkdtempSync(join(tmpdir(), 'netarium-tools-'));

afterAll(() => {
  killAll();
  rmSync(folder, { recursive: true, force: true });
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Clients of an echo server that all are there at the same time; answers how many got back what they sent. */
async function echoed(port: number, clients: number): Promise<number> {
  const all = await Promise.all(
    Array.from({ length: clients }, async (_, i) => {
      const socket = connect(port, '127.0.0.1');
      const text = `client ${i} `.repeat(100);
      let got = '';
      await new Promise<void>((resolve, reject) => {
        socket.on('error', reject);
        socket.on('data', (data) => {
          got += data;
          if (got.length >= text.length) resolve();
        });
        socket.write(text);
      });
      return { socket, good: got === text.toUpperCase() };
    }),
  );
  for (const { socket } of all) socket.end();
  return all.filter(({ good }) => good).length;
}

describe.each([
  ['threads', 20],
  ['fork', 10],
  ['select', 900],
  ['epoll', 1000],
])('echo-server --model %s', (model, clients) => {
  it(`serves nc, ${clients} clients at once, survives those that are killed, and ends with 0`, async () => {
    const server = await start(['echo-server', '--port', '0', '--model', model, '--upper']);
    const port = await server.port();
    expect((await other('nc', ['-N', '127.0.0.1', String(port)], 'hello\n')).stdout).toBe('HELLO\n');
    expect(await echoed(port, clients)).toBe(clients);
    const killed = connect(port, '127.0.0.1', () => killed.write('x', () => killed.resetAndDestroy()));
    await pause(200);
    expect((await other('nc', ['-N', '127.0.0.1', String(port)], 'still there\n')).stdout).toBe('STILL THERE\n');
    const ended = await server.stop();
    expect([ended.code, ended.stderr]).toEqual([0, '']);
  });
});

describe('echo-server', () => {
  it('says in one line that its port is taken', async () => {
    const taken = createRawServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    const { code, stderr } = await run(['echo-server', '--port', String(port)]);
    expect([code, stderr]).toEqual([1, `echo-server: cannot listen on 127.0.0.1:${port}: Address already in use\n`]);
    taken.close();
  });
});

describe('named and dig', () => {
  const zones = join(folder, 'zones');
  const long = Array.from({ length: 30 }, (_, i) => `big TXT "${'x'.repeat(80)}${i}"`).join('\n');

  beforeAll(() => {
    mkdirSync(zones);
    writeFileSync(
      join(zones, 'db.shop.test'),
      `$TTL 300\n@ SOA ns hostmaster 1 3600 600 86400 60\n NS ns\nns A 10.0.0.1\nwww CNAME ns\n${long}\n`,
    );
  });

  it('understand Debian’s dig, by UDP and TCP', async () => {
    const server = await start(['named', `${zones}/`, '--port', '0']);
    const at = ['@127.0.0.1', '-p', String(await server.port())];
    const dig = async (...words: string[]) => (await other('dig', [...at, ...words])).stdout;
    expect(await dig('+short', 'www.shop.test')).toBe('ns.shop.test.\n10.0.0.1\n');
    expect(await dig('+short', '+tcp', 'ns.shop.test')).toBe('10.0.0.1\n');
    expect((await dig('+short', 'big.shop.test', 'TXT')).split('\n')).toHaveLength(31);
    expect(await dig('none.shop.test')).toContain('status: NXDOMAIN');
    expect(await dig('other.test')).toContain('status: REFUSED');
    // Our dig prints what Debian's prints, but for what is each one's own.
    const plain = (text: string) => text.replace(/^.*(DiG|id:|Query time|WHEN|COOKIE).*$/gm, '');
    const ours = await run(['dig', ...at, 'www.shop.test']);
    expect(plain(ours.stdout)).toBe(plain(await dig('www.shop.test')));
    const ended = await server.stop();
    expect([ended.code, ended.stderr]).toEqual([0, '']);
  });

  it('take a named.conf as well', async () => {
    const conf = join(folder, 'named.conf');
    writeFileSync(
      conf,
      `options { directory "${zones}"; recursion no; };\nzone "shop.test" { type primary; file "db.shop.test"; };\n`,
    );
    const server = await start(['named', '-g', '-c', conf, '-p', '18472']);
    while (!server.stderr.includes('running')) await pause(20);
    expect((await other('dig', ['@127.0.0.1', '-p', '18472', '+short', 'ns.shop.test'])).stdout).toBe('10.0.0.1\n');
    expect((await server.stop()).code).toBe(0);
  });

  it('say what is wrong with a zone, or a port', async () => {
    const bad = join(folder, 'bad');
    mkdirSync(bad);
    writeFileSync(join(bad, 'a.test'), '@ SOA ns h 1 2 3 4 5\n NS ns\nns A 10.0.0\n');
    const { code, stderr } = await run(['named', bad, '--port', '0']);
    expect([code, stderr.split('\n').length]).toEqual([1, 2]);
    expect(stderr).toMatch(/^named: .*\/bad\/a\.test:3: /);
    const server = await start(['named', zones, '--port', '0']);
    const port = await server.port();
    expect(await run(['named', zones, '--port', String(port)])).toEqual({
      code: 1,
      stdout: '',
      stderr: `named: could not listen on 127.0.0.1#${port}: Address already in use\n`,
    });
    await server.stop();
  });
});

describe('nc and telnet', () => {
  const listenPort = 18_471;

  it('our nc speaks to Debian’s, both ways round', async () => {
    const theirs = startOther('nc', ['-l', '127.0.0.1', String(listenPort)]);
    await pause(300);
    expect((await run(['nc', '-N', '127.0.0.1', String(listenPort)], 'from ours\n')).code).toBe(0);
    expect((await theirs.ended).stdout).toBe('from ours\n');
    const ours = await start(['nc', '-v', '-l', '127.0.0.1', String(listenPort)], 'pipe');
    while (!ours.stderr.includes('Listening')) await pause(20);
    ours.child.stdin!.end('from the listener\n');
    const heard = await other('nc', ['-N', '127.0.0.1', String(listenPort)], 'from theirs\n');
    expect(heard.stdout).toBe('from the listener\n');
    expect((await ours.ended).stdout).toBe('from theirs\n');
  });

  it('say the same where nobody listens', async () => {
    const words = ['-v', '-z', '127.0.0.1', '1'];
    const [ours, theirs] = [await run(['nc', ...words]), await other('nc', words)];
    expect(ours).toEqual(theirs);
  });

  it('datagrams come through', async () => {
    const ours = await start(['nc', '-v', '-u', '-l', '-w', '1', '127.0.0.1', String(listenPort)], 'pipe');
    while (!ours.stderr.includes('Bound')) await pause(20);
    await other('nc', ['-u', '-N', '-w', '1', '127.0.0.1', String(listenPort)], 'a datagram\n');
    expect((await ours.ended).stdout).toBe('a datagram\n');
  });

  it('telnet shows what a server says', async () => {
    const server = createRawServer((socket) => socket.end('220 welcome\r\n')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { stdout } = await run(['telnet', '127.0.0.1', String((server.address() as AddressInfo).port)]);
    expect(stdout).toContain('Connected to 127.0.0.1.');
    expect(stdout).toContain('220 welcome');
    server.close();
  });
});

describe('curl', () => {
  it('prints what Debian’s curl prints, and writes the same file', async () => {
    const body = Buffer.alloc(300_000, 'curl ');
    const server = createServer((request, response) => {
      if (request.url === '/moved') response.writeHead(302, { Location: '/file' }).end();
      else if (request.url === '/file') response.writeHead(200, { 'Content-Type': 'text/plain' }).end(body);
      else response.writeHead(404).end('no\n');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const format = '%{http_code} %{size_download} %{num_redirects} %{num_connects} %{url_effective}\n';
    for (const words of [
      ['-s', '-o', '/dev/null', '-w', format, '-L', `${url}/moved`, `${url}/file`],
      ['-s', '-S', '-f', `${url}/none`],
      ['-s', '-S', 'http://127.0.0.1:1/'],
      ['-s', '-d', 'a=b', `${url}/none`],
    ]) {
      const plain = ({ code, stdout, stderr }: Ended) => ({ code, stdout, stderr: stderr.replace(/after \d+ ms/, '') });
      expect(plain(await run(['curl', ...words]))).toEqual(plain(await other('curl', words)));
    }
    server.close();
  });
});

describe('rpc-demo', () => {
  it('calls over there, and again where a reply was lost', async () => {
    const server = await start(['rpc-demo', 'server', '--port', '0', '--lose', '1']);
    const to = ['rpc-demo', 'client', '--to', `127.0.0.1:${await server.port()}`];
    expect((await run([...to, 'increment()'])).stdout).toBe('increment() = 1\n');
    const { code, stdout } = await run([...to, 'counter()', 'sleep(50)', 'add(2, 3)', 'divide(1, 0)']);
    expect(stdout).toBe(
      'counter() = 1\nsleep(50) = 50\nadd(2, 3) = 5\ndivide(1, 0) = error -32000: division by zero\n',
    );
    expect(code).toBe(1);
    expect((await server.stop()).code).toBe(0);
    expect((await run([...to, '--retries', '1', 'add(1, 1)'])).stdout).toBe(
      'add(1, 1) = error -32000: Connection refused\n',
    );
  });
});
