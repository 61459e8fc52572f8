/** Producer and consumer by send; priming; ends by return, by close, and against a generator that refuses. */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { Coroutine, GeneratorExit, StopIteration } from '@netarium/userland/runtimes/coroutine.ts';
import type { Pair, Trace } from '../pair.ts';

async function* consumer(sys: Sys): AsyncGenerator<string, void, number> {
  let answer = 'ready';
  for (;;) {
    const item = yield answer;
    if (!item) return;
    await print(sys, `[CONSUMER] takes ${item}\n`);
    answer = '200 OK';
  }
}

async function producer(sys: Sys, trace: Trace, c: Coroutine<string, number>): Promise<void> {
  trace.at(`primed: ${await c.next()}`);
  for (let item = 1; item <= 5; item++) {
    await print(sys, `[PRODUCER] makes ${item}\n`);
    await print(sys, `[PRODUCER] hears ${await c.send(item)}\n`);
  }
  await c.close();
  trace.at('closed');
}

async function* careful(trace: Trace, name: string): AsyncGenerator<void, void, string> {
  try {
    for (;;) trace.at(`${name} got ${yield}`);
  } catch (error) {
    if (error instanceof GeneratorExit) trace.at(`${name} is told to end`);
    else throw error;
  } finally {
    trace.at(`${name} cleans up`);
  }
}

async function* stubborn(trace: Trace): AsyncGenerator<number> {
  for (;;) {
    try {
      yield 1;
    } catch {
      trace.at('not yet');
    }
  }
}

async function ends(sys: Sys, trace: Trace): Promise<void> {
  const c = new Coroutine(consumer(sys));
  await c.next();
  for (const item of [0, 1]) {
    try {
      await c.send(item);
    } catch (error) {
      if (!(error instanceof StopIteration)) throw error;
      trace.at(item === 0 ? `returned ${error.value ?? 'None'}` : 'and stays ended');
    }
  }
}

export default {
  order: 'total',
  main: (trace) => async (sys) => {
    await producer(sys, trace, new Coroutine(consumer(sys)));
    await new Coroutine(consumer(sys)).send(1).catch((error: unknown) => trace.raised(error));
    await ends(sys, trace);
    const g = new Coroutine(careful(trace, 'g'));
    await g.next();
    await g.send('one');
    await g.close();
    await g.close();
    trace.at('closing twice is nothing');
    await new Coroutine(careful(trace, 'unborn')).close();
    trace.at('nothing ran');
    const s = new Coroutine(stubborn(trace));
    await s.next();
    await s.close().catch((error: unknown) => trace.raised(error));
    return 0;
  },
} satisfies Pair;
