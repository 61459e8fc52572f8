import { Condition, Event } from '@netarium/userland/runtimes/threading/condition.ts';
import { text } from '@netarium/userland/runtimes/threading/python.ts';
import { Thread } from '@netarium/userland/runtimes/threading/thread.ts';
import type { Pair } from '../pair.ts';
import { pyMain } from '../python-pair.ts';

const all = (...values: readonly unknown[]): string => values.map(text).join(' ');

export default {
  order: 'total',
  main: pyMain((marks) => ({
    async main(py) {
      const [condition, event] = [await Condition.create(py), await Event.create(py)];
      await marks.raises(py, () => condition.wait());
      await marks.raises(py, () => condition.notify());
      await condition.with(async () =>
        marks.at(
          py,
          `nobody told it ${all(await condition.wait(0.05), await condition.waitFor(async () => false, 0.05))}`,
        ),
      );
      const threads: Thread[] = [];
      for (let i = 0; i < 3; i++) {
        threads.push(await Thread.create(py, { target: 'waiter', args: [condition], name: `W${i}` }));
        await threads[i]!.start();
        await py.sleep(0.05);
      }
      for (let i = 0; i < 3; i++) {
        await condition.with(() => condition.notify());
        await py.sleep(0.05);
        let left = 0;
        for (const thread of threads) if (await thread.isAlive()) left++;
        marks.at(py, `told one, ${left} left`);
      }
      marks.at(py, all(await event.isSet(), await event.wait(0.05)));
      const sleeper = await Thread.create(py, { target: 'sleeper', args: [event], name: 'E' });
      await sleeper.start();
      await py.sleep(0.05);
      await event.set();
      await sleeper.join();
      marks.at(py, all(await event.isSet(), await event.wait()));
      await event.clear();
      marks.at(py, all(await event.isSet()));
    },
    async waiter(py, condition: Condition) {
      await condition.with(async () => {
        await condition.wait();
        marks.at(py, 'woken');
      });
    },
    async sleeper(py, event: Event) {
      marks.at(py, `event ${text(await event.wait())}`);
    },
  })),
} satisfies Pair;
