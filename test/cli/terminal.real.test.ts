/** The command at a real terminal, which `script` (util-linux) lends: colours, columns, progress, raw keys, Ctrl-C that goes to the world. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import stringWidth from 'string-width';
import { afterAll, expect, test } from 'vitest';

const bin = fileURLToPath(new URL('../../packages/cli/bin/netarium.js', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'netarium-tty-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs netarium at a terminal of 70 columns, presses keys at their times, answers what the screen got. */
async function atTerminal(args: string, keys: readonly (readonly [number, string])[] = []): Promise<string> {
  const command = `stty cols 70 rows 40; ${process.execPath} ${bin} ${args}; echo "exit $?"`;
  const env = { PATH: process.env.PATH, HOME: scratch, TMPDIR: scratch, LANG: 'zh_CN.UTF-8', TERM: 'xterm-256color' };
  const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: scratch, env });
  let screen = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (screen += text));
  const ended = new Promise((resolve) => child.on('close', resolve));
  for (const [afterMs, text] of keys) {
    await wait(afterMs);
    child.stdin.write(text);
  }
  await ended;
  return screen.replaceAll('\r\n', '\n');
}

test('a run has colours and fits into the columns, Chinese counted twice', async () => {
  const screen = await atTerminal('run visit-website');
  expect(screen).toContain('\u001b[32m✓ 符合\u001b[39m');
  expect(screen).toContain('exit 0');
  const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*[mK]`, 'g');
  const table = screen
    .replace(escapes, '')
    .split('\n')
    .filter((line) => /^(✓| {8,})/.test(line));
  for (const line of table) expect(stringWidth(line), line).toBeLessThanOrEqual(70);
});

test('keys go to the host, Ctrl-C too, Ctrl-] leaves, and the session replays', async () => {
  writeFileSync(
    join(scratch, 'pair.yaml'),
    'machines: { a: !host { eth0: 10.0.1.2/24 }, b: !host { eth0: 10.0.1.3/24 } }\ncables: [[a, b, { delay: 1ms }]]\n',
  );
  const screen = await atTerminal('shell pair.yaml a --record typed.json', [
    [1500, 'ping 10.0.1.3\r'],
    [1800, '\u0003'],
    [300, 'echo after $?\r'],
    [500, '\u001d'],
  ]);
  expect(screen).toMatch(/icmp_seq=2[\s\S]*\^C[\s\S]*ping statistics[\s\S]*after \d/);
  expect(screen).toContain('exit 0');
  expect(JSON.parse(readFileSync(join(scratch, 'typed.json'), 'utf8')).inputs.length).toBeGreaterThan(2);
  expect(await atTerminal('run pair.yaml --inputs typed.json')).toContain('摘要与录制时相同');
});
