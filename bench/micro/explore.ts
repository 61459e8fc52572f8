/** Schedules per second of the explorer: two threads, up to ten choice points, ten thousand schedules (or all there are). */
import { type ExploreOptions, explore } from '../../packages/core/src/check/explore/explore.ts';
import type { ExploredProgram } from '../../packages/core/src/check/explore/one-run.ts';
import type { ImageNode } from '../../packages/core/src/os/files/inode.ts';
import type { ProgramModule } from '../../packages/core/src/syscall/program.ts';
import type { Sys } from '../../packages/core/src/syscall/sys.ts';

const counter: ProgramModule = {
  async main(sys) {
    const cell = await sys.cell_create(0);
    const tid = await sys.thread_create('count', [cell]);
    for (let i = 0; i < 2; i++) await sys.cell_add(cell, 1);
    await sys.thread_join(tid);
    return 0;
  },
  async count(sys: Sys, cell: number) {
    for (let i = 0; i < 3; i++) await sys.cell_add(cell, 1);
  },
};

const bin: ImageNode = { directory: new Map([['counter', { program: counter }]]) };
const program: ExploredProgram = {
  topology: { machines: { h: { kind: 'host', interfaces: {} } }, cables: [] },
  run: new Map([['h', ['counter']]]),
  image: new Map([['usr', { directory: new Map([['local', { directory: new Map([['bin', bin]]) }]]) }]]),
  turn: () => new Promise((resolve) => setImmediate(resolve)),
  compileFilter: () => () => false,
  seed: 1,
};

for (const strategy of ['random', 'pct', 'exhaustive'] as const) {
  const options: ExploreOptions = { strategy, schedules: 10_000, seed: 1 };
  await explore(program, { ...options, schedules: 1000 });
  const from = performance.now();
  const { tried, pruned, deepest } = await explore(program, options);
  const seconds = (performance.now() - from) / 1000;
  console.log(
    JSON.stringify({ name: 'explore', strategy, tried, deepest, perSecond: Math.round((tried + pruned) / seconds) }),
  );
}
