/** What asyncio offers, one program each: gather, time-outs, cancelling, a lost update and the lock that cures it, and a server of one thread. */
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { gather } from '@netarium/userland/runtimes/asyncio/gather.ts';
import { Lock } from '@netarium/userland/runtimes/asyncio/locks.ts';
import type { EventLoop } from '@netarium/userland/runtimes/asyncio/loop.ts';
import { run } from '@netarium/userland/runtimes/asyncio/run.ts';
import { openConnection, startServer } from '@netarium/userland/runtimes/asyncio/streams.ts';
import { createTask, sleep } from '@netarium/userland/runtimes/asyncio/task.ts';
import { waitFor } from '@netarium/userland/runtimes/asyncio/timeouts.ts';

const MS = 1_000_000;

/** A program whose body is one coroutine. */
function inLoop(body: (loop: EventLoop, sys: Sys, argv: readonly string[]) => Promise<void>): Program {
  return async (sys, argv) => {
    await run(sys, (loop) => body(loop, sys, argv.slice(1)));
    return 0;
  };
}

/** `gathered together|in-turn`: three waits of 300, 100 and 200 ms. */
export const gathered = inLoop(async (loop, sys, [how]) => {
  const startNs = await loop.timeNs();
  const work = (name: string, ms: number) => async () => {
    await sleep(loop, ms * MS);
    await print(sys, `${name} ends\n`);
    return name;
  };
  const all = [work('slow', 300), work('fast', 100), work('middle', 200)];
  const results: string[] = [];
  if (how === 'together') results.push(...(await gather(loop, all).wait()));
  else for (const one of all) results.push(await one());
  const ms = Math.round(((await loop.timeNs()) - startNs) / MS);
  await print(sys, `results ${results.join(' ')} after ${ms} ms\n`);
});

/** `interleaved pending|ready`: two tasks with three steps and an await after each, of something that is not ready, or is. */
export const interleaved = inLoop(async (loop, sys, [what]) => {
  const ready = loop.createFuture<void>();
  ready.setResult(undefined);
  const steps: string[] = [];
  const task = (name: string) => async () => {
    for (const step of [1, 2, 3]) {
      steps.push(`${name}${step}`);
      await (what === 'ready' ? ready.wait() : sleep(loop, 0));
    }
  };
  await gather(loop, [task('A'), task('B')]).wait();
  await print(sys, `${steps.join(' ')}\n`);
});

/** `limited LIMIT-MS`: an operation of a second with a time limit. */
export const limited = inLoop(async (loop, sys, [limitMs]) => {
  const operation = async () => {
    try {
      await sleep(loop, 1000 * MS);
      return 'finished';
    } finally {
      if (loop.task?.cancelling !== 0) await print(sys, 'the operation is cancelled\n');
    }
  };
  const startNs = await loop.timeNs();
  const outcome = await waitFor(loop, operation, Number(limitMs) * MS).catch((error: Error) => error.name);
  const ms = Math.round(((await loop.timeNs()) - startNs) / MS);
  await print(sys, `${outcome} after ${ms} ms\n`);
});

/** `cancelled obeys|swallows`: a task is cancelled while it waits. */
export const cancelled = inLoop(async (loop, sys, [how]) => {
  const task = createTask(loop, async () => {
    try {
      await sleep(loop, 10_000 * MS);
    } catch (error) {
      await print(sys, `in the task: ${(error as Error).name}\n`);
      if (how === 'obeys') throw error;
    } finally {
      await print(sys, 'finally\n');
    }
  });
  await sleep(loop, 100 * MS);
  task.cancel();
  await task.wait().catch((error: Error) => print(sys, `to the one who waits for it: ${error.name}\n`));
  await print(sys, `cancelled: ${task.cancelled}\n`);
});

/** `updated await|atomic lock|none`: 10 tasks add 100 each to one number, with or without an await inside, with or without a lock. */
export const updated = inLoop(async (loop, sys, [inside, locking]) => {
  const lock = new Lock(loop);
  let n = 0;
  const update = async () => {
    const seen = n;
    if (inside === 'await') await sleep(loop, 0);
    n = seen + 1;
  };
  const task = async () => {
    for (let i = 0; i < 100; i++) await (locking === 'lock' ? lock.with(update) : update());
  };
  await gather(
    loop,
    Array.from({ length: 10 }, () => task),
  ).wait();
  await print(sys, `${n}\n`);
});

/** `shouting PORT CLIENTS polite|blocking`: answers each line in capitals after 100 ms, in which others are served, or nobody is. */
export const shouting = inLoop(async (loop, sys, [port, clients, how]) => {
  let left = Number(clients);
  const done = loop.createFuture<void>();
  const server = await startServer(
    loop,
    async (reader, writer) => {
      const line = decodeUtf8(await reader.readLine());
      if (how === 'polite') await sleep(loop, 100 * MS);
      else await sys.nanosleep(100 * MS);
      await writer.write(encodeUtf8(line.toUpperCase()));
      await writer.close();
      if (--left === 0) done.setResult(undefined);
    },
    { address: '0.0.0.0', port: Number(port) },
  );
  await done.wait();
  await server.close();
});

/** `askers ADDRESS PORT COUNT`: so many connections at once, one line each. */
export const askers = inLoop(async (loop, sys, [address = '', port, count]) => {
  const startNs = await loop.timeNs();
  const ask = (i: number) => async () => {
    const [reader, writer] = await openConnection(loop, address, Number(port));
    await writer.write(encodeUtf8(`client ${i}\n`));
    const answer = decodeUtf8(await reader.readLine());
    await writer.close();
    await writer.waitClosed();
    return answer === `CLIENT ${i}\n`;
  };
  const right = await gather(
    loop,
    Array.from({ length: Number(count) }, (_, i) => ask(i)),
  ).wait();
  const ms = Math.round(((await loop.timeNs()) - startNs) / MS);
  await print(sys, `${right.filter(Boolean).length} right answers in ${ms} ms\n`);
});
