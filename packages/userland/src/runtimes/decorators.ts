/** Decorators: functions that make a function of a function (PEP 318), with `functools.wraps` and `functools.lru_cache` as CPython 3.11 has them. */

/** A function that may make system calls. */
export type AsyncFunction<A extends readonly unknown[], R> = (...args: A) => Promise<R>;

/** Adds something around a function without changing it. */
export type Decorator<A extends readonly unknown[], R> = (wrapped: AsyncFunction<A, R>) => AsyncFunction<A, R>;

/** `f = outer(… inner(f))`: as the lines above a `def` stand, outermost first. */
export function decorate<A extends readonly unknown[], R>(
  original: AsyncFunction<A, R>,
  ...decorators: readonly Decorator<A, R>[]
): AsyncFunction<A, R> {
  return decorators.reduceRight((wrapped, decorator) => decorator(wrapped), original);
}

/** Gives the wrapper the name of what it wraps, so that logs and traces do not all read `wrapper`. */
export function wraps<F extends (...args: never[]) => unknown>(wrapped: F, wrapper: F): F {
  Object.defineProperty(wrapper, 'name', { value: wrapped.name });
  return wrapper;
}

export interface CacheInfo {
  readonly hits: number;
  readonly misses: number;
  readonly maxsize: number;
  readonly currsize: number;
}

export interface Cached<A extends readonly unknown[], R> extends AsyncFunction<A, R> {
  cacheInfo(): CacheInfo;
  cacheClear(): void;
}

/** Remembers the results of the last `maxsize` different calls; the least recently used goes first. An exception is not remembered. */
export function lruCache(maxsize: number) {
  return <A extends readonly (string | number | boolean)[], R>(wrapped: AsyncFunction<A, R>): Cached<A, R> => {
    const results = new Map<string, R>();
    let [hits, misses] = [0, 0];
    const wrapper = async (...args: A): Promise<R> => {
      const key = JSON.stringify(args);
      if (results.has(key)) {
        hits++;
        const result = results.get(key) as R;
        results.delete(key);
        results.set(key, result);
        return result;
      }
      misses++;
      const result = await wrapped(...args);
      if (maxsize > 0 && results.size >= maxsize) results.delete(results.keys().next().value as string);
      if (maxsize > 0) results.set(key, result);
      return result;
    };
    const cacheInfo = () => ({ hits, misses, maxsize, currsize: results.size });
    const cacheClear = () => {
      results.clear();
      [hits, misses] = [0, 0];
    };
    return Object.assign(wraps<AsyncFunction<A, R>>(wrapped, wrapper), { cacheInfo, cacheClear });
  };
}
