/** Where the command's output goes: a reader that leaves, a disk that is full, a file that was there before. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { builtCommand } from '../built.ts';

const folder = mkdtempSync(join(tmpdir(), 'netarium-output-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `"$@"` of the line of bash is the command, with these words. */
async function bash(line: string, words: readonly string[]): Promise<{ code: number | null; err: string }> {
  const all = ['-c', line, 'bash', process.execPath, builtCommand(), ...words];
  const { status, stderr } = spawnSync('/bin/bash', all, { cwd: folder, encoding: 'utf8' });
  return { code: status, err: stderr };
}

test('a reader that leaves early: as after SIGPIPE, for a run and for a program', async () => {
  const left = '"$@" | head -c 1 > /dev/null; exit $PIPESTATUS';
  for (const words of [
    ['run', 'visit-website'],
    ['real', 'seq', '1000000'],
    ['real', 'yes'],
  ])
    expect(await bash(left, words), words.join(' ')).toEqual({ code: 141, err: '' });
});

test('standard output on a full disk: one line', async () => {
  const full = await bash('exec "$@" > /dev/full', ['list']);
  expect(full).toEqual({ code: 3, err: "netarium: cannot write 'stdout': ENOSPC\n" });
});

test('what does not fit leaves the file that was there, and nothing half-written', async () => {
  writeFileSync(join(folder, 'old.svg'), 'old');
  for (const name of ['old.svg', 'new.svg']) {
    // 8 blocks of 1024 bytes; without the signal the write fails instead.
    const ended = await bash('trap "" XFSZ; ulimit -f 8; exec "$@"', ['ladder', 'handshake', '--svg', name]);
    expect(ended).toEqual({ code: 3, err: `netarium: cannot write '${name}': EFBIG\n` });
  }
  expect(readdirSync(folder)).toEqual(['old.svg']);
  expect(readFileSync(join(folder, 'old.svg'), 'utf8')).toBe('old');
  const ended = await bash('exec "$@" > /dev/null', ['ladder', 'handshake', '--svg', 'old.svg']);
  expect([ended.code, readFileSync(join(folder, 'old.svg'), 'utf8').slice(0, 4)]).toEqual([0, '<svg']);
});

test('captures that do not fit are told in one line after the story, and none is left', async () => {
  for (const words of [
    ['--pcap', 'captures'],
    ['--pcap', 'one.pcapng', '--on', 'laptop.eth0'],
  ]) {
    const ended = await bash('trap "" XFSZ; ulimit -f 8; exec "$@" > /dev/null', ['run', 'visit-website', ...words]);
    expect(ended.code, ended.err).toBe(3);
    expect(ended.err).toMatch(/^netarium: cannot write '(captures\/\w+\.eth\d|one)\.pcapng': EFBIG\n$/);
  }
  expect(readdirSync(folder)).toEqual(['captures', 'old.svg']);
  expect(readdirSync(join(folder, 'captures'))).toEqual([]);
  const nowhere = await bash('TMPDIR=/none exec "$@" > /dev/null', ['run', 'handshake']);
  expect(nowhere).toEqual({ code: 3, err: "netarium: cannot write '/none/netarium-handshake-': ENOENT\n" });
});
