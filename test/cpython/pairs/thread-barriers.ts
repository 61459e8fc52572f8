import { Barrier } from '@netarium/userland/runtimes/threading/barrier.ts';
import { text } from '@netarium/userland/runtimes/threading/python.ts';
import { Thread } from '@netarium/userland/runtimes/threading/thread.ts';
import type { Pair } from '../pair.ts';
import { pyMain } from '../python-pair.ts';

export default {
  order: 'per thread',
  before: [['comes', 'all are here']],
  main: pyMain((marks) => ({
    async main(py) {
      const barrier = await Barrier.create(py, 3, { action: 'together' });
      const threads: Thread[] = [];
      for (let i = 0; i < 3; i++)
        threads.push(await Thread.create(py, { target: 'go', args: [i, barrier], name: `T${i}` }));
      for (const thread of threads) await thread.start();
      for (const thread of threads) await thread.join();
      marks.at(py, `${barrier.parties} ${await barrier.waiting()} ${text(await barrier.broken())}`);
      await marks.raises(py, () => barrier.wait(0.05));
      marks.at(py, text(await barrier.broken()));
      await marks.raises(py, () => barrier.wait());
      await barrier.reset();
      marks.at(py, text(await barrier.broken()));
      const held = await Thread.create(py, { target: 'held', args: [barrier], name: 'H' });
      await held.start();
      await py.sleep(0.05);
      marks.at(py, text(await barrier.waiting()));
      await barrier.abort();
      await held.join();
      marks.at(py, text(await barrier.broken()));
    },
    async together(py) {
      marks.at(py, 'all are here');
    },
    async go(py, i: number, barrier: Barrier) {
      await py.sleep(0.05 * (i + 1));
      marks.at(py, 'comes');
      marks.at(py, `number ${await barrier.wait()}`);
    },
    async held(py, barrier: Barrier) {
      await marks.raises(py, () => barrier.wait());
    },
  })),
} satisfies Pair;
