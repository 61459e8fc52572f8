import { describe, expect, test } from 'vitest';
import type { ImageNode } from '../../os/files/inode.ts';
import type { ProgramModule } from '../../syscall/program.ts';
import type { Sys } from '../../syscall/sys.ts';
import { explore, replay, type StrategyName } from './explore.ts';
import type { ExploredProgram } from './one-run.ts';

function program(module: ProgramModule): ExploredProgram {
  const bin: ImageNode = { directory: new Map([['program', { program: module }]]) };
  return {
    topology: { machines: { h: { kind: 'host', interfaces: {} } }, cables: [] },
    run: new Map([['h', ['program']]]),
    image: new Map([['usr', { directory: new Map([['local', { directory: new Map([['bin', bin]]) }]]) }]]),
    turn: () => new Promise((resolve) => setImmediate(resolve)),
    compileFilter: () => () => false,
    seed: 1,
  };
}

/** Two threads add 1 to a cell; the program fails where one of the two is lost. */
function counter(increment: (sys: Sys, cell: number) => Promise<unknown>): ProgramModule {
  return {
    async main(sys) {
      const cell = await sys.cell_create(0);
      const tids = [await sys.thread_create('count', [cell]), await sys.thread_create('count', [cell])];
      for (const tid of tids) await sys.thread_join(tid);
      return (await sys.cell_load(cell)) === 2 ? 0 : 1;
    },
    async count(sys: Sys, cell: number) {
      await increment(sys, cell);
    },
  };
}

const lossy = counter(async (sys, cell) => sys.cell_store(cell, ((await sys.cell_load(cell)) as number) + 1));
const atomic = counter((sys, cell) => sys.cell_add(cell, 1));

describe('the explorer', () => {
  test.each(['random', 'pct', 'exhaustive'] satisfies StrategyName[])('%s finds a lost update', async (strategy) => {
    const found = await explore(program(lossy), { strategy, schedules: 1000, seed: 1 });
    expect(found.bad?.outcome).toMatchObject({ bad: 'failure', detail: 'program ended with code 1' });
    // Both load before either stores: one switch there and one back.
    expect(found.bad!.switches).toBeLessThanOrEqual(6);
    const again = await replay(program(lossy), found.bad!.answers);
    expect(again.outcome).toEqual(found.bad!.outcome);
  });

  test('an atomic add survives all schedules, and they are few', async () => {
    const all = await explore(program(atomic), { strategy: 'exhaustive', schedules: 1000, seed: 1 });
    expect(all).toMatchObject({ bad: undefined, exhausted: true });
    expect(all.tried).toBeLessThanOrEqual(2);
  });

  test('operations on different cells commute: one schedule stands for all', async () => {
    const apart = program({
      async main(sys) {
        const tids: number[] = [];
        for (let i = 0; i < 3; i++) tids.push(await sys.thread_create('own'));
        for (const tid of tids) await sys.thread_join(tid);
        return 0;
      },
      async own(sys: Sys) {
        const cell = await sys.cell_create(0);
        for (let i = 0; i < 3; i++) await sys.cell_add(cell, 1);
      },
    });
    const all = await explore(apart, { strategy: 'exhaustive', schedules: 1000, seed: 1 });
    expect(all).toMatchObject({ exhausted: true, tried: 1 });
  });

  test('counts every order of three dependent steps of two threads: 20 interleavings, by value', async () => {
    // Each thread multiplies and adds in turn, so every order gives its own trace; the reduction may skip none of them.
    const seen = new Set<string>();
    const orders = program({
      async main(sys) {
        const cell = await sys.cell_create('');
        const tids = [await sys.thread_create('write', [cell, 'a']), await sys.thread_create('write', [cell, 'b'])];
        for (const tid of tids) await sys.thread_join(tid);
        seen.add(String(await sys.cell_load(cell)));
        return 0;
      },
      async write(sys: Sys, cell: number, letter: string) {
        for (let i = 0; i < 3; i++) {
          for (;;) {
            const text = (await sys.cell_load(cell)) as string;
            if (Object.is(await sys.cell_compare_exchange(cell, text, text + letter), text)) break;
          }
        }
      },
    });
    const all = await explore(orders, { strategy: 'exhaustive', schedules: 100_000, seed: 1 });
    expect(all.exhausted).toBe(true);
    expect(seen.size).toBe(20);
  });

  test('a deadlock of two threads that join each other', async () => {
    const found = await explore(
      program({
        async main(sys) {
          const other = await sys.thread_create('back', [await sys.gettid()]);
          await sys.thread_join(other);
          return 0;
        },
        async back(sys: Sys, first: number) {
          await sys.thread_join(first);
        },
      }),
      { strategy: 'random', schedules: 10, seed: 1 },
    );
    expect(found.bad?.outcome.bad).toBe('deadlock');
    expect(found.tried).toBe(1);
  });
});
