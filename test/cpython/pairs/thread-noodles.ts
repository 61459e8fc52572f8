import { Lock } from '@netarium/userland/runtimes/threading/lock.ts';
import { Thread } from '@netarium/userland/runtimes/threading/thread.ts';
import type { Pair } from '../pair.ts';
import { pyMain } from '../python-pair.ts';

export default {
  // Who waited longest comes first: the first holder lets both go before any other is awake.
  order: 'total',
  ratios: [{ name: 'four meals, one table', of: ['begin', 'all have eaten'], to: ['all have eaten', "a meal's time"] }],
  main: pyMain((marks) => ({
    async main(py) {
      const [noodles, fork] = [await Lock.create(py), await Lock.create(py)];
      marks.at(py, 'begin');
      const threads: Thread[] = [];
      for (const name of ['alex', 'wusir', 'bao', 'tai'])
        threads.push(await Thread.create(py, { target: 'eat', args: [noodles, fork], name }));
      for (const thread of threads) await thread.start();
      for (const thread of threads) await thread.join();
      marks.at(py, 'all have eaten');
      await py.sleep(0.05);
      marks.at(py, "a meal's time");
    },
    async eat(py, noodles: Lock, fork: Lock) {
      await noodles.acquire();
      marks.at(py, 'has the noodles');
      await fork.acquire();
      marks.at(py, 'has the fork');
      await py.sleep(0.05);
      marks.at(py, 'has eaten');
      await fork.release();
      await noodles.release();
    },
  })),
} satisfies Pair;
