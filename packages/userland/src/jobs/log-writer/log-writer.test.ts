import { describe, expect, it } from 'vitest';
import { lan } from '../../net-tools/lan.test-util.ts';

const at = lan();
const RESULT =
  /^(\d+) records: (\d+) written, (\d+) dropped(?:, (\d+) lost)?.*; (\d+) batches; longest wait of a caller ([0-9.]+) ms\n$/;

async function run(line: string) {
  const { stdout, stderr, code } = await at.sh('web', line);
  const found = RESULT.exec(stdout);
  const [logged, written, dropped, lost, batches, waitMs] = (found ?? []).slice(1).map((text) => Number(text ?? 0));
  return { logged, written, dropped, lost, batches, waitMs, stdout, stderr, code };
}

const lines = async (path: string): Promise<number> => Number((await at.sh('web', `wc -l < ${path}`)).stdout);

describe('log-writer', () => {
  it('loses none of what four callers log, though the disk is slow', async () => {
    const result = await run('log-writer --file /srv/a.log --records 10000 --queue 500 --rate 10000 --disk 1');
    expect(result).toMatchObject({ logged: 10_000, written: 10_000, dropped: 0, lost: 0, stderr: '', code: 0 });
    expect(result.waitMs).toBeLessThan(20);
    expect((await at.sh('web', 'sort -u /srv/a.log | wc -l')).stdout.trim()).toBe('10000');
  });

  it('drops what finds the queue full, and counts it', async () => {
    const result = await run('log-writer --file /srv/b.log --records 2000 --queue 20 --policy drop --disk 10');
    expect(result.dropped).toBeGreaterThan(100);
    expect([result.written! + result.dropped!, result.code]).toEqual([2000, 0]);
    expect(await lines('/srv/b.log')).toBe(result.written);
  });

  it('makes callers wait where it blocks', async () => {
    const result = await run('log-writer --file /srv/c.log --records 1000 --queue 20 --disk 10');
    expect(result).toMatchObject({ written: 1000, dropped: 0 });
    expect(result.waitMs).toBeGreaterThan(5);
  });

  it('writes the lines of standard input, byte for byte, and ends a torn line first', async () => {
    await at.sh('web', "printf 'torn' > /srv/d.log");
    const result = await run("printf 'one\\ntwo\\n\\n\\303\\050\\nlast' | log-writer --file /srv/d.log");
    expect(result).toMatchObject({ logged: 5, written: 5, code: 0 });
    expect((await at.sh('web', 'od -An -c /srv/d.log')).stdout.replace(/\s+/g, ' ')).toBe(
      ' t o r n \\n o n e \\n t w o \\n \\n 303 ( \\n l a s t \\n ',
    );
  });

  it('cuts a line that is too long for a record', async () => {
    const result = await run(
      "{ head -c 200000 /dev/zero | tr '\\0' x; echo; echo next; } | log-writer --file /srv/e.log",
    );
    expect(result.stdout).toContain('2 records: 2 written, 0 dropped, 1 cut to 65536 bytes');
    expect((await at.sh('web', 'wc -c < /srv/e.log')).stdout.trim()).toBe(String(65_536 + 1 + 5));
  });

  it('a full disk is one line and exit code 1, and the file ends with a whole line', async () => {
    const result = await run('ulimit -f 20; log-writer --file /srv/f.log --records 5000');
    expect([result.code, result.stderr]).toEqual([1, 'log-writer: /srv/f.log: File too large\n']);
    expect(result.written! + result.lost! + result.dropped!).toBe(result.logged);
    const { stdout } = await at.sh('web', 'tail -c 1 /srv/f.log | od -An -c');
    expect(stdout.trim()).toBe('\\n');
    expect(await lines('/srv/f.log')).toBe(result.written);
    expect(await lines('/srv/f.log')).toBeGreaterThan(100);
  });

  it('a signal ends it, with what was logged in the file', async () => {
    const running = at.start('web', 'exec log-writer --file /srv/g.log --records 1000000 --rate 1000');
    await at.sleep(0.5);
    running.kill();
    await at.sleep(2);
    const { stdout, code } = running.result();
    const written = Number(RESULT.exec(stdout)?.[2]);
    expect([code, written > 1000, await lines('/srv/g.log')]).toEqual([0, true, written]);
  });

  it('names what is wrong', async () => {
    for (const [words, message] of [
      ['', 'usage: log-writer --file FILE'],
      ['--file /srv/none/x.log', '/srv/none/x.log: No such file or directory'],
      ['--file /srv', '/srv: Is a directory'],
      ['--file x --policy wait', '--policy wait: neither block nor drop'],
      ['--file x --queue 0', '--queue 0: not a number from 1 to 1000000'],
      ['--file x --threads 2', '--threads is for --records'],
    ] as const) {
      const { stderr, code } = await run(`log-writer ${words} < /dev/null`);
      expect(stderr).toMatch(message);
      expect(code).toBe(message.startsWith('/') ? 1 : 2);
    }
  });
});
