import { expect, it } from 'vitest';
import { makeHost } from '../shell/shell-bench.test-util.ts';

it('shows processes from /proc', async () => {
  const host = await makeHost();
  const short = await host.sh('sleep 9 & ps; kill $!');
  expect(short.stdout).toMatch(/^ {4}PID TTY {10}TIME CMD\n( +\d+ \? {8}00:00:00 (sh|sleep|ps)\n){3}$/);
  const full = await host.sh('ps -ef; :');
  expect(full.stdout).toContain('UID          PID    PPID  C STIME TTY          TIME CMD\n');
  expect(full.stdout).toMatch(/^root +\d+ +1 +0 00:00 \? {8}00:00:00 sh -c ps -ef; :$/m);
  const user = await host.sh('ps aux');
  expect(user.stdout).toMatch(/^root +\d+ +[\d.]+ +0\.0 +0 +0 \? +[RS] +00:00 +0:00 ps aux$/m);
  expect(await host.sh('ps -p 99999')).toMatchObject({ status: 1 });
  expect(await host.sh('ps -Z')).toMatchObject({ status: 1, stderr: expect.stringContaining("'-Z' is not supported") });
});

it('shows a last command in the place of its shell', async () => {
  const host = await makeHost();
  expect((await host.sh('ps')).stdout).not.toContain(' sh\n');
  expect((await host.sh('ps; true')).stdout).toContain(' sh\n');
  expect((await host.sh('(ps)')).stdout).not.toContain(' sh\n');
});
