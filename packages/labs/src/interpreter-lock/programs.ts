/** Threads under the interpreter lock of a version: `gil-3.11 threads 2 100`, and so on, one program for each version. */
import type { ProgramModule } from '@netarium/core/syscall/program.ts';
import type { InterpreterVersion } from '@netarium/core/syscall/sys.ts';
import { Lock } from '@netarium/userland/runtimes/threading/lock.ts';
import { python } from '@netarium/userland/runtimes/threading/program.ts';
import type { PyModule, Python } from '@netarium/userland/runtimes/threading/python.ts';
import { joinAll, startThreads } from '../lib/python-threads.ts';

const MS = 1_000_000;

async function timed(py: Python, body: () => Promise<void>): Promise<number> {
  const from = await py.monotonic();
  await body();
  return (await py.monotonic()) - from;
}

const entries: PyModule = {
  /**
   * `threads COUNT MS compute|sleep [INTERVAL_MS]`: prints the seconds that they take together; `add COUNT ROUNDS locked|bare INTERVAL_US`: prints the sum
   * that they come to.
   */
  async main(py, [, what, ...args]) {
    if (what === 'add') await addition(py, args);
    else await together(py, args);
    return 0;
  },

  async compute(py: Python, ms: number) {
    await py.compute(ms / 1000);
  },

  async sleep(py: Python, ms: number) {
    await py.sleep(ms / 1000);
  },

  /** n += f(): the old value is loaded, f is called, the sum is stored. */
  async count(py: Python, sum: number, rounds: number, lock: Lock | null) {
    for (let i = 0; i < rounds; i++) {
      if (lock !== null) await lock.acquire();
      const before = (await py.sys.cell_load(sum)) as number;
      await py.calls(1);
      await py.sys.cell_store(sum, before + 1);
      if (lock !== null) await lock.release();
    }
  },
};

async function together(py: Python, [count, ms, task, interval]: readonly string[]): Promise<void> {
  if (interval !== undefined) await py.sys.interpreter_setinterval(Number(interval) * MS);
  const starts = Array.from({ length: Number(count) }, (_, i) => ({
    target: task!,
    args: [Number(ms)],
    name: `${task} ${i + 1}`,
  }));
  const seconds = await timed(py, async () => joinAll(await startThreads(py, starts)));
  await py.print(seconds.toFixed(4));
}

async function addition(py: Python, [count, rounds, how, interval]: readonly string[]): Promise<void> {
  await py.sys.interpreter_setinterval(Number(interval) * 1000);
  const sum = await py.sys.cell_create(0);
  const lock = how === 'locked' ? await Lock.create(py) : null;
  const start = { target: 'count', args: [sum, Number(rounds), lock] };
  await joinAll(
    await startThreads(
      py,
      Array.from({ length: Number(count) }, () => start),
    ),
  );
  await py.print(await py.sys.cell_load(sum));
}

const version = (name: InterpreterVersion): ProgramModule => python(name, entries);

export const programs = {
  'gil-2.7': version('2.7'),
  'gil-3.11': version('3.11'),
  'gil-free': version('free-threaded'),
};
