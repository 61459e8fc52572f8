import { Local } from '@netarium/userland/runtimes/threading/local.ts';
import { Thread } from '@netarium/userland/runtimes/threading/thread.ts';
import type { Pair } from '../pair.ts';
import { pyMain } from '../python-pair.ts';

export default {
  order: 'per thread',
  main: pyMain((marks) => ({
    async main(py) {
      const [numbered, plain] = [await Local.create(py, { num: 0 }), await Local.create(py)];
      await numbered.set('num', 99);
      await plain.set('x', 'main');
      const threads: Thread[] = [];
      for (let i = 0; i < 5; i++)
        threads.push(await Thread.create(py, { target: 'work', args: [i, numbered, plain], name: `T${i}` }));
      for (const thread of threads) await thread.start();
      for (const thread of threads) await thread.join();
      marks.at(py, `main still ${await numbered.get('num')} ${await plain.get('x')}`);
    },
    async work(py, i: number, numbered: Local, plain: Local) {
      marks.at(py, `first ${await numbered.get('num')}`);
      await marks.raises(py, () => plain.get('x'));
      await numbered.set('num', i);
      await py.sleep(0.05);
      marks.at(py, `then ${await numbered.get('num')}`);
    },
  })),
} satisfies Pair;
