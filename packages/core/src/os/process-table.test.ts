import { describe, expect, test } from 'vitest';
import type { SysError } from '../base/errno.ts';
import { bench } from '../syscall/kernel.test-util.ts';
import type { Sys } from '../syscall/sys.ts';

const MS = 1_000_000;

/** What kill(2) with signal 0 finds: 'there', for zombies too, or the errno. */
async function found(sys: Sys, pid: number): Promise<string> {
  try {
    await sys.kill(pid, 0);
    return 'there';
  } catch (error) {
    return (error as SysError).code;
  }
}

async function ran(main: (sys: Sys) => Promise<number>, child: (sys: Sys, ...args: never[]) => Promise<number>) {
  const { start, run, crashes } = bench();
  start({ main, child });
  await run();
  expect(crashes).toEqual([]);
}

describe('a process that has ended', () => {
  test('is a zombie until its parent has waited for it, and then nowhere', () =>
    ran(
      async (sys) => {
        const pid = await sys.fork('child');
        await sys.nanosleep(10 * MS);
        expect(await found(sys, pid)).toBe('there');
        expect(await sys.waitpid(pid)).toMatchObject({ pid, code: 3 });
        expect(await found(sys, pid)).toBe('ESRCH');
        await expect(sys.waitpid(pid)).rejects.toMatchObject({ code: 'ECHILD' });
        return 0;
      },
      async () => 3,
    ));

  test('is reaped at once where the parent ignores SIGCHLD', () =>
    ran(
      async (sys) => {
        await sys.sigaction('SIGCHLD', 'ignore');
        const pid = await sys.fork('child');
        await sys.nanosleep(10 * MS);
        expect(await found(sys, pid)).toBe('ESRCH');
        return 0;
      },
      async () => 3,
    ));
});
