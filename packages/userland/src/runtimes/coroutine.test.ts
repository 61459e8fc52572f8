import { expect, test } from 'vitest';
import { Coroutine, GeneratorExit, StopIteration } from './coroutine.ts';

async function* echo(log: string[]): AsyncGenerator<string, string, string> {
  let got = yield 'ready';
  try {
    while (got !== 'stop') got = yield `got ${got}`;
    return 'result';
  } finally {
    log.push('finally');
  }
}

test('send goes in, yield comes out, return ends it', async () => {
  const steps: string[] = [];
  const coroutine = new Coroutine(echo([]), (step, value) => steps.push(`${step} ${value}`));
  expect([coroutine.state, steps.length]).toEqual(['created', 0]);
  await expect(coroutine.send('early')).rejects.toThrow("can't send non-None value to a just-started generator");
  expect(await coroutine.next()).toBe('ready');
  expect(await coroutine.send('a')).toBe('got a');
  expect(coroutine.state).toBe('suspended');
  await expect(coroutine.send('stop')).rejects.toMatchObject({ name: 'StopIteration', value: 'result' });
  await expect(coroutine.next()).rejects.toMatchObject({ name: 'StopIteration', value: undefined });
  expect(steps.join()).toBe('start undefined,suspend ready,resume a,suspend got a,resume stop,return result');
});

test('close runs finally, and is nothing for one that never started or has ended', async () => {
  const log: string[] = [];
  const coroutine = new Coroutine(echo(log));
  await coroutine.next();
  await coroutine.send('a');
  await coroutine.close();
  await coroutine.close();
  expect([log, coroutine.state]).toEqual([['finally'], 'closed']);
  const fresh = new Coroutine(echo(log));
  await fresh.close();
  await expect(fresh.next()).rejects.toBeInstanceOf(StopIteration);
  expect(log).toHaveLength(1);
});

test('one that ignores GeneratorExit is at fault; one that catches it may say goodbye', async () => {
  const stubborn = new Coroutine(
    (async function* () {
      for (;;) {
        try {
          yield 1;
        } catch {}
      }
    })(),
  );
  await stubborn.next();
  await expect(stubborn.close()).rejects.toThrow('generator ignored GeneratorExit');
  const polite = new Coroutine(
    (async function* () {
      try {
        yield 1;
      } catch (error) {
        expect(error).toBeInstanceOf(GeneratorExit);
      }
    })(),
  );
  await polite.next();
  await polite.close();
  expect(polite.state).toBe('closed');
});

test('throw raises at the yield; an escaping StopIteration and a call from inside are errors', async () => {
  const coroutine = new Coroutine(echo([]));
  await coroutine.next();
  await expect(coroutine.throw(new RangeError('in'))).rejects.toThrow('in');
  expect(coroutine.state).toBe('closed');
  const leaky = new Coroutine(
    (async function* () {
      yield 1;
      throw new StopIteration(2);
    })(),
  );
  await leaky.next();
  await expect(leaky.next()).rejects.toThrow('generator raised StopIteration');
  async function* itself(): AsyncGenerator<number> {
    await self.next();
    yield 1;
  }
  const self: Coroutine<number> = new Coroutine(itself());
  await expect(self.next()).rejects.toThrow('generator already executing');
});

test('a for loop takes all and no more', async () => {
  const squares = new Coroutine(
    (async function* () {
      for (let i = 1; i <= 3; i++) yield i * i;
    })(),
  );
  const seen: number[] = [];
  for await (const square of squares) seen.push(square);
  expect(seen).toEqual([1, 4, 9]);
});
