import { ValueError } from '@netarium/userland/runtimes/errors.ts';
import { Thread } from '@netarium/userland/runtimes/threading/thread.ts';
import type { Pair } from '../pair.ts';
import { pyMain } from '../python-pair.ts';

const STARTS = [
  ['B', 'bad', false],
  ['L', 'leaves', false],
  ['D', 'forever', true],
] as const;

export default {
  order: 'total',
  main: pyMain((marks) => ({
    async main(py) {
      for (const [name, target, daemon] of STARTS) {
        const thread = await Thread.create(py, { target, name, daemon });
        await thread.start();
        if (!daemon) await thread.join();
      }
      await (await Thread.create(py, { target: 'late', name: 'late one' })).start();
      marks.at(py, 'main is done');
      await py.print('main is done');
      py.exit(3);
    },
    async bad(py) {
      marks.at(py, 'about to fail');
      throw new ValueError('bad');
    },
    async leaves(py) {
      marks.at(py, 'leaves');
      py.exit(5);
    },
    async late(py) {
      await py.sleep(0.1);
      marks.at(py, 'late');
      await py.print('late');
    },
    async forever(py) {
      for (;;) await py.sleep(0.03);
    },
  })),
} satisfies Pair;
