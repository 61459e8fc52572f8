import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lan } from '../net-tools/lan.test-util.ts';

const PAGE = '<title>Shop</title><h1>Hi</h1><img src="a.png"><img src="/img/b.png" alt="b">';
const site = () =>
  lan({
    files: {
      '/srv/index.html': PAGE,
      '/srv/a.png': 'A'.repeat(5000),
      '/srv/img/b.png': 'BBBB',
      '/srv/.headers': '[index.html]\nSet-Cookie: id=42; Path=/\n',
      '/srv/bad/.headers': 'oops\n',
      '/srv/bad/x': 'x',
      '/srv/bad/index.html': '',
    },
    run: ['httpd -l /tmp/log -k 5 /srv'],
  });

describe('httpd and curl', () => {
  it('show a transfer with -v as curl does', async () => {
    const { stdout, stderr, code } = await site().sh('laptop', 'curl -sv http://web/');
    expect([stdout, code]).toEqual([PAGE, 0]);
    expect(stderr.replace(/\r/g, '').split('\n')).toEqual([
      '*   Trying 10.0.2.2:80...',
      '* Connected to web (10.0.2.2) port 80 (#0)',
      '> GET / HTTP/1.1',
      '> Host: web',
      '> User-Agent: curl/7.88.1',
      '> Accept: */*',
      '> ',
      '< HTTP/1.1 200 OK',
      '< Set-Cookie: id=42; Path=/',
      '< Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT',
      expect.stringMatching(/^< ETag: "[0-9a-f]+-4d"$/),
      '< Accept-Ranges: bytes',
      '< Content-Type: text/html; charset=utf-8',
      '< Server: netarium-httpd',
      '< Date: Thu, 01 Jan 2026 00:00:00 GMT',
      '< Content-Length: 77',
      '< Connection: keep-alive',
      '< ',
      '{ [77 bytes data]',
      '* Connection #0 to host web left intact',
      '',
    ]);
  });

  it('use one connection for several URLs', async () => {
    const { stdout } = await site().sh(
      'laptop',
      "curl -s -w '%{num_connects} ' http://web/img/b.png http://web/img/b.png",
    );
    expect(stdout).toBe('BBBB1 BBBB0 ');
  });

  it.each([
    ['-o /dev/null http://web/nope', '404'],
    ['-o /dev/null http://web/img', '301'],
    ['-o /dev/null http://web/img/', '403'],
    ['-o /dev/null -L http://web/img', '403'],
    ['-o /dev/null http://web/.headers', '404'],
    ['-o /dev/null http://web/bad/x', '500'],
    ['-o /dev/null http://web/%2e%2e/etc/passwd', '400'],
    ['-o /dev/null http://web/%zz', '400'],
    ['-o /dev/null -X FROB http://web/', '501'],
    ['-o /dev/null -d a=b http://web/', '405'],
    ['-o /dev/null -r 0-3 http://web/a.png', '206'],
    ['-o /dev/null -r 9000- http://web/a.png', '416'],
    ['-o /dev/null -H "Host: a b" http://web/', '400'],
    ['-o /dev/null -H "Content-Length: 5" -H "Transfer-Encoding: chunked" http://web/', '400'],
    ['-o /dev/null -H "Expect: nonsense" http://web/', '417'],
    ['-o /dev/null -H "If-Modified-Since: Thu, 01 Jan 2026 00:00:00 GMT" http://web/', '304'],
    ['-o /dev/null -H "If-None-Match: *" http://web/', '304'],
    ['-o /dev/null -H "If-Match: no" http://web/', '412'],
    ['-I -o /dev/null http://web/a.png', '200'],
  ])('curl %s: %s', async (args, status) => {
    expect((await site().sh('laptop', `curl -s -w '%{http_code}' ${args}`)).stdout).toBe(status);
  });

  it('fail with the codes and words of curl', async () => {
    const net = site();
    const run = async (args: string) => {
      const { stderr, code } = await net.sh('laptop', `curl -sS ${args}`);
      return `${code} ${stderr.trim()}`;
    };
    expect(await run('http://nosuch/')).toBe('6 curl: (6) Could not resolve host: nosuch');
    expect(await run('http://web:81/')).toBe(
      "7 curl: (7) Failed to connect to web port 81 after 20 ms: Couldn't connect to server",
    );
    expect(await run('-m 2 http://10.0.2.9/')).toBe('28 curl: (28) Connection timed out after 2000 milliseconds');
    expect(await run('-f http://web/nope')).toBe('22 curl: (22) The requested URL returned error: 404');
    expect(await run('https://web/')).toBe('1 curl: (1) Protocol "https" not supported or disabled in libcurl');
    expect(await run('"http://a b/"')).toBe('3 curl: (3) URL using bad/illegal format or missing URL');
    expect(await run('-k http://web/')).toMatch(/^2 curl: '-k' is not supported/);
    expect(await run('--nope http://web/')).toMatch(/^2 curl: '--nope' is not supported/);
  });

  it('report servers that misbehave', async () => {
    const net = lan({
      run: [
        "printf 'HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\n\\r\\nhello' | nc -l -N 81",
        'nc -l -d -q 0 82 </dev/null',
      ],
    });
    expect(await net.sh('laptop', 'curl -sS http://web:81/')).toEqual({
      code: 18,
      stdout: 'hello',
      stderr: 'curl: (18) transfer closed with 4 bytes remaining to read\n',
    });
  });

  it('keep cookies in a file', async () => {
    const { stdout } = await site().sh(
      'laptop',
      'curl -s -c jar -o /dev/null http://web/; cat jar; curl -sv -b jar http://web/img/b.png 2>&1 | grep Cookie',
    );
    expect(stdout.split('\n').slice(4)).toEqual(['web\tFALSE\t/\tFALSE\t0\tid\t42', '> Cookie: id=42\r', '']);
  });

  it('write the access log, and close idle connections', async () => {
    const net = site();
    await net.sh('laptop', 'printf "GET /a.png HTTP/1.1\\r\\nHost: web\\r\\n\\r\\n" | nc web 80 >/dev/null');
    const { stdout } = await net.sh('web', 'cat /tmp/log; ss -tan | grep -c ESTAB');
    expect(stdout).toBe('10.0.1.2 - - [01/Jan/2026:00:00:00 +0000] "GET /a.png HTTP/1.1" 200 5000\n0\n');
    expect(net.world.queue.now).toBeGreaterThan(5_000_000_000);
  });

  it('send and read chunks', async () => {
    const net = lan({ files: { '/srv/big': 'x'.repeat(200_000), '/srv/empty': '' }, run: ['httpd -C /srv'] });
    const ask = async (line: string) => (await net.sh('laptop', line)).stdout.replace(/\r/g, '').trim();
    expect(await ask('curl -s http://web/big | wc -c')).toBe('200000');
    expect(await ask('curl -sI http://web/big | grep -i -E "transfer|length"')).toBe('Transfer-Encoding: chunked');
    expect(await ask('curl -sI0 http://web/big | grep -i -E "transfer|length"')).toBe('Content-Length: 200000');
    expect(
      await ask('curl -s -w "%{http_code} %{size_download} %{num_connects}\\n" http://web/empty http://web/empty'),
    ).toBe('200 0 1\n200 0 0');
    expect(await ask('curl -s -r 0-3 http://web/big')).toBe('xxxx');
  });

  it('survive whatever clients send, and close every connection', async () => {
    const net = site();
    const words = [
      'GET / HTTP/1.1',
      '\\r\\n',
      '\\n',
      'Host: web',
      'Range: bytes=0-,1-2,-3',
      'Content-Length: 3',
      'Transfer-Encoding: chunked',
      'abc',
      '3',
      '0',
      ' ',
      ':',
      '\\377',
      '\\000',
      'PUT /a.png HTTP/1.1',
      'Connection: close',
      '\\r\\n\\r\\n',
      'GET /%c3%28 HTTP/1.1',
      'Expect: 100-continue',
      'HEAD //img//b.png HTTP/1.0',
    ];
    const soup = fc.sample(fc.array(fc.constantFrom(...words), { maxLength: 14 }), { numRuns: 60, seed: 7 });
    for (const parts of soup) await net.sh('laptop', `printf '${parts.join('')}' | nc -N -w 3 web 80 >/dev/null`);
    expect((await net.sh('laptop', 'curl -s http://web/img/b.png')).stdout).toBe('BBBB');
    await net.sleep(30);
    expect((await net.sh('web', 'ss -tan | grep -c ESTAB')).stdout).toBe('0\n');
  });

  it('answer 408 to a request that never ends', async () => {
    const { stdout } = await site().sh('laptop', '(printf "GET / HT"; sleep 30) | nc web 80');
    expect(stdout).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  });
});

describe('httpd holds out against', () => {
  const status = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1]).join(' ');
  const say = (options: string, text: string, nc = '-N -w 40') =>
    lan({ files: { '/srv/index.html': PAGE }, run: [`httpd -k 5 -t 4 ${options} /srv`] })
      .sh('laptop', `${text} | nc ${nc} web 80`)
      .then(({ stdout }) => stdout);
  const head = (...lines: string[]) => `printf '${['GET / HTTP/1.1', 'Host: web', ...lines, '', ''].join('\\r\\n')}'`;

  const open = "printf 'GET / HTTP/1.1\\r\\nHost: web\\r\\nX: '";

  it('heads and bodies that come a byte at a time', async () => {
    const slow = '(printf "GET / HTTP/1.1\\r\\n"; for i in 1 2 3 4 5 6 7 8 9; do printf x; sleep 1; done)';
    expect(status(await say('', slow))).toBe('408');
    const body = `(${head('Content-Length: 100')}; for i in 1 2 3 4 5 6 7 8 9; do printf x; sleep 1; done)`;
    expect(status(await say('', body))).toBe('408');
  });

  it('clients that have closed their half, and those that do not read', async () => {
    expect(status(await say('', head()))).toBe('200');
    expect(status(await say('', `(${head()}; ${head()})`))).toBe('200 200');
    const net = lan({ files: { '/srv/big': 'x'.repeat(2_000_000) }, run: ['httpd -t 4 /srv'] });
    const idle = net.start('laptop', "printf 'GET /big HTTP/1.1\\r\\nHost: web\\r\\n\\r\\n' | nc web 80 | sleep 100");
    await net.sleep(2);
    expect((await net.sh('web', 'ss -tnH state established | grep -c ":80 "')).stdout).toBe('1\n');
    await net.sleep(20);
    expect((await net.sh('web', 'ss -tnH state established | grep -c ":80 "')).stdout).toBe('0\n');
    idle.kill();
  });

  it.each([
    [
      'a request line of 9000 bytes',
      '',
      "printf 'GET /'; yes x | head -c 18000 | tr -d '\\n'; printf ' HTTP/1.1'",
      '414',
    ],
    ['header fields of 40000 bytes', '', `${open}; yes x | head -c 80000 | tr -d '\\n'`, '431'],
    ['129 header fields', '', `${open}; for i in $(seq 130); do printf 'a\\r\\na: b'; done`, '431'],
    ['a body that is announced too long', '--max-body 10', head('Content-Length: 11'), '413'],
    [
      'a body that gets too long',
      '--max-body 10',
      `${head('Transfer-Encoding: chunked')}; printf '8\\r\\n12345678\\r\\n8\\r\\n12345678\\r\\n'`,
      '413',
    ],
    ['two lengths', '', head('Content-Length: 1', 'Content-Length: 2'), '400'],
    ['a length and chunks', '', head('Content-Length: 1', 'Transfer-Encoding: chunked'), '400'],
    ['chunks that are not last', '', head('Transfer-Encoding: chunked, identity'), '400'],
    ['a length of +1', '', head('Content-Length: +1'), '400'],
    ['a folded header', '', head('A: b', ' c: d'), '400'],
    ['a blank before the colon', '', head('Content-Length : 1'), '400'],
    ['two hosts', '', head('Host: other'), '400'],
  ])('%s', async (_what, options, text, code) => {
    expect(status(await say(options, `(${text})`))).toBe(code);
  });

  it('more clients than it has room for', async () => {
    const net = lan({ files: { '/srv/index.html': PAGE }, run: ['httpd --max-connections 2 /srv'] });
    const held = [0, 1].map(() => net.start('laptop', 'sleep 100 | nc web 80'));
    await net.sleep(1);
    const ask = "curl -s -o /dev/null -w '%{http_code}' http://web/";
    expect((await net.sh('laptop', ask)).stdout).toBe('503');
    for (const one of held) one.kill();
    await net.sleep(1);
    expect((await net.sh('laptop', ask)).stdout).toBe('200');
  });

  it('files that change, and a log that cannot be written', async () => {
    const net = lan({ files: { '/srv/a': 'one' }, run: ['httpd -l /dev/full /srv'] });
    const ask = async () => (await net.sh('laptop', 'curl -s http://web/a')).stdout;
    await net.sleep(5);
    expect([await ask(), await ask()]).toEqual(['one', 'one']);
    await net.sh('web', 'printf two > /srv/a');
    expect(await ask()).toBe('two');
    await net.sleep(5);
    expect([await ask(), await ask()]).toEqual(['two', 'two']);
    await net.sh('web', "printf 'X-New: 1\\n' > /srv/.headers");
    expect((await net.sh('laptop', 'curl -sI http://web/a | grep X-New')).stdout).toContain('X-New: 1');
    await net.sh('web', 'rm /srv/a');
    expect((await net.sh('laptop', "curl -s -o /dev/null -w '%{http_code}' http://web/a")).stdout).toBe('404');
  });
});

describe('the browser', () => {
  it('fetches the page and its images over one connection, and keeps the cookie', async () => {
    const net = site();
    const { stdout, code } = await net.sh('laptop', 'browser www.shop.test; grep -c id ~/.cookies');
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines.slice(0, 4)).toEqual(['Shop', '', 'Hi', '[b]']);
    expect(
      lines
        .filter((line) => line.includes('http://'))
        .map((line) =>
          line
            .replace(/ +\d+\.\d+ +\d+\.\d+ /, ' ')
            .replace(/\|.*\|/, '')
            .replace(/ +/g, ' ')
            .trim(),
        ),
    ).toEqual([
      '200 77 #1 new http://www.shop.test/',
      '200 5000 #1 kept http://www.shop.test/a.png',
      '200 4 #1 kept http://www.shop.test/img/b.png',
    ]);
    expect(lines.at(-2)).toBe('1');
    expect((await net.sh('laptop', 'browser https://web/')).stderr).toContain('not supported');
  });
});
