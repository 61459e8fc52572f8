/** Commands that make folders: those above them too, and one line where that cannot be. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ran } from './in-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'netarium-folders-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'file');
writeFileSync(file, '');

test('folders above are made', async () => {
  const lab = join(folder, '甲', 'b c', 'lab.yaml');
  expect((await ran(['new', lab])).code).toBe(0);
  expect(existsSync(lab)).toBe(true);
  const captures = join(folder, 'p', 'q');
  expect((await ran(['run', lab, '--pcap', captures])).code).toBe(0);
  expect(existsSync(captures)).toBe(true);
});

// Below /proc a folder is made by nobody, not even by root; Node's own mkdir -p never ends there.
test.each(['/proc/none/x', join(file, 'x')])('%s cannot be made', async (path) => {
  for (const words of [
    ['book', path, '--no-labs'],
    ['run', 'handshake', '--pcap', path],
    ['new', join(path, 'lab.ts')],
  ]) {
    const { code, err } = await ran(words);
    expect([code, err], words.join(' ')).toEqual([
      3,
      expect.stringMatching(/^netarium: cannot write '[^']+': E[A-Z]+\n$/),
    ]);
  }
});
