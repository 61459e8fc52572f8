/** A disk that is full, a real one: a tmpfs of 600 KiB in a mount namespace of its own. Each job says so in one line, ends with 1, and leaves nothing half-written. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtCommand } from '../built.ts';
import { killAll, other } from './netarium.ts';

const folder = mkdtempSync(join(tmpdir(), 'netarium-full-'));
const at = (name: string): string => join(folder, name);
const SIZE = 20_000;
let server: Server;

beforeAll(async () => {
  server = createServer(({ url }, response) => response.end(Buffer.alloc(SIZE, url)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  writeFileSync(at('urls'), Array.from({ length: 60 }, (_, i) => `http://127.0.0.1:${port}/f${i}\n`).join(''));
});

afterAll(() => {
  killAll();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs `netarium real …` where `small` is the small disk, then tells what is there: names and sizes. */
async function onSmallDisk(
  words: string,
): Promise<{ readonly stderr: string; readonly code: string; readonly files: [string, number][] }> {
  const script = `mkdir -p small && mount -t tmpfs -o size=600k none small && { ${process.execPath} ${builtCommand()} real ${words}; echo "code $?"; cd small; find . -type f -printf '%f %s\\n'; }`;
  const { stdout, stderr } = await other('unshare', ['-rm', 'sh', '-c', `cd ${folder} && ${script}`]);
  const [, code, listed] = /^code (\d+)\n([\s\S]*)$/m.exec(stdout) ?? [];
  const files = (listed ?? '')
    .split('\n')
    .filter(Boolean)
    .map((line): [string, number] => {
      const [name, size] = line.split(' ');
      return [name!, Number(size)];
    });
  return { stderr, code: code ?? stdout, files };
}

describe('a full disk', () => {
  it.each(['serial', 'threads', 'coroutines', 'reactor', 'processes'])('download, %s', async (way) => {
    const { stderr, code, files } = await onSmallDisk(
      `download --urls urls --out small/d --way ${way} --concurrency 4`,
    );
    expect(code).toBe('1');
    expect(stderr.split('\n').at(-2)).toMatch(
      /^download: small\/d\/\S+: No space left on device; \d+ files were left$/,
    );
    expect(
      stderr
        .split('\n')
        .slice(0, -2)
        .every((line) => /^download: urls:\d+: \S+ No space left on device \(1 attempt\)/.test(line)),
    ).toBe(true);
    const pictures = files.filter(([name]) => name !== '.download.jsonl');
    expect(pictures.length).toBeGreaterThan(15);
    expect(pictures.filter(([name, size]) => !/^f\d+$/.test(name) || size !== SIZE)).toEqual([]);
  });

  it('make-csv', async () => {
    const { stderr, code, files } = await onSmallDisk('make-csv small/f.csv');
    expect([code, stderr, files]).toEqual(['1', 'make-csv: small/f.csv: No space left on device\n', []]);
  });

  it('csv, its output and its ledger', async () => {
    await other(process.execPath, [builtCommand(), 'real', 'make-csv', '--rows', '100000', at('f.csv')]);
    const words = 'csv f.csv --column subscription_id --print --workers 2';
    const output = await onSmallDisk(`${words} --ledger l1 > small/out`);
    expect([output.code, output.stderr]).toEqual(['1', 'csv: standard output: No space left on device\n']);
    const ledger = await onSmallDisk(
      `true; dd if=/dev/zero of=small/x bs=1k count=600 status=none; ${process.execPath} ${builtCommand()} real ${words} --ledger small/l > /dev/null`,
    );
    expect([ledger.code, ledger.stderr]).toEqual(['1', 'csv: small/l: No space left on device\n']);
  });

  it('log-writer', async () => {
    const { stderr, code, files } = await onSmallDisk('log-writer --file small/log --records 50000');
    expect([code, stderr]).toEqual(['1', 'log-writer: small/log: No space left on device\n']);
    expect(files).toEqual([['log', expect.any(Number)]]);
  });
});
