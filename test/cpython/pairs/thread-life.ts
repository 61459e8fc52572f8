import { text } from '@netarium/userland/runtimes/threading/python.ts';
import { activeCount, Thread } from '@netarium/userland/runtimes/threading/thread.ts';
import type { Pair } from '../pair.ts';
import { pyMain } from '../python-pair.ts';

export default {
  order: 'per thread',
  before: [['ends after 0.2', 'after the long one False 1']],
  main: pyMain((marks) => ({
    async main(py) {
      const thread = await Thread.create(py, { target: 'work', args: [0.2] });
      const shown = [thread.name, await thread.isAlive(), await thread.ident(), thread.daemon];
      marks.at(py, shown.map(text).join(' '));
      await marks.raises(py, () => thread.join());
      await thread.start();
      marks.at(py, `alive ${text(await thread.isAlive())} ${await activeCount(py)}`);
      await marks.raises(py, () => thread.start());
      await marks.raises(py, () => py.thread.join());
      await thread.join(0.05);
      marks.at(py, `after a short join ${text(await thread.isAlive())}`);
      await thread.join();
      await thread.join();
      marks.at(py, `after the long one ${text(await thread.isAlive())} ${await activeCount(py)}`);
      await marks.raises(py, () => thread.start());
      const named = await Thread.create(py, { target: 'work', args: [0], name: 'N', daemon: true });
      marks.at(py, `${named.name} ${text(named.daemon)}`);
      await named.start();
      await named.join();
      marks.at(py, `another is ${(await Thread.create(py, { target: 'work', args: [0] })).name}`);
    },
    async work(py, seconds: number) {
      marks.at(py, 'begins');
      await py.sleep(seconds);
      marks.at(py, `ends after ${seconds}`);
    },
  })),
} satisfies Pair;
