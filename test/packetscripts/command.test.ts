/** `netarium packetdrill`: verdicts, exit codes and the document. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { packetdrillCommand } from '../../packages/cli/src/command/packetdrill.ts';
import type { Io } from '../../packages/cli/src/io.ts';
import { ioOf } from '../../packages/cli/src/io.ts';

const folder = mkdtempSync(join(tmpdir(), 'packetscripts-'));
afterAll(() => rmSync(folder, { recursive: true }));

function script(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function run(files: readonly string[], json: boolean): { code: number; out: string } {
  const lines: string[] = [];
  const streams = { stdout: process.stdout, stderr: process.stderr, stdin: process.stdin, env: {} };
  const io: Io = { ...ioOf(streams, 'en', 'never'), out: (line) => void lines.push(line) };
  return { code: packetdrillCommand(files, { json }, io), out: lines.join('\n') };
}

const good = fileURLToPath(new URL('rfc9293-must-15-default-mss.pkt', import.meta.url));
const bad = script('bad.pkt', '0 socket(..., SOCK_STREAM, 0) = 3\n+0 listen(3, 1) = -1 EINVAL (no)\n');
const other = script('other.pkt', '0 socket(AF_INET6, SOCK_STREAM, 0) = 3\n');

it('answers 0, 1 or 2', () => {
  expect(run([good], false).code).toBe(0);
  expect(run([good, other, bad], false).code).toBe(1);
  expect(run([good, other], false).code).toBe(2);
});

it('prints one document', () => {
  expect(JSON.parse(run([good, bad, other], true).out)).toEqual([
    { file: good, verdict: 'pass', line: null, seen: '', missing: '' },
    { file: bad, verdict: 'fail', line: 2, seen: 'listen = 0', missing: 'listen = -1 EINVAL' },
    { file: other, verdict: 'cannot run', line: 1, seen: '', missing: 'the address family AF_INET6' },
  ]);
});
