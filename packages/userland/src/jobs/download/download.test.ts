import { cable, host } from '@netarium/core/check/lab.ts';
import type { HostControl } from '@netarium/core/check/lab-context.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { describe, expect, test } from 'vitest';
import { latin1Bytes } from '../../http/message.ts';
import { type Reply, serveRequests } from '../../http/server/service.ts';
import { type HostScript, onHost as onAnyHost } from '../../lib/on-host.test-kit.ts';
import { writeAll } from '../../lib/stdio.ts';

const PLACE = { address: '127.0.0.1', port: 8000 };
const WAYS = ['serial', 'threads', 'coroutines', 'reactor', 'processes'];

/** Ten pictures after 50 ms each, and everything that can go wrong. */
const site: Program = async (sys) => {
  const asked = new Map<string, number>();
  await serveRequests(sys, PLACE, { program: 'site' }, ({ head: { target } }): Reply => {
    const times = (asked.get(target) ?? 0) + 1;
    asked.set(target, times);
    const page = (
      status: number,
      when: number | 'never' | 'cut' = 50_000_000,
      fields: [string, string][] = [],
    ): Reply => {
      return { status, type: 'image/png', fields, body: latin1Bytes(target.padEnd(10_000, '.')), when };
    };
    if (target.includes('missing')) return page(404);
    if (target.includes('busy')) return times < 3 ? page(503, 0, [['Retry-After', '2']]) : page(200);
    if (target.includes('stalls')) return page(200, 'never');
    if (target.includes('cut')) return times < 2 ? page(200, 'cut') : page(200);
    if (target.includes('moved')) return page(302, 0, [['Location', `/new${target}`.replace('moved', 'found')]]);
    if (target.includes('round')) return page(301, 0, [['Location', target]]);
    return page(200);
  });
  return 0;
};

/** Sends the first part of a file and closes; later answers If-Range as the file's tag says. `changing`: the tag is another one each time. */
const breaking: Program = async (sys, argv) => {
  const whole = latin1Bytes('0123456789'.repeat(10_000));
  const listener = await sys.socket('inet', 'stream', 'tcp');
  await sys.setsockopt(listener, 'socket', 'SO_REUSEADDR', 1);
  await sys.bind(listener, { family: 'inet', address: '127.0.0.1', port: 8001 });
  await sys.listen(listener, 8);
  for (let times = 0; ; times++) {
    const { fd } = await sys.accept(listener);
    const request = await head(sys, fd);
    const tag = `"v${argv[1] === 'changing' ? times : 0}"`;
    const from = request.includes(`If-Range: ${tag}`) ? Number(/bytes=(\d+)-/.exec(request)![1]) : 0;
    const fields = `ETag: ${tag}\r\nContent-Length: ${whole.length - from}\r\n`;
    const range = `Content-Range: bytes ${from}-${whole.length - 1}/${whole.length}\r\n`;
    await writeAll(sys, fd, from > 0 ? `HTTP/1.1 206 P\r\n${fields}${range}\r\n` : `HTTP/1.1 200 OK\r\n${fields}\r\n`);
    await writeAll(sys, fd, times < 2 ? whole.subarray(from, from + 30_000) : whole.subarray(from));
    await writeAll(sys, 1, `${from} `);
    await sys.shutdown(fd, 'write');
    await sys.close(fd);
  }
};

/** Sends a byte every half second for ever: never silent, never done. */
const dripping: Program = async (sys) => {
  const listener = await sys.socket('inet', 'stream', 'tcp');
  await sys.bind(listener, { family: 'inet', address: '127.0.0.1', port: 8002 });
  await sys.listen(listener, 8);
  for (;;) {
    const { fd } = await sys.accept(listener);
    await head(sys, fd);
    await writeAll(sys, fd, 'HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n');
    try {
      for (;;) {
        await sys.send(fd, new Uint8Array(1), { nosignal: true });
        await sys.nanosleep(500_000_000);
      }
    } catch {
      // The client has given up.
      await sys.close(fd);
    }
  }
};

/** Runs a command with files of at most so many bytes: what is beyond fails as on a full disk, but with EFBIG. */
const limited: Program = async (sys, [, bytes, path, ...argv]) => {
  await sys.sigaction('SIGXFSZ', 'ignore');
  await sys.setrlimit('RLIMIT_FSIZE', { soft: Number(bytes), hard: Number(bytes) });
  return sys.exec(path!, [path!, ...argv]);
};

async function head(sys: Sys, fd: number): Promise<string> {
  let text = '';
  while (!text.includes('\r\n\r\n')) text += String.fromCharCode(...(await sys.recv(fd, 4096)));
  return text;
}

const onHost = (script: HostScript): Promise<void> =>
  onAnyHost(script, {
    machines: { h: host({ eth0: '10.0.0.1/24' }), neighbour: host({ eth0: '10.0.0.2/24' }) },
    cables: [cable('h', 'neighbour')],
    programs: { site, breaking, dripping, limited },
    until: '3600s',
  });

async function withSite(script: (h: HostControl) => Promise<void>): Promise<void> {
  await onHost(async (h, sleep) => {
    const running = h.start('site');
    await sleep('10ms');
    await script(h);
    running.kill('SIGTERM');
    await running.wait();
  });
}

interface Report {
  readonly ms: number;
  readonly failed: number;
  readonly untried: number;
  readonly files: readonly {
    name: string;
    ok: boolean;
    skipped: boolean;
    reason: string;
    attempts: number;
    type: string;
    sha256: string;
    bytes: number;
  }[];
  readonly threads: readonly { name: string; files: number; busyPercent: number }[];
}

const urls = (...names: readonly string[]) => names.map((name) => `http://127.0.0.1:8000/${name}`).join('\n');
const TEN = urls(...Array.from({ length: 10 }, (_, i) => `${i}/picture.png`));

describe.each(WAYS)('%s', (way) => {
  test('ten pictures of one name, each whole and under its own', async () => {
    await withSite(async (h) => {
      h.writeFile('/root/urls', TEN);
      const run = await h.sh(`download --urls urls --out out --way ${way} --json`);
      expect([run.status, run.stderr]).toEqual([0, '']);
      const report = JSON.parse(run.stdout) as Report;
      expect(report.files.map(({ name }) => name)).toEqual([
        'picture.png',
        ...[2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => `picture-${n}.png`),
      ]);
      for (const [i, { name, ok, type, bytes, sha256 }] of report.files.entries()) {
        expect([ok, type, bytes]).toEqual([true, 'image/png', 10_000]);
        expect(h.readFile(`/root/out/${name}`)).toBe(`/${i}/picture.png`.padEnd(10_000, '.'));
        expect((await h.sh(`sha256sum out/${name}`)).stdout).toContain(sha256);
      }
      const [least, most] = way === 'serial' ? [500, 510] : [50, 55];
      expect(report.ms).toBeGreaterThan(least);
      expect(report.ms).toBeLessThan(most);
      const many = way === 'threads' || way === 'processes';
      expect(report.threads).toHaveLength(many ? 10 : 1);
      expect(report.threads.reduce((sum, { files }) => sum + files, 0)).toBe(10);
      for (const { busyPercent } of report.threads) expect(busyPercent).toBeLessThan(10);
      expect((await h.sh('ls -a out')).stdout).not.toContain('.part');
    });
  });

  test('what fails is told at the end, and keeps nobody else', async () => {
    await withSite(async (h) => {
      h.writeFile(
        '/root/urls',
        `# pictures\n\n  ${urls('a', 'missing', 'busy', 'stalls', 'cut', 'moved/m', 'round', 'b')}  \nftp://h/x\nhttp://127.0.0.1:1/closed\nno url\nhttp://127.0.0.1:8000/a#again\n`,
      );
      const run = await h.sh(`download --urls urls --out out --way ${way} --concurrency 4 --timeout 3 --json`);
      const report = JSON.parse(run.stdout) as Report;
      // A request over a kept connection that breaks without an answer is repeated at once, and does not count.
      const seen = report.files.map(({ name, ok, attempts, reason }) =>
        name === 'cut' ? `cut ${ok} ${attempts <= 2}` : `${name} ${ok} ${attempts} ${reason}`,
      );
      expect(seen).toEqual([
        'a true 1 ',
        'missing false 1 HTTP 404 Not Found',
        'busy true 3 ',
        'stalls false 3 time-out: silence for 3.00 s',
        'cut true true',
        'm true 1 ',
        'round false 1 more than 10 redirects',
        'b true 1 ',
        'closed false 3 Connection refused',
      ]);
      expect([run.status, report.failed, report.untried]).toEqual([1, 4, 0]);
      expect(h.readFile('/root/out/m')).toMatch(/^\/new\/found\/m\.+$/);
      expect(run.stderr.split('\n')).toEqual([
        'download: urls:11: the scheme ftp is not supported: ftp://h/x',
        'download: urls:13: a blank inside a URL: no url',
        'download: urls:14: the same as line 3, downloaded once',
        'download: urls:4: HTTP 404 Not Found (1 attempt): http://127.0.0.1:8000/missing',
        'download: urls:6: time-out: silence for 3.00 s (3 attempts): http://127.0.0.1:8000/stalls',
        'download: urls:9: more than 10 redirects (1 attempt): http://127.0.0.1:8000/round',
        'download: urls:12: Connection refused (3 attempts): http://127.0.0.1:1/closed',
        '',
      ]);
      expect((await h.sh('ls out')).stdout.split('\n').filter(Boolean)).toEqual(['a', 'b', 'busy', 'cut', 'm']);
    });
  });

  test.each(['same', 'changing'])(
    'a file that breaks off twice is gone on with while it is the same: %s',
    async (kind) => {
      await onHost(async (h, sleep) => {
        const server = h.start(`exec breaking ${kind}`);
        await sleep('10ms');
        h.writeFile('/root/urls', 'http://127.0.0.1:8001/file');
        const run = await h.sh(`download --urls urls --out out --way ${way}`);
        expect([run.status, server.stdout]).toEqual([0, kind === 'same' ? '0 30000 60000 ' : '0 0 0 ']);
        expect(h.readFile('/root/out/file')).toBe('0123456789'.repeat(10_000));
        server.kill('SIGKILL');
        await server.wait();
      });
    },
  );

  test('a connection that is never made, and a file that never ends, are given up in time', async () => {
    await onHost(async (h, sleep) => {
      const server = h.start('exec dripping');
      await sleep('10ms');
      // Nobody has the first address: ARP would give up after three seconds.
      h.writeFile('/root/urls', 'http://10.0.0.9/x\nhttp://127.0.0.1:8002/drops\n');
      const limits = '--connect-timeout 1 --max-time 4 --retries 1';
      const run = await h.sh(`download --urls urls --out out --way ${way} ${limits} --json`);
      const { files, ms } = JSON.parse(run.stdout) as Report;
      expect([run.status, files.map(({ reason, attempts }) => `${attempts} ${reason}`)]).toEqual([
        1,
        ['2 time-out: no connection after 1.00 s', '2 time-out: not done after 4.00 s'],
      ]);
      // Two attempts at each, with half a second between.
      expect(ms).toBeLessThan(way === 'serial' ? 12_500 : 9_000);
      expect((await h.sh('ls out')).stdout).toBe('');
      server.kill('SIGKILL');
      await server.wait();
    });
  });

  test('no more than the rate, and nothing that is there already', async () => {
    await withSite(async (h) => {
      h.writeFile('/root/urls', TEN);
      const first = await h.sh(`download --urls urls --out out --way ${way} --rate-per-host 5/s --json`);
      const { ms } = JSON.parse(first.stdout) as Report;
      expect([ms > 1850, ms < 1900]).toEqual([true, true]);
      await h.sh('rm out/picture-3.png; echo > out/picture-4.png');
      const second = await h.sh(`download --urls urls --out out --way ${way} --resume --json`);
      const { files } = JSON.parse(second.stdout) as Report;
      expect(files.filter(({ skipped }) => !skipped).map(({ name }) => name)).toEqual([
        'picture-3.png',
        'picture-4.png',
      ]);
      expect(h.readFile('/root/out/picture-4.png')).toBe('/3/picture.png'.padEnd(10_000, '.'));
    });
  });
});

describe('download', () => {
  test('lines for people', async () => {
    await withSite(async (h) => {
      h.writeFile('/root/urls', urls('a', 'missing'));
      const run = await h.sh('download --urls urls --out out --way threads');
      const lines = run.stdout.split('\n');
      expect(lines[0]).toMatch(
        /^(done {3}a {2}10000 bytes {2}image\/png {2}5\d\.\d ms {2}sha256 [0-9a-f]{64}|failed missing)/,
      );
      expect(run.stdout).toMatch(
        /^threads: 1 file, 10000 bytes, 1 failed, in 5\d\.\d ms; one after the other 5\d\.\d ms$/m,
      );
      expect(run.stdout).toMatch(/^worker-1 +\d +\d+ +5\d\.\d +5\d\.\d +\d\.\d %$/m);
    });
  });

  test('a child that is killed takes its attempt with it; another one makes the next', async () => {
    await withSite(async (h) => {
      h.writeFile('/root/urls', urls('a', 'b'));
      const running = h.start('download --urls urls --out out --way processes --concurrency 1 --json');
      await h.sh('sleep 0.02; kill -9 $(ps -e | grep download | tail -n 1 | cut -c1-7)');
      const { status, stdout } = await running.wait();
      const { files, threads } = JSON.parse(stdout) as Report;
      expect(files.map(({ ok, attempts }) => [ok, attempts])).toEqual([
        [true, 2],
        [true, 1],
      ]);
      expect([status, threads.map(({ name }) => name)]).toEqual([0, ['process-2']]);
    });
  });

  test('files of others are not written over; their own are', async () => {
    await withSite(async (h) => {
      h.writeFile('/root/urls', urls('a', 'b'));
      await h.sh('mkdir out; echo mine > out/A');
      for (const _ of [1, 2]) {
        expect((await h.sh('download --urls urls --out out')).status).toBe(0);
        expect((await h.sh('ls out')).stdout).toBe('A\na-2\nb\n');
        expect(h.readFile('/root/out/A')).toBe('mine\n');
      }
    });
  });

  test.each([
    ['download --urls none --out out', 1, 'download: none: No such file or directory\n'],
    ['download --urls urls --out urls', 1, 'download: urls: Not a directory\n'],
    ['download --urls urls --out /none/out', 1, 'download: /none/out: No such file or directory\n'],
    ['download --urls urls', 2, 'download: usage: download --urls FILE --out DIR [--way WAY] [OPTION...]\n'],
    [
      'download --urls urls --out o --way x',
      2,
      'download: --way x: none of serial, threads, coroutines, reactor, processes\n',
    ],
    [
      'download --urls urls --out o --rate-per-host 0',
      2,
      'download: --rate-per-host 0: not a rate such as 5/s, at least 0.001/s\n',
    ],
  ])('%s: %i', async (command, status, stderr) => {
    await onHost(async (h) => {
      h.writeFile('/root/urls', '');
      const run = await h.sh(command);
      expect([run.status, run.stderr]).toEqual([status, stderr]);
    });
  });

  test.each(WAYS)('%s: a directory that may not be written to, and a disk that is full', async (way) => {
    await withSite(async (h) => {
      h.writeFile('/root/urls', TEN);
      await h.sh('mkdir -p /home/user/out; chmod 555 /home/user/out; chmod 755 /root');
      const run = await h.sh(`download --urls /root/urls --out /home/user/out --way ${way}`, { uid: 1000 });
      expect([run.status, run.stderr]).toEqual([1, 'download: /home/user/out/.download.jsonl: Permission denied\n']);
      // The shell cannot set limits; a directory in the way of a part stands for what a full disk does to a write.
      await h.sh('mkdir -p out/picture-5.png.part');
      const full = await h.sh(`download --urls urls --out out --way ${way} --concurrency 2`);
      expect(full.status).toBe(1);
      expect(full.stderr).toMatch(/download: urls:5: out\/picture-5\.png\.part: Is a directory \(1 attempt\)/);
      expect(full.stderr).toMatch(/download: out\/picture-5\.png\.part: Is a directory; [45] files were left\n$/);
    });
  });

  test.each(WAYS)(
    '%s: no room for the list of what is there: all that came is whole, and one line says why',
    async (way) => {
      await withSite(async (h) => {
        h.writeFile('/root/urls', urls(...Array.from({ length: 120 }, (_, i) => `p${i}`)));
        const run = await h.sh(`limited 12000 /usr/bin/download --urls urls --out out --way ${way}`);
        expect([run.status, run.stderr]).toEqual([
          1,
          expect.stringMatching(
            /^(download: urls:\d+: out\/\.download\.jsonl: File too large \(1 attempt\): \S+\n)+download: out\/\.download\.jsonl: File too large; \d+ files were left\n$/,
          ),
        ]);
        const there = (await h.sh('ls out')).stdout.split('\n').filter(Boolean);
        expect(there.length).toBeGreaterThan(60);
        expect(there.every((name) => h.readFile(`/root/out/${name}`)?.length === 10_000)).toBe(true);
        // With room again the rest comes, and what is there stays.
        const rest = await h.sh(`download --urls urls --out out --way ${way} --resume --json`);
        expect([rest.status, (JSON.parse(rest.stdout) as Report).failed]).toEqual([0, 0]);
        expect((await h.sh('ls out')).stdout.split('\n').filter(Boolean)).toHaveLength(120);
      });
    },
  );
});
