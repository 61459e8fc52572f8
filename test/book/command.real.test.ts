/** `netarium book` as it is published: worker threads, the labs' viewers, links between all of it, and folders that cannot be written. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { catalogue } from '@netarium/labs/catalogue/index.ts';
import { quizItems } from '@netarium/labs/quizzes/index.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'netarium-book-command-'));

beforeAll(() => void execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: 'inherit' }));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function netarium(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'packages/cli/bin/netarium.js'), ...args],
    {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, LANG: 'en_US.UTF-8', TMPDIR: scratch },
    },
  );
  return { code: status, out: stdout, err: stderr };
}

test('the whole book in Chinese: every prediction decided, every link a file', { timeout: 600_000 }, () => {
  const folder = join(scratch, 'zh');
  const { code, out, err } = netarium('book', folder, '--lang', 'zh');
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain(join(folder, 'index.html'));
  const pages = readdirSync(folder).filter((name) => name.endsWith('.html'));
  expect(pages.filter((name) => /^q\d{3}\.html$/.test(name))).toHaveLength(104);
  const viewers = readdirSync(join(folder, 'labs'));
  expect(viewers.length).toBeGreaterThan(catalogue.size - 3);
  const targets = new Set(
    pages.flatMap((name) =>
      [...readFileSync(join(folder, name), 'utf8').matchAll(/ (?:href|src)="([^"#]+)/g)].map(([, link]) => link!),
    ),
  );
  for (const target of targets) expect(existsSync(join(folder, target)), target).toBe(true);
  expect([...targets].filter((target) => target.startsWith('labs/')).length).toBeGreaterThan(60);
  const quiz = readFileSync(join(folder, 'quiz.html'), 'utf8');
  expect(quiz.match(/data-answer="[^"]+"/g)).toHaveLength(quizItems.length);
  expect(quiz).toMatch(/labs\/arp\.html#t=\d+&amp;lang=zh/);
});

test('a folder that cannot be made', () => {
  writeFileSync(join(scratch, 'file'), '');
  const { code, err } = netarium('book', join(scratch, 'file'), '--no-labs');
  expect(code).toBe(3);
  expect(err).toContain('cannot write');
});
