/** What the comparison with Debian's tools cannot show: times, sockets, threads. */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { expect, it } from 'vitest';
import { makeHost } from '../shell/shell-bench.test-util.ts';

const MS = 1_000_000;

it('top: who uses the processors, from look to look; only batch mode', async () => {
  const host = await makeHost({
    burn: async (sys) => {
      for (let i = 0; i < 300; i++) await sys.cpu(10 * MS);
      return 0;
    },
  });
  const { stdout } = await host.sh('nice -n 5 burn & sleep 0.1; top -b -n 2 -d 1; wait');
  const [first, second] = stdout.split(/\n\n(?=top - )/);
  expect(first).toMatch(
    /^top - 00:00:0\d up 0 min\nTasks: +\d+ total, +2 running, +\d+ sleeping, +0 stopped, +0 zombie\n%Cpu\(s\):/,
  );
  expect(first).toContain('    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND\n');
  // One of four cores is busy, with the one program that computes at the top.
  expect(second).toMatch(/%Cpu\(s\): 2[45]\.\d us, +0\.0 sy, +0\.0 ni, 7[45]\.\d id/);
  expect(second).toMatch(/COMMAND\n +\d+ root +25 +5 +0 +0 +0 R +(99\.\d|100\.0) +0\.0 +0:01\.[01]\d burn\n/);
  expect(await host.sh('top')).toMatchObject({ status: 1, stderr: expect.stringContaining('only batch mode') });
  expect(await host.sh('top -b -n x')).toMatchObject({ status: 1 });
});

it('ps and pstree show threads', async () => {
  const host = await makeHost({
    threaded: {
      async main(sys: {
        thread_create(entry: string, args: readonly never[], options: object): Promise<number>;
        nanosleep(ns: number): Promise<void>;
      }) {
        for (const name of ['one', 'two']) await sys.thread_create('worker', [], { name });
        await sys.nanosleep(1_000 * MS);
        return 0;
      },
      async worker(sys: { nanosleep(ns: number): Promise<void> }) {
        await sys.nanosleep(2_000 * MS);
      },
    } as never,
  });
  const { stdout } = await host.sh(
    'threaded & sleep 0.1; ps -o stat,nlwp,comm -p $!; ps -L -o comm= -p $!; pstree -p $! | sed "s/[0-9][0-9]*/N/g"; pstree -T $!; wait',
  );
  expect(stdout).toBe(
    'STAT NLWP COMMAND\nSl      3 threaded\nthreaded\none\ntwo\n' +
      'threaded(N)-+-{one}(N)\n            `-{two}(N)\nthreaded\n',
  );
});

it('strace follows threads where it is asked to', async () => {
  const host = await makeHost({
    threaded: {
      async main(sys: Sys) {
        const tid = await sys.thread_create('worker', []);
        await sys.thread_join(tid);
        await sys.write(1, encodeUtf8('done\n'));
        return 0;
      },
      async worker(sys: Sys) {
        await sys.write(1, encodeUtf8('in\n'));
      },
    } as never,
  });
  const alone = await host.sh('strace -e write threaded');
  expect(alone.stderr.match(/write/g)).toHaveLength(1);
  const followed = await host.sh('strace -f -e write threaded');
  expect(followed.stderr).toMatch(
    /^strace: Process (\d+) attached\n\[pid +\1\] write\(1, "in\\n", 3\) += 3\nwrite\(1, "done\\n", 5\) += 5\n\+\+\+ exited with 0/,
  );
});

it('strace tells what a signal did before', async () => {
  const host = await makeHost();
  const { stderr } = await host.sh(`strace -e rt_sigaction sh -c "trap '' HUP; trap - HUP"`);
  const [action, nothing] = (['SIG_IGN', 'SIG_DFL'] as const).map(
    (how) => `{sa_handler=${how}, sa_mask=[], sa_flags=0}`,
  );
  expect(stderr).toContain(`rt_sigaction(SIGHUP, ${action}, ${nothing}, 8) = 0`);
  expect(stderr).toContain(`rt_sigaction(SIGHUP, ${nothing}, ${action}, 8) = 0`);
});

it('strace ends as its command does, and names what it does not support', async () => {
  const host = await makeHost();
  expect(await host.sh('strace -e trace=none sh -c "exit 7"; echo $?')).toMatchObject({
    stdout: '7\n',
    stderr: '+++ exited with 7 +++\n',
  });
  expect(await host.sh('strace -e inject=write:error=EIO true')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('unsupported expression'),
  });
  expect(await host.sh('strace -p 99999')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('No such process'),
  });
  expect(await host.sh('strace')).toMatchObject({ status: 1 });
  const counted = await host.sh('strace -c -e write,openat sh -c "echo a; echo b" 2>&1 >/dev/null');
  expect(counted.stdout).toMatch(/^% time +seconds +usecs\/call +calls +errors syscall\n/);
  expect(counted.stdout).toMatch(/ 2 +write\n/);
  const attached = await host.sh('sleep 1 & strace -p $!; wait');
  expect(attached.stderr).toMatch(
    /^strace: Process \d+ attached\nclock_nanosleep\(.*\) = 0\n\+\+\+ exited with 0 \+\+\+\n$/,
  );
});

it('comes to an end on bad arguments', async () => {
  const host = await makeHost();
  for (const line of [
    'ps -Z',
    'ps foo',
    'pstree x',
    'lsof -i :x',
    'lsof -Z',
    'nice -Z',
    'renice 5 x',
    'kill -s',
    'strace -Z true',
    'top -b -d x -n 1',
  ])
    expect((await host.sh(line)).status, line).not.toBe(0);
});
