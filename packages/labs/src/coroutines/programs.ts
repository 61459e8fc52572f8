/** A thousand sleepers in one thread or in as many processes, and producers and consumers that hand the thread to each other by `send`. */
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { gather } from '@netarium/userland/runtimes/asyncio/gather.ts';
import { run } from '@netarium/userland/runtimes/asyncio/run.ts';
import { sleep } from '@netarium/userland/runtimes/asyncio/task.ts';
import { Coroutine, GeneratorExit, StopIteration } from '@netarium/userland/runtimes/coroutine.ts';

const SECOND_NS = 1_000_000_000;

/** `swarm COUNT coroutines|processes`: so many sleeps of a second, all at once. */
export const swarm: Program = async (sys, argv) => {
  const count = Number(argv[1]);
  const startNs = await sys.clock_gettime('monotonic');
  const ended = argv[2] === 'processes' ? await inProcesses(sys, count) : await inCoroutines(sys, count);
  const tookNs = (await sys.clock_gettime('monotonic')) - startNs;
  await print(sys, `${ended} sleeps of 1 s took ${(tookNs / SECOND_NS).toFixed(2)} s\n`);
  return 0;
};

function inCoroutines(sys: Sys, count: number): Promise<number> {
  return run(sys, async (loop) => {
    const sleeps = Array.from({ length: count }, () => () => sleep(loop, SECOND_NS));
    return (await gather(loop, sleeps).wait()).length;
  });
}

async function inProcesses(sys: Sys, count: number): Promise<number> {
  for (let i = 0; i < count; i++) await sys.spawn('/bin/sleep', ['swarm-sleep', '1']);
  let ended = 0;
  while (ended < count) {
    await sys.waitpid(-1);
    ended++;
  }
  return ended;
}

/** Takes what is sent and answers 200 OK. */
async function* consumer(sys: Sys): AsyncGenerator<string, void, number> {
  let answer = 'yield';
  try {
    for (;;) {
      const item = yield answer;
      await print(sys, `[CONSUMER] takes ${item}\n`);
      answer = '200 OK';
    }
  } catch (error) {
    if (!(error instanceof GeneratorExit)) throw error;
    await print(sys, '[CONSUMER] GeneratorExit at its yield\n');
  }
}

/** `produce ROUNDS prime|value close|keep`: what the first send brings, and whether the consumer is closed in the end. */
export const produce: Program = async (sys, argv) => {
  const c = new Coroutine(consumer(sys));
  if (argv[2] === 'value') {
    await c.send(1).catch((error: Error) => print(sys, `${error.name}: ${error.message}\n`));
  }
  await print(sys, `send(None) brings '${await c.next()}'\n`);
  for (let item = 1; item <= Number(argv[1]); item++) {
    await print(sys, `[PRODUCER] makes ${item}\n`);
    const answer = await c.send(item);
    await print(sys, `[PRODUCER] consumer returns ${answer}\n`);
  }
  if (argv[3] === 'close') await c.close();
  try {
    await c.send(99);
  } catch (error) {
    if (!(error instanceof StopIteration)) throw error;
    await print(sys, 'after close() a send raises StopIteration\n');
  }
  return 0;
};
