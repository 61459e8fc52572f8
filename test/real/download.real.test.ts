/** `download` on this machine's own kernel, from a server on node:http: every file right or reported, in each of the five ways. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killAll, run, start } from './netarium.ts';

const folder = mkdtempSync(join(tmpdir(), 'netarium-download-'));
const at = (name: string): string => join(folder, name);
const FILES = 300;
const LONG_BYTES = 4_000_000;

interface Report {
  readonly failed: number;
  readonly files: readonly {
    name: string;
    url: string;
    ok: boolean;
    skipped: boolean;
    sha256: string;
    reason: string;
  }[];
  readonly threads: readonly { name: string }[];
}

const bodyOf = (url: string): Buffer => Buffer.alloc(10_000, `${url} `);
const long = Buffer.alloc(LONG_BYTES, 'abcdefghij');
let asked: string[] = [];
let server: Server;
let base = '';

beforeAll(async () => {
  server = createServer((request, response) => {
    const url = request.url!;
    asked.push(`${url} ${request.headers.range ?? ''}`.trim());
    if (url.startsWith('/stalls')) return;
    if (url.startsWith('/missing')) response.writeHead(404).end('none');
    else if (url === '/long') sendLong(response, request.headers.range);
    else response.writeHead(200, { 'Content-Type': 'image/png' }).end(bodyOf(url));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  killAll();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Half of a long file, then nothing; the rest when it is asked for. */
function sendLong(response: import('node:http').ServerResponse, range: string | undefined): void {
  const from = Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
  const fields = { ETag: '"long"', 'Content-Length': LONG_BYTES - from };
  if (from === 0) response.writeHead(200, fields).write(long.subarray(0, LONG_BYTES / 2));
  else {
    const place = { 'Content-Range': `bytes ${from}-${LONG_BYTES - 1}/${LONG_BYTES}` };
    response.writeHead(206, { ...fields, ...place }).end(long.subarray(from));
  }
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe.each(['serial', 'threads', 'coroutines', 'reactor', 'processes'])('%s', (way) => {
  it(`${FILES} files of one name, one in a hundred missing, one never answered`, async () => {
    const kind = (i: number): string => (i % 100 === 17 ? 'missing' : i % 100 === 59 ? 'stalls' : 'file');
    const urls = Array.from({ length: FILES }, (_, i) => `${base}/${kind(i)}/${way}/${i}/picture.png`);
    writeFileSync(at('urls'), urls.join('\n'));
    const options = ['--way', way, '--concurrency', '8', '--timeout', '2', '--retries', '0', '--json'];
    const { code, stdout } = await run(['download', '--urls', at('urls'), '--out', at(way), ...options]);
    const report = JSON.parse(stdout) as Report;
    expect([code, report.failed, report.files.length]).toEqual([1, 6, FILES]);
    for (const { name, url, ok, sha256: sum, reason } of report.files) {
      const path = new URL(url).pathname;
      if (!path.startsWith('/file/')) {
        expect([ok, reason]).toEqual([
          false,
          path.startsWith('/missing/') ? 'HTTP 404 Not Found' : 'time-out: silence for 2.00 s',
        ]);
        continue;
      }
      const bytes = readFileSync(join(at(way), name));
      expect([ok, bytes.equals(bodyOf(path)), sum]).toEqual([true, true, sha256(bytes)]);
    }
    expect(readdirSync(at(way)).filter((name) => !name.startsWith('.'))).toHaveLength(FILES - 6);
    expect(report.threads).toHaveLength(way === 'threads' || way === 'processes' ? 8 : 1);
  });
});

describe('download on the real kernel', () => {
  it('killed in the middle of a long file: the next run asks for the rest, and leaves out what is whole', async () => {
    writeFileSync(at('urls'), `${base}/short\n${base}/long\n`);
    const words = ['download', '--urls', at('urls'), '--out', at('resumed'), '--way', 'serial'];
    const killed = await start(words);
    const half = join(at('resumed'), 'long.part');
    // What has come is written in pieces of 64 KiB.
    await expect.poll(() => sizeOf(half), { timeout: 20_000 }).toBeGreaterThan(LONG_BYTES / 2 - 131_072);
    killed.child.kill('SIGKILL');
    await killed.ended;
    asked = [];
    const have = sizeOf(half);
    const { code, stdout } = await run([...words, '--resume']);
    expect([code, asked]).toEqual([0, [`/long bytes=${have}-`]]);
    expect(stdout).toContain(`done   long  ${LONG_BYTES} bytes`);
    expect(stdout).toContain(sha256(long));
    expect(readdirSync(at('resumed')).sort()).toEqual(['.download.jsonl', 'long', 'short']);
  });

  it('a URL as the address bar shows it: characters beyond ASCII travel as UTF-8, and the file has them in its name', async () => {
    writeFileSync(at('chinese'), `${base}/图片/第 一.png?名=值#片段\n`.replace(' ', '%20'));
    asked = [];
    const { code, stderr } = await run(['download', '--urls', at('chinese'), '--out', at('图片')]);
    expect([code, stderr]).toEqual([0, '']);
    expect(asked).toEqual([`${encodeURI('/图片/第 一.png?名=值')}`]);
    expect(readFileSync(join(at('图片'), '第 一.png')).equals(bodyOf(asked[0]!))).toBe(true);
  });

  it('bad input: one line with the place', async () => {
    writeFileSync(at('rubbish'), `\n# nothing\nftp://h/\n${base}/a b\nhttp://\nhttp://h:99999/\n\0\nhttp://中文/\n`);
    const bad = await run(['download', '--urls', at('rubbish'), '--out', at('none')]);
    expect(bad.code).toBe(1);
    expect(
      bad.stderr
        .replaceAll(at('rubbish'), 'L')
        .split('\n')
        .map((line) => line.replace(/(\d: [^:]*):.*/, '$1')),
    ).toEqual([
      'download: L:3: the scheme ftp is not supported',
      'download: L:4: a blank inside a URL',
      'download: L:5: a URL without a host',
      'download: L:6: a URL with a bad port',
      'download: L:7: not a URL',
      'download: L:8: a URL whose host is not ASCII',
      '',
    ]);
    const missing = await run(['download', '--urls', at('nothing'), '--out', at('none')]);
    expect([missing.code, missing.stderr]).toEqual([1, `download: ${at('nothing')}: No such file or directory\n`]);
    writeFileSync(at('place'), `${base}/a`);
    const wrong = await run(['download', '--urls', at('place'), '--out', at('place')]);
    expect([wrong.code, wrong.stderr]).toEqual([1, `download: ${at('place')}: Not a directory\n`]);
  });
});

function sizeOf(path: string): number {
  try {
    return readFileSync(path).length;
  } catch {
    return 0;
  }
}
