/** A parent that lets its child wait to be waited for, and one that leaves its children behind. */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { MS } from '../lib/io-programs.ts';

/**
 * `parent default|ignore waits|leaves`: forks a child of 100 ms and one of 1500 ms; at 1 s it waits for the first, or leaves (exits without a wait).
 */
async function main(sys: Sys, argv: readonly string[]): Promise<number> {
  if (argv[1] === 'ignore') await sys.sigaction('SIGCHLD', 'ignore');
  const short = await sys.fork('child', [100]);
  const long = await sys.fork('child', [1_500]);
  await sys.nanosleep(1_000 * MS);
  if (argv[2] === 'leaves') return 0;
  for (const pid of [short, long]) {
    const end = await sys.waitpid(pid).catch(() => undefined);
    await print(sys, end === undefined ? `no child ${pid} to wait for\n` : `waited for ${pid}: ${end.code}\n`);
    if (pid === short) await sys.nanosleep(200 * MS);
  }
  return 0;
}

async function child(sys: Sys, ms: number): Promise<number> {
  await sys.nanosleep(ms * MS);
  return 4;
}

export const parent = { main, child };
