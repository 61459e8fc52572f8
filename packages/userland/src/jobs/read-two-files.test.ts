import { expect, it } from 'vitest';
import { lan } from '../net-tools/lan.test-util.ts';

const at = lan({ files: { '/srv/A.txt': 'text of A\n', '/srv/B.txt': '没有换行' } });

const read = async (line: string) => {
  const { stdout, stderr, code } = await at.sh('web', `cd /srv; read-two-files ${line}`);
  return { text: stdout.replace(/process \d+/g, 'process N').replace(/\d\.\d{3} s/, 'T s'), stderr, code };
};

it.each(['serial', 'processes', 'apply', 'pool'])('%s prints both texts in their order', async (how) => {
  expect(await read(`--how ${how} B.txt A.txt`)).toEqual({
    text: `B.txt: 12 bytes, read by process N\n没有换行\nA.txt: 10 bytes, read by process N\ntext of A\n${how}: 2 of 2 files in T s\n`,
    stderr: '',
    code: 0,
  });
});

it('says what it cannot read, and prints the rest', async () => {
  expect(await read('/srv A.txt none')).toEqual({
    text: 'A.txt: 10 bytes, read by process N\ntext of A\npool: 1 of 3 files in T s\n',
    stderr: 'read-two-files: /srv: Is a directory\nread-two-files: none: No such file or directory\n',
    code: 1,
  });
});

it('a process that is killed is told, and no reader waits for it', async () => {
  const running = at.start('web', 'cd /srv; read-two-files --how processes --disk 5000 A.txt B.txt');
  await at.sleep(1);
  const found = await at.sh('web', 'for d in /proc/[0-9]*; do cat $d/status; echo; done');
  const parents = [...found.stdout.matchAll(/Name:\tread-two-files\n[\s\S]*?Pid:\t(\d+)\nPPid:\t(\d+)/g)];
  const child = parents.find(([, , parent]) => parents.some(([, pid]) => pid === parent))![1]!;
  await at.sh('web', `kill -KILL ${child}`);
  await at.sleep(10);
  const { stdout, stderr, code } = running.result();
  expect([code, stderr]).toEqual([1, 'read-two-files: A.txt: its process ended with -9\n']);
  expect(stdout).toContain('没有换行\nprocesses: 1 of 2 files in 5.');
});

it('names a wrong option', async () => {
  for (const [line, message] of [
    ['', 'usage: read-two-files [--how way] [--processes N] [--disk ms] file...\n'],
    ['--how fast A.txt', 'read-two-files: --how is one of serial, processes, apply, pool\n'],
    ['--processes 0 A.txt', 'read-two-files: --processes 0: not a number from 1 to 61\n'],
    ['--disk x A.txt', 'read-two-files: --disk x: not a number from 0 to 3600000\n'],
  ] as const)
    expect(await read(line)).toEqual({ text: '', stderr: message, code: 2 });
});
