/** Jobs on this machine's own kernel: a log that is killed, a disk that is full, two files read by processes, values judged. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { builtCommand } from '../built.ts';
import { killAll, other, run, start } from './netarium.ts';

const folder = mkdtempSync(join(tmpdir(), 'netarium-jobs-'));
const at = (name: string): string => join(folder, name);

afterAll(() => {
  killAll();
  rmSync(folder, { recursive: true, force: true });
});

const linesOf = (name: string): string[] => readFileSync(at(name), 'utf8').split('\n').slice(0, -1);

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const sizeOf = (name: string): number => (existsSync(at(name)) ? statSync(at(name)).size : 0);

/** Until a file has more than it had. */
async function grown(name: string, from: number): Promise<void> {
  while (sizeOf(name) <= from) await pause(5);
}

describe('make-csv', () => {
  it('that is interrupted leaves nothing, says nothing, and ends as the signal would have it', async () => {
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      const job = await start(['make-csv', at('i.csv')]);
      await grown('i.csv.part', 0);
      job.child.kill(signal);
      expect(await job.ended).toEqual({ code, stdout: '', stderr: '' });
      expect(['i.csv', 'i.csv.part'].filter((name) => existsSync(at(name)))).toEqual([]);
    }
  });
});

describe('log-writer', () => {
  it('loses none of 10,000 records of four threads', async () => {
    const { code, stdout } = await run(['log-writer', '--file', at('a.log'), '--records', '10000', '--queue', '500']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^10000 records: 10000 written, 0 dropped; /) as unknown]);
    const lines = linesOf('a.log');
    expect([lines.length, new Set(lines).size]).toEqual([10_000, 10_000]);
    for (const caller of [1, 2, 3, 4]) {
      const own = lines
        .filter((line) => line.startsWith(`caller-${caller} `))
        .map((line) => Number(line.split(' ')[2]));
      expect(own, `the records of caller ${caller} are in order`).toEqual(own.map((_, i) => i + 1));
    }
  });

  it('writes what it reads, byte for byte', async () => {
    const text = Array.from({ length: 20_000 }, (_, i) => `${i} 记录 ${'x'.repeat(i % 90)}\n`).join('');
    const { code, stdout } = await run(['log-writer', '--file', at('b.log')], text);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^20000 records: 20000 written, 0 dropped; /) as unknown]);
    expect(readFileSync(at('b.log'), 'utf8')).toBe(text);
  });

  it('leaves whole lines when it is killed, and the next one goes on', async () => {
    for (const ms of [20, 111, 333]) {
      const before = sizeOf('c.log');
      const job = await start(['log-writer', '--file', at('c.log'), '--records', '100000000', '--rate', '20000']);
      await grown('c.log', before);
      await pause(ms);
      job.child.kill('SIGKILL');
      await job.ended;
      expect(linesOf('c.log').filter((line) => !/^caller-[1-4] record \d+$/.test(line))).toEqual([]);
      expect(readFileSync(at('c.log'), 'utf8').endsWith('\n')).toBe(true);
    }
    expect(linesOf('c.log').length).toBeGreaterThan(1000);
  });

  it('SIGTERM ends it with everything in the file', async () => {
    const job = await start(['log-writer', '--file', at('d.log'), '--records', '100000000', '--rate', '5000']);
    await grown('d.log', 0);
    await pause(300);
    const { code, stdout } = await job.stop();
    const [, logged, written] = /^(\d+) records: (\d+) written/.exec(stdout)!;
    expect([code, Number(written), linesOf('d.log').length]).toEqual([0, Number(logged), Number(logged)]);
  });

  it('a full disk is one line and exit code 1', async () => {
    const full = await run(['log-writer', '--file', '/dev/full', '--records', '1000']);
    expect([full.code, full.stderr]).toEqual([1, 'log-writer: /dev/full: No space left on device\n']);
    const command = `ulimit -f 20; exec ${process.execPath} ${builtCommand()} real log-writer --file ${at('e.log')} --records 5000`;
    const limited = await other('/bin/bash', ['-c', command]);
    expect([limited.code, limited.stderr]).toEqual([1, `log-writer: ${at('e.log')}: File too large\n`]);
    const lines = linesOf('e.log');
    expect(Number(/ (\d+) written/.exec(limited.stdout)![1])).toBe(lines.length);
    expect(lines.filter((line) => !/^caller-[1-4] record \d+$/.test(line))).toEqual([]);
    expect(readFileSync(at('e.log')).length).toBeGreaterThan(20_000);
  });
});

describe('read-two-files', () => {
  writeFileSync(at('A.txt'), 'text of A\n');
  writeFileSync(at('B.txt'), '第二个文件\n');
  const files = [at('A.txt'), at('B.txt')];

  it.each(['serial', 'processes', 'apply', 'pool'])('%s prints both texts', async (how) => {
    const { code, stdout, stderr } = await run(['read-two-files', '--how', how, ...files]);
    expect([code, stderr]).toEqual([0, '']);
    const [first, a, second, b, last] = stdout.split('\n');
    expect([a, b]).toEqual(['text of A', '第二个文件']);
    expect(last).toMatch(new RegExp(`^${how}: 2 of 2 files in \\d+\\.\\d{3} s$`));
    const pids = [first, second].map((line) => / read by process (\d+)$/.exec(line!)![1]);
    expect(new Set(pids).size).toBe(how === 'serial' ? 1 : how === 'processes' ? 2 : new Set(pids).size);
  });

  it('side by side they take the time of one', async () => {
    const { stdout } = await run(['read-two-files', '--how', 'processes', '--disk', '8000', ...files]);
    const seconds = Number(/ in ([0-9.]+) s\n$/.exec(stdout)![1]);
    expect(seconds).toBeGreaterThan(8);
    expect(seconds).toBeLessThan(16);
  });

  it('a file that is not there is one line and exit code 1', async () => {
    const { code, stdout, stderr } = await run(['read-two-files', '--how', 'pool', at('A.txt'), at('C.txt')]);
    expect([code, stderr]).toEqual([1, `read-two-files: ${at('C.txt')}: No such file or directory\n`]);
    expect(stdout).toContain('text of A\npool: 1 of 2 files in ');
  });
});

describe('validate', () => {
  it('judges the lines of a file, and tells by its status', async () => {
    writeFileSync(at('numbers'), '13800138000\n1380013800\n+8613800138000\n');
    const { code, stdout } = await run(['validate', 'mobile', at('numbers')]);
    expect(code).toBe(1);
    expect(stdout.replace(/ +\d+ steps/g, '')).toBe(
      'good        1  "13800138000"\nbad         2  "1380013800"  ends too early\ngood        3  "+8613800138000"\n2 good, 1 bad\n',
    );
    expect((await run(['validate', 'email'], 'user@example.com\n')).code).toBe(0);
  });

  it('a file that cannot be read is one line and exit code 2', async () => {
    const { code, stderr } = await run(['validate', 'user', at('none')]);
    expect([code, stderr]).toEqual([2, `validate: ${at('none')}: No such file or directory\n`]);
  });
});
