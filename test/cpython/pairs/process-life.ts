import { ValueError } from '@netarium/userland/runtimes/errors.ts';
import { Process } from '@netarium/userland/runtimes/multiprocessing/process.ts';
import { text } from '@netarium/userland/runtimes/threading/python.ts';
import type { Pair } from '../pair.ts';
import { pyMain } from '../python-pair.ts';

const all = (...values: readonly unknown[]): string => values.map(text).join(' ');

export default {
  order: 'total',
  main: pyMain((marks) => ({
    async main(py) {
      const child = await Process.create(py, { target: 'leaves', args: [3] });
      marks.at(py, all(child.name, child.daemon, await child.isAlive(), await child.exitcode(), await child.pid()));
      await marks.raises(py, () => child.join());
      await child.start();
      await child.join();
      marks.at(py, all(await child.isAlive(), await child.exitcode()));
      await marks.raises(py, () => child.start());
      for (const end of ['terminate', 'kill'] as const) {
        const endless = await Process.create(py, { target: 'forever' });
        await endless.start();
        await endless.join(0.1);
        marks.at(py, all(endless.name, await endless.isAlive(), await endless.exitcode()));
        await marks.raises(py, () => endless.close());
        await endless[end]();
        await endless.join();
        marks.at(py, all(await endless.isAlive(), await endless.exitcode()));
      }
      const failing = await Process.create(py, { target: 'fails', name: 'F' });
      await failing.start();
      await failing.join();
      marks.at(py, all(failing.name, await failing.exitcode()));
      const daemon = await Process.create(py, { target: 'parent', daemon: true });
      await daemon.start();
      await daemon.join();
      await (await Process.create(py, { target: 'late', args: ['waited for'] })).start();
      await (await Process.create(py, { target: 'late', args: ['never'], daemon: true })).start();
      marks.at(py, 'main is done');
    },
    async leaves(py, code: number) {
      py.exit(code);
    },
    async forever(py) {
      for (;;) await py.sleep(1);
    },
    async fails() {
      throw new ValueError('bad');
    },
    async parent(py) {
      try {
        await (await Process.create(py, { target: 'leaves', args: [0] })).start();
      } catch (error) {
        await py.print((error as Error).message);
      }
    },
    async late(py, line: string) {
      await py.sleep(0.2);
      await py.print(line);
    },
  })),
} satisfies Pair;
