/** A parent and its children: a forked one with a copy of the memory, spawned ones that meet a signal in three ways. */
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { MS } from '../lib/io-programs.ts';

/** `family private|shared exit|killed CODE`: forks a child that changes a number, waits for it, and looks at its own. */
async function familyMain(sys: Sys, argv: readonly string[]): Promise<number> {
  const number = await sys.cell_create(1, { shared: argv[1] === 'shared' });
  const child = await sys.fork('child', [number, argv[2]!, Number(argv[3])]);
  await print(sys, `parent ${await sys.getpid()} forked ${child}\n`);
  const end = await sys.waitpid(child);
  await print(sys, end?.code === undefined ? `ended by ${end?.signal}\n` : `exit code ${end.code}\n`);
  await print(sys, `parent has ${await sys.cell_load(number)}\n`);
  await sys.cell_free(number);
  return 0;
}

/** The forked child: its cell is a copy. */
async function child(sys: Sys, number: number, how: string, code: number): Promise<number> {
  await sys.cell_add(number, 41);
  await print(sys, `child has ${await sys.cell_load(number)}\n`);
  await sys.nanosleep(100 * MS);
  if (how === 'killed') await sys.kill(await sys.getpid(), 'SIGKILL');
  return code;
}

export const family = { main: familyMain, child };

/** `sleeper catch|ignore|default`: two seconds of sleep, with its own view of SIGTERM. */
export const sleeper: Program = async (sys, argv) => {
  const how = argv[1];
  if (how === 'ignore') await sys.sigaction('SIGTERM', 'ignore');
  if (how === 'catch')
    await sys.sigaction('SIGTERM', { restart: true, handler: (inner) => print(inner, 'caught SIGTERM\n') });
  await sys.nanosleep(2_000 * MS).catch(() => undefined);
  await print(sys, 'went on\n');
  return 3;
};
