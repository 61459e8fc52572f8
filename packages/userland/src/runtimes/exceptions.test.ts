import { expect, test } from 'vitest';
import { decorate, lruCache, wraps } from './decorators.ts';
import { attempt, formatChain, raiseFrom } from './exceptions.ts';

test('else runs only without an exception, and its own exceptions are not caught; finally always runs', async () => {
  const run = async (raiseIn: string) => {
    const log: string[] = [];
    const part = (name: string) => async () => {
      log.push(name);
      if (name === raiseIn) throw new RangeError(name);
    };
    const statement = {
      body: part('body'),
      except: [{ of: ['RangeError'], handle: part('except') }],
      otherwise: part('else'),
    };
    await attempt({ ...statement, ending: part('finally') }).catch((error: Error) => log.push(`out: ${error.message}`));
    return log.join();
  };
  expect(await run('nowhere')).toBe('body,else,finally');
  expect(await run('body')).toBe('body,except,finally');
  expect(await run('else')).toBe('body,else,finally,out: else');
  expect(await run('finally')).toBe('body,else,finally,out: finally');
});

test('an exception raised while another is handled has it as context; a cause is told instead; null hides both', async () => {
  const chain = async (raise: (handled: Error) => never) => {
    const body = async () => {
      throw new TypeError('inner');
    };
    const statement = attempt({ body, except: [{ handle: async (error: Error) => raise(error) }] });
    return formatChain(await statement.catch((error: unknown) => error)).map((line) => line.slice(0, 15));
  };
  const outer = new RangeError('outer');
  expect(
    await chain(() => {
      throw outer;
    }),
  ).toEqual(['TypeError: inner', 'During handling of', 'RangeError: outer'].map((line) => line.slice(0, 15)));
  expect(await chain((handled) => raiseFrom(new RangeError('outer'), handled))).toEqual([
    'TypeError: inne',
    'The above excep',
    'RangeError: out',
  ]);
  expect(await chain(() => raiseFrom(new RangeError('outer'), null))).toEqual(['RangeError: out']);
  expect(
    await chain((handled) => {
      throw handled;
    }),
  ).toEqual(['TypeError: inne']);
});

test('decorators apply from the inside out; wraps keeps the name; the cache forgets the least recently used', async () => {
  const mark = (tag: string) => (wrapped: (text: string) => Promise<string>) => async (text: string) =>
    `${tag}(${await wrapped(text)})`;
  async function shout(text: string): Promise<string> {
    return `${text}!`;
  }
  expect(await decorate(shout, mark('a'), mark('b'))('x')).toBe('a(b(x!))');
  expect(wraps(shout, mark('a')(shout)).name).toBe('shout');
  let calls = 0;
  const square = lruCache(2)(async (n: number) => {
    calls++;
    if (n < 0) throw new RangeError('negative');
    return n * n;
  });
  for (const n of [1, 2, 1, 3, 1, 2]) expect(await square(n)).toBe(n * n);
  expect(square.cacheInfo()).toEqual({ hits: 2, misses: 4, maxsize: 2, currsize: 2 });
  for (const _ of [1, 2]) await expect(square(-1)).rejects.toThrow('negative');
  expect(calls).toBe(6);
  square.cacheClear();
  expect(square.cacheInfo()).toEqual({ hits: 0, misses: 0, maxsize: 2, currsize: 0 });
});
