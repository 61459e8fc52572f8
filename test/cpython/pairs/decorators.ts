/** Decorators: when they are made, in which order they wrap and unwind, whose name stays, and a cache that forgets. */
import { type CacheInfo, type Decorator, decorate, lruCache, wraps } from '@netarium/userland/runtimes/decorators.ts';
import { type Pair, type Trace, ValueError } from '../pair.ts';

type Text = (text: string) => Promise<string>;

function mark(trace: Trace, tag: string): Decorator<[string], string> {
  trace.at(`decorator ${tag} is made`);
  return (wrapped) => {
    trace.at(`${tag} decorates ${wrapped.name}`);
    return wraps<Text>(wrapped, async (text) => {
      trace.at(`${tag} before`);
      try {
        return `${tag}(${await wrapped(text)})`;
      } finally {
        trace.at(`${tag} after`);
      }
    });
  };
}

function careless(wrapped: Text): Text {
  return async function wrapper(text) {
    return wrapped(text);
  };
}

function shouting(trace: Trace): Text {
  async function shout(text: string): Promise<string> {
    trace.at('called');
    if (text === '') throw new ValueError('nothing to shout');
    return `${text}!`;
  }
  return decorate(shout, mark(trace, 'outer'), mark(trace, 'inner'));
}

const infoText = ({ hits, misses, maxsize, currsize }: CacheInfo) =>
  `CacheInfo(hits=${hits}, misses=${misses}, maxsize=${maxsize}, currsize=${currsize})`;

async function caching(trace: Trace): Promise<void> {
  const square = lruCache(2)(async (n: number) => {
    trace.at(`computes ${n}`);
    if (n < 0) throw new ValueError('negative');
    return n * n;
  });
  for (const n of [1, 2, 1, 3, 1, 2, 2]) trace.at(`square ${await square(n)}`);
  trace.at(infoText(square.cacheInfo()));
  for (const _ of [1, 2]) await square(-1).catch((error: unknown) => trace.raised(error));
  trace.at(infoText(square.cacheInfo()));
  square.cacheClear();
  trace.at(infoText(square.cacheInfo()));
}

export default {
  order: 'total',
  main: (trace) => async () => {
    const shout = shouting(trace);
    trace.at(await shout('hello'));
    async function whisper(text: string): Promise<string> {
      return text;
    }
    trace.at(`name ${shout.name}, without wraps ${careless(whisper).name}`);
    await shout('').catch((error: unknown) => trace.raised(error));
    await caching(trace);
    return 0;
  },
} satisfies Pair;
