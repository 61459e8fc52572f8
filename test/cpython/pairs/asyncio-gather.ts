/** gather: results by place, not by end; the first exception at once while the others run on; cancelling all. */
import { print } from '@netarium/userland/lib/stdio.ts';
import { CancelledError, repr } from '@netarium/userland/runtimes/asyncio/errors.ts';
import { gather } from '@netarium/userland/runtimes/asyncio/gather.ts';
import { sleep } from '@netarium/userland/runtimes/asyncio/task.ts';
import { inAsyncio, MS } from '../asyncio-pair.ts';
import { type Pair, ValueError } from '../pair.ts';

const list = (items: readonly string[]) => `[${items.map((item) => `'${item}'`).join(', ')}]\n`;

export default {
  order: 'total',
  main: inAsyncio(async (loop, trace, sys) => {
    const after = (ms: number, name: string) => async () => {
      await sleep(loop, ms * MS);
      trace.at(`${name} ends`);
      return name;
    };
    const fails = (ms: number) => async (): Promise<string> => {
      await sleep(loop, ms * MS);
      throw new ValueError('bad');
    };
    const inPlace = [after(30, 'slow'), after(10, 'fast'), after(20, 'middle')];
    await print(sys, list(await gather(loop, inPlace).wait()));
    await print(sys, list(await gather<string>(loop, []).wait()));
    try {
      await gather(loop, [after(30, 'goes on'), fails(10)]).wait();
    } catch (error) {
      trace.raised(error);
    }
    await sleep(loop, 40 * MS);
    for (const result of await gather<unknown>(loop, [after(1, 'fine'), fails(2)], { returnExceptions: true }).wait()) {
      await print(sys, `${result instanceof Error ? repr(result) : `'${result}'`}\n`);
    }
    const gathering = gather(loop, [after(100, 'never'), after(100, 'never either')]);
    await sleep(loop, 0);
    gathering.cancel();
    try {
      await gathering.wait();
    } catch (error) {
      if (error instanceof CancelledError) trace.at('gathering cancelled');
    }
  }),
} satisfies Pair;
