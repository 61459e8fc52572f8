/** Runs of labs side by side: in worker threads where there is a bundle for them, else one after the other in this thread. */
import { availableParallelism } from 'node:os';
import { Tinypool } from 'tinypool';
import { chapter, judge } from './worker.ts';

const tasks = { chapter, judge };
type Tasks = typeof tasks;
type Name = keyof Tasks;
type Answer<N extends Name> = Awaited<ReturnType<Tasks[N]>>;

export interface Pool {
  run<N extends Name>(name: N, task: Parameters<Tasks[N]>[0]): Promise<Answer<N>>;
  destroy(): Promise<void>;
}

export const jobsMax = (): number => Math.min(availableParallelism(), 8);

export function poolOf(worker: URL | undefined, jobs: number): Pool {
  return worker === undefined ? inTurn() : threads(worker, jobs);
}

function threads(worker: URL, maxThreads: number): Pool {
  const pool = new Tinypool({ filename: worker.href, runtime: 'worker_threads', minThreads: 1, maxThreads });
  return { run: (name, task) => pool.run(task, { name }), destroy: () => pool.destroy() };
}

function inTurn(): Pool {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run<N extends Name>(name: N, task: Parameters<Tasks[N]>[0]): Promise<Answer<N>> {
      // The table's functions each take their own task; the compiler does not follow the pairs.
      const next = last.then(() => (tasks[name] as (task: unknown) => Promise<Answer<N>>)(task));
      last = next.catch(() => undefined);
      return next;
    },
    destroy: async () => {},
  };
}
