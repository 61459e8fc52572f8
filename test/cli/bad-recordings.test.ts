/** `netarium view` with a file that is no whole recording: one line in words, exit code 3, nothing served. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { ran } from './in-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'netarium-recordings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['cut off', gzipSync(new Uint8Array(9000).fill(7)).subarray(0, 20), 'unexpected end of file'],
  ['no gzip', Buffer.from('a letter'), 'incorrect header check'],
  ['something else', gzipSync('{"machines":[]}'), 'this is no recording of Netarium'],
])('%s', async (name, bytes, why) => {
  const file = join(folder, `${name}.netarium`);
  writeFileSync(file, bytes);
  const err = `netarium: ${file}: cannot be read as a recording: ${why}\n`;
  expect(await ran(['view', file, '--no-open'])).toEqual({ code: 3, out: '', err });
});
