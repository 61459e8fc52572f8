/** States of a generator, its end and its second loop, a pipeline that pulls, exceptions thrown in and out. */
import { Coroutine, StopIteration } from '@netarium/userland/runtimes/coroutine.ts';
import { type Pair, type Trace, ValueError } from '../pair.ts';

async function* counter(trace: Trace, limit: number): AsyncGenerator<number, string, void> {
  trace.at('begins');
  for (let n = 1; n <= limit; n++) yield n;
  trace.at('falls off its end');
  return 'result';
}

async function* pipeline(trace: Trace, numbers: readonly number[]): AsyncGenerator<number> {
  for (const n of numbers) {
    trace.at(`doubles ${n}`);
    yield 2 * n;
  }
}

async function* leaky(): AsyncGenerator<number> {
  yield 1;
  throw new StopIteration(2);
}

async function all<T>(generator: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of generator) items.push(item);
  return items;
}

export default {
  order: 'total',
  main: (trace) => async () => {
    const raised = (error: unknown) => trace.raised(error);
    const c = new Coroutine(counter(trace, 2));
    trace.at(`made: ${c.state}`);
    for (const _ of [1, 2]) trace.at(`${await c.next()} ${c.state}`);
    await c.next().catch((error: StopIteration) => trace.at(`${error.name} ${error.value} ${c.state}`));
    trace.at(`second loop: [${await all(c)}]`);
    for await (const doubled of new Coroutine(pipeline(trace, [1, 2, 3]))) {
      trace.at(`takes ${doubled}`);
      if (doubled === 4) break;
    }
    const failing = new Coroutine(counter(trace, 5));
    await failing.next();
    await failing.throw(new ValueError('thrown in')).catch(raised);
    trace.at(`after it: ${failing.state}`);
    const leak = new Coroutine(leaky());
    await leak.next();
    await leak.next().catch(raised);
    async function* itself(): AsyncGenerator<void> {
      await g.next();
      yield;
    }
    const g: Coroutine<void> = new Coroutine(itself());
    await g.next().catch(raised);
    return 0;
  },
} satisfies Pair;
