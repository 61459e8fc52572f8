/** Ten sleeps at once take as long as one; three that block the thread take three times as long. */
import { gather } from '@netarium/userland/runtimes/asyncio/gather.ts';
import { sleep } from '@netarium/userland/runtimes/asyncio/task.ts';
import { inAsyncio, MS } from '../asyncio-pair.ts';
import type { Pair } from '../pair.ts';

const one = ['one begins', 'one ends'] as const;

export default {
  order: 'total',
  main: inAsyncio(async (loop, trace, sys) => {
    const polite = () => sleep(loop, 250 * MS);
    const blocking = () => sys.nanosleep(250 * MS);
    trace.at('one begins');
    await polite();
    trace.at('one ends');
    trace.at('ten begin');
    await gather(
      loop,
      Array.from({ length: 10 }, () => polite),
    ).wait();
    trace.at('ten end');
    trace.at('three blocking begin');
    await gather(loop, [blocking, blocking, blocking]).wait();
    trace.at('three blocking end');
  }),
  ratios: [
    { name: 'ten sleeps over one', of: ['ten begin', 'ten end'], to: one },
    { name: 'three blocking sleeps over one', of: ['three blocking begin', 'three blocking end'], to: one },
  ],
} satisfies Pair;
