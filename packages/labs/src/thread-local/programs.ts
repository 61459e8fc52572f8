/** `numbers local|shared`: ten threads put their number into one object, sleep, and print what it holds. */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { Local } from '@netarium/userland/runtimes/threading/local.ts';
import { python } from '@netarium/userland/runtimes/threading/program.ts';
import { joinAll, startThreads } from '../lib/python-threads.ts';

export const THREADS = 10;

const sharedNumber = (sys: Sys, cell: number) => ({
  set: (value: number) => sys.cell_store(cell, value),
  get: () => sys.cell_load(cell),
});

export const numbers = python('3.11', {
  async main(py, [, kind]) {
    const local = kind === 'local' ? await Local.create(py, { num: 0 }) : null;
    const cell = await py.sys.cell_create(0);
    const starts = Array.from({ length: THREADS }, (_, i) => ({
      target: 'add',
      args: [local, cell, i],
      name: `T${i}`,
    }));
    await joinAll(await startThreads(py, starts));
    await py.print('main', local === null ? await py.sys.cell_load(cell) : await local.get('num'));
  },
  async add(py, local: Local | null, cell: number, i: number) {
    const foo =
      local === null
        ? sharedNumber(py.sys, cell)
        : { set: (value: number) => local.set('num', value), get: () => local.get('num') };
    await foo.set(i);
    await py.sleep((await py.randint(10, 30)) / 100);
    await py.print(i, await foo.get());
  },
});
