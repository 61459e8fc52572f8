/** How children end, stop and go on, as waitpid tells it; zombies; children that are not there. */
import type { Sys, WaitOptions } from '@netarium/core/syscall/sys.ts';
import { osErrorOf } from '@netarium/userland/runtimes/os-error.ts';
import type { Pair, Trace } from '../pair.ts';

const MS = 1_000_000;

const start = (sys: Sys, script: string) => sys.spawn('/bin/sh', ['sh', '-c', script]);

async function told(sys: Sys, trace: Trace, name: string, pid: number, options: WaitOptions = {}): Promise<void> {
  const { code, signal, stopped } = (await sys.waitpid(pid, options))!;
  if (code !== undefined) trace.at(`${name}: code ${code}`);
  else if (signal !== undefined) trace.at(`${name}: ${signal}`);
  else trace.at(stopped === undefined ? `${name}: continued` : `${name}: stopped by ${stopped}`);
}

const ENDS = [
  ['true', 'exit 0'],
  ['three', 'exit 3'],
  ['large', 'exit 259'],
  ['killed', 'kill -TERM $$'],
  ['hard', 'kill -KILL $$'],
  ['no command', 'nonesuch-command 2>/dev/null'],
] as const;

async function ends(sys: Sys, trace: Trace): Promise<void> {
  for (const [name, script] of ENDS) await told(sys, trace, name, await start(sys, script));
  const slow = await start(sys, 'sleep 0.1; exit 7');
  trace.at(`not yet: ${(await sys.waitpid(slow, { nohang: true })) === undefined ? '(0, 0)' : 'it has ended'}`);
  await told(sys, trace, 'slow', slow);
  for (const pid of [slow, -1]) await sys.waitpid(pid).catch((error: unknown) => trace.raised(error));
}

async function others(sys: Sys, trace: Trace): Promise<void> {
  const stopped = await start(sys, 'kill -STOP $$; exit 5');
  await told(sys, trace, 'stopped', stopped, { untraced: true });
  await sys.kill(stopped, 'SIGCONT');
  await told(sys, trace, 'continued', stopped, { continued: true });
  await told(sys, trace, 'ended', stopped);
  await start(sys, 'sleep 0.1; exit 1');
  await start(sys, 'exit 2');
  await told(sys, trace, 'who ends first', -1);
  await told(sys, trace, 'who ends second', -1);
  const zombie = await start(sys, 'exit 4');
  await sys.nanosleep(100 * MS);
  await sys.kill(zombie, 0);
  trace.at('a zombie can be signalled');
  await told(sys, trace, 'zombie', zombie);
  await sys.kill(zombie, 0).catch((error: unknown) => trace.raised(error));
  await sys.spawn('/nowhere', ['nowhere']).catch((error: unknown) => trace.at(`raised ${osErrorOf(error)?.name}`));
}

export default {
  order: 'total',
  main: (trace) => async (sys) => {
    await ends(sys, trace);
    await others(sys, trace);
    return 0;
  },
} satisfies Pair;
