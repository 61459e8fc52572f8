/** Executor.map's results: in the order of the arguments, each waited for when it is asked for; what is left is cancelled when the asking stops. */
import { nanoseconds, type Python } from '../threading/python.ts';
import type { Passable } from '../threading/shared.ts';
import type { Future } from './future.ts';

export async function* inOrder(py: Python, futures: readonly Future[], timeout?: number): AsyncGenerator<Passable> {
  const until = timeout === undefined ? undefined : (await py.monotonicNs()) + nanoseconds(timeout);
  let next = 0;
  try {
    for (; next < futures.length; next++) {
      const left = until === undefined ? undefined : Math.max(0, until - (await py.monotonicNs())) / 1_000_000_000;
      yield await futures[next]!.result(left);
    }
  } finally {
    for (const future of futures.slice(next + 1)) await future.cancel();
  }
}
