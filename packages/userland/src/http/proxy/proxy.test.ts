import { describe, expect, it } from 'vitest';
import { type Lan, lan } from '../../net-tools/lan.test-util.ts';

const FILES = {
  '/srv/a/who': 'a\n',
  '/srv/b/who': 'b\n',
  '/srv/a/big': 'x'.repeat(300_000),
  '/srv/b/big': 'x'.repeat(300_000),
};

/** Two file servers and a proxy in front of them, all on `web`. */
const site = (options = '', to = '127.0.0.1:8081,127.0.0.1:8082'): Lan =>
  lan({
    files: FILES,
    run: [
      'httpd -p 8081 -l /tmp/a.log /srv/a',
      'httpd -C -p 8082 -l /tmp/b.log /srv/b',
      `proxy --listen 0.0.0.0:80 --to ${to} --log /tmp/log ${options}`,
    ],
  });

const ask = async (net: Lan, line: string): Promise<string> =>
  (await net.sh('laptop', line)).stdout.replace(/\r/g, '').trim();

/** A server of one answer: whatever comes, it says this and closes. */
const says = (port: number, text: string): string => `sh -c 'printf "${text}" | nc -l -N -p ${port} >/tmp/said'`;

describe('proxy', () => {
  it('takes backends in turn, and keeps connections on both sides', async () => {
    const net = site();
    const line = "curl -s -w '%{num_connects}\\n' http://web/who http://web/who http://web/who http://web/who";
    expect((await ask(net, line)).split('\n')).toEqual(['a', '1', 'b', '0', 'a', '0', 'b', '0']);
    expect((await net.sh('web', 'ss -tnH state established dst 127.0.0.1 | grep -c ":808[12] *$"')).stdout).toBe('2\n');
    const log = (await net.sh('web', 'cat /tmp/log')).stdout.split('\n');
    expect(log[0]).toBe('10.0.1.2 - - [01/Jan/2026:00:00:00 +0000] "GET /who HTTP/1.1" 200 2 127.0.0.1:8081 0ms');
  });

  it('passes bodies on, with a length and in chunks', async () => {
    const net = site();
    for (let i = 0; i < 2; i++) expect(await ask(net, 'curl -s http://web/big | wc -c')).toBe('300000');
    expect(await ask(net, 'curl -sI http://web/big | grep -i -E "length|chunked"')).toBe('Content-Length: 300000');
    expect(await ask(net, 'curl -s -D - -o /dev/null http://web/big | grep -i -E "length|chunked"')).toBe(
      'Transfer-Encoding: chunked',
    );
    // A client of HTTP/1.0 reads to the end of the connection.
    expect(await ask(net, 'curl -s http://web/who; curl -s0 http://web/big | wc -c')).toBe('a\n300000');
  });

  it('says who asked, takes hop-by-hop fields away and leaves the others', async () => {
    const net = lan({
      run: [says(8081, 'HTTP/1.1 204 No Content\\r\\n\\r\\n'), 'proxy --listen 0.0.0.0:80 --to 127.0.0.1:8081'],
    });
    await ask(
      net,
      'curl -s -H "X-Forwarded-For: 1.2.3.4" -H "Connection: X-Drop" -H "X-Drop: 1" -H "TE: trailers" -H "X-Keep: 2" http://web/p?q',
    );
    expect((await net.sh('web', 'cat /tmp/said')).stdout.replace(/\r/g, '').trim().split('\n')).toEqual([
      'GET /p?q HTTP/1.1',
      'Host: web',
      'User-Agent: curl/7.88.1',
      'Accept: */*',
      'X-Forwarded-For: 1.2.3.4, 10.0.1.2',
      'X-Keep: 2',
      'Via: 1.1 netarium-proxy',
    ]);
  });

  it('asks another backend where one is gone, and leaves that one out for a while', async () => {
    const net = site('', '127.0.0.1:8089,127.0.0.1:8082');
    for (let i = 0; i < 3; i++) expect(await ask(net, 'curl -s http://web/who')).toBe('b');
    expect((await net.sh('web', 'cut -d" " -f9- /tmp/log')).stdout).toBe('200 2 127.0.0.1:8082 0ms\n'.repeat(3));
  });

  it('answers 502 where nobody is there, and 504 where nobody speaks', async () => {
    const status = "curl -s -o /dev/null -w '%{http_code}'";
    expect(await ask(site('', '127.0.0.1:8088,127.0.0.1:8089'), `${status} http://web/`)).toBe('502');
    expect(await ask(site('', '127.0.0.1:8088'), `${status} http://web/; ${status} -d x http://web/`)).toBe('502502');
    const silent = lan({ run: ['nc -l -k -p 8081', 'proxy --listen 0.0.0.0:80 --to 127.0.0.1:8081 --timeout 2'] });
    expect(await ask(silent, `${status} http://web/`)).toBe('504');
    const rubbish = lan({ run: [says(8081, 'hello\\r\\n\\r\\n'), 'proxy --listen 0.0.0.0:80 --to 127.0.0.1:8081'] });
    expect(await ask(rubbish, `${status} http://web/`)).toBe('502');
  });

  it('cuts the answer off where the backend dies in the middle of it', async () => {
    const half = 'HTTP/1.1 200 OK\\r\\nContent-Length: 10\\r\\n\\r\\nhello';
    const net = lan({ run: [says(8081, half), 'proxy --listen 0.0.0.0:80 --to 127.0.0.1:8081'] });
    const { stdout, code } = await net.sh('laptop', 'curl -s http://web/');
    expect([stdout, code]).toEqual(['hello', 18]);
  });

  it('finds by asking which backends are well', async () => {
    const net = site('--health-path /who --health-interval 1', '127.0.0.1:8081,127.0.0.1:8089');
    await net.sleep(2);
    expect(await ask(net, 'curl -s http://web/who; curl -s http://web/who')).toBe('a\na');
    expect(Number((await net.sh('web', 'grep -c . /tmp/a.log')).stdout)).toBeGreaterThan(4);
  });

  it('sends request bodies on, to their last byte', async () => {
    const head = 'POST / HTTP/1.1\\r\\nHost: web\\r\\nContent-Length: 400000\\r\\n\\r\\n';
    const net = lan({
      files: { '/tmp/up': 'y'.repeat(400_000) },
      run: ['nc -l -p 8081 >/tmp/got', 'proxy --listen 0.0.0.0:80 --to 127.0.0.1:8081 --timeout 5'],
    });
    const { stdout } = await net.sh('laptop', `(printf '${head}'; yes y | head -c 400000) | nc web 80`);
    expect(stdout).toMatch(/^HTTP\/1\.1 504 /);
    expect((await net.sh('web', 'grep -c ^y /tmp/got')).stdout).toBe('200000\n');
    expect((await net.sh('web', 'tail -c 2 /tmp/got')).stdout).toBe('y\n');
  });

  it.each([
    ['--listen 80', 'usage: proxy'],
    ['--listen x:80 --to a:1', "invalid address 'x'"],
    ['--listen 80 --to a', "'a' is not HOST:PORT"],
    ['--listen 80 --to nobody:1', 'nobody: '],
    ['--listen 80 --to 127.0.0.1:1 --balance best', 'neither roundrobin nor leastconn'],
    ['--listen 80 --to 127.0.0.1:1 --sticky', "'--sticky' is not supported"],
    ['--listen 22 --to 127.0.0.1:1 --log /nowhere/log', '/nowhere/log: No such file or directory'],
  ])('refuses %s in one line', async (args, why) => {
    const { stderr, code } = await lan().sh('web', `proxy ${args}`);
    expect(stderr).toContain(why);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(code).toBeGreaterThan(0);
  });

  it('says that its port is taken', async () => {
    const { stderr, code } = await site().sh('web', 'proxy --listen 0.0.0.0:80 --to 127.0.0.1:1');
    expect([stderr, code]).toEqual(['proxy: cannot listen on 0.0.0.0:80: Address already in use\n', 1]);
  });

  it('prints the port it was given, and ends with 0 on SIGTERM', async () => {
    const { stdout, code } = await lan().sh(
      'web',
      'proxy --listen 0 --to 127.0.0.1:1 >/tmp/out & sleep 1; kill $!; wait $!; echo $?; cat /tmp/out',
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^0\nlistening on 127\.0\.0\.1:[1-9]\d+\n$/);
  });
});

describe('forward-proxy', () => {
  const proxied = (options: string): Lan =>
    lan({ files: FILES, run: ['httpd -p 80 /srv/a', 'httpd -p 443 /srv/b', `forward-proxy --listen 3128 ${options}`] });
  const via = (net: Lan, line: string) => net.sh('web', line).then(({ stdout }) => stdout);
  const request = (line: string, ...fields: string[]) =>
    `printf '${[`${line} HTTP/1.1`, ...fields, 'Connection: close', '', ''].join('\\r\\n')}' | nc -w 3 127.0.0.1 3128`;

  it('fetches what clients name, and tunnels', async () => {
    const net = proxied('--log /tmp/log');
    const page = await via(net, request('GET http://web/who', 'Host: other', 'Proxy-Connection: keep-alive'));
    expect(page).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*Via: 1\.1 netarium-forward-proxy\r\n[\s\S]*\r\n\r\na\n$/);
    const tunnel =
      'CONNECT web:443 HTTP/1.1\\r\\nHost: web:443\\r\\n\\r\\nGET /who HTTP/1.1\\r\\nHost: web\\r\\nConnection: close\\r\\n\\r\\n';
    const said = await via(net, `printf '${tunnel}' | nc 127.0.0.1 3128`);
    expect(said).toMatch(/^HTTP\/1\.1 200 Connection established\r\n\r\nHTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nb\n$/);
    expect(await via(net, 'cut -d" " -f6- /tmp/log')).toMatch(
      /^"GET http:\/\/web\/who HTTP\/1\.1" 200 2 10\.0\.2\.2:80 \d+ms\n"CONNECT web:443 HTTP\/1\.1" 200 \d+ web:443\n$/,
    );
  });

  it.each([
    ['', 'http://web/who', '', '200'],
    ['', '/who', '', '400'],
    ['', 'https://web/who', '', '501'],
    ['', 'http://nobody.test/', '', '502'],
    ['--deny web', 'http://web/who', '', '403'],
    ['--deny 10.0.0.0/8', 'http://www.shop.test/who', '', '403'],
    ['--allow "*.shop.test"', 'http://www.shop.test/who', '', '200'],
    ['--allow "*.shop.test"', 'http://web/who', '', '403'],
    ['--auth me:secret', 'http://web/who', '', '407'],
    ['--auth me:secret', 'http://web/who', 'Proxy-Authorization: Basic bWU6c2VjcmV0', '200'],
    ['--auth me:secret', 'http://web/who', 'Proxy-Authorization: Basic bWU6c2VjcmVU', '407'],
  ])('with %s: GET %s, %s: %s', async (options, url, field, code) => {
    const said = await via(proxied(options), request(`GET ${url}`, 'Host: web', ...(field === '' ? [] : [field])));
    expect(said.split(' ')[1]).toBe(code);
  });

  it.each([
    ['web:22', '', '403'],
    ['web:80', '', '403'],
    ['web:80', '--allow web:80', '200'],
    ['web:443', '--deny :443', '403'],
    ['web', '', '400'],
    ['nobody.test:443', '', '502'],
    ['web:7443', '--allow :7443', '502'],
  ])('CONNECT %s with %s: %s', async (target, options, code) => {
    const said = await via(
      proxied(options),
      `printf 'CONNECT ${target} HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' | nc -w 2 127.0.0.1 3128`,
    );
    expect(said.split(' ')[1]).toBe(code);
  });

  it('does not start as an open proxy', async () => {
    const { stderr, code } = await lan().sh('web', 'forward-proxy --listen 0.0.0.0:3128');
    expect([stderr, code]).toEqual([
      'forward-proxy: 0.0.0.0 is not loopback: an open proxy needs --auth or --auth-file\n',
      1,
    ]);
    const users = lan({ files: { '/etc/users': '# us\nme:secret\noops\n' } });
    expect((await users.sh('web', 'forward-proxy --listen 0.0.0.0:3128 --auth-file /etc/users')).stderr).toBe(
      'forward-proxy: /etc/users:3: not user:password\n',
    );
  });
});
