/**
 * A main process with children, as Python's multiprocessing ends them: when the main code is over, daemon children are terminated and the others are
 * joined. That is code of the main process's own exit; who is killed never comes to it.
 */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { MS } from '../lib/io-programs.ts';

/** `pool DAEMON`: one child of 5 s (a daemon or not), two of 1 s and 2 s; the main code takes 500 ms. */
async function main(sys: Sys, argv: readonly string[]): Promise<number> {
  const daemonic = argv[1] === 'daemon';
  let interrupted = false;
  await sys.sigaction('SIGINT', { handler: () => void (interrupted = true) });
  const long = await sys.fork('child', ['long', 5_000]);
  const others = [await sys.fork('child', ['first', 1_000]), await sys.fork('child', ['second', 2_000])];
  await sys.nanosleep(500 * MS).catch(() => undefined);
  await print(sys, interrupted ? 'KeyboardInterrupt\n' : 'main code ends\n');
  if (daemonic) {
    await sys.kill(long, 'SIGTERM');
    await sys.waitpid(long);
  } else others.push(long);
  for (const pid of others) await sys.waitpid(pid);
  await print(sys, 'main process ends\n');
  return interrupted ? 1 : 0;
}

async function child(sys: Sys, name: string, ms: number): Promise<number> {
  await sys.sigaction('SIGINT', 'ignore');
  await sys.nanosleep(ms * MS);
  await print(sys, `${name} done, parent ${await sys.getppid()}\n`);
  return 0;
}

export const pool = { main, child };
