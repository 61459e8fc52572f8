/** Programs with executors: the notes' thirty tasks on five workers, as threads and as processes; a future's life; map. */
import { asCompleted, type Future } from '@netarium/userland/runtimes/futures/future.ts';
import { ProcessPoolExecutor } from '@netarium/userland/runtimes/futures/process-pool.ts';
import { type DEFAULT_WORKERS, ThreadPoolExecutor } from '@netarium/userland/runtimes/futures/thread-pool.ts';
import { Lock } from '@netarium/userland/runtimes/threading/lock.ts';
import { python } from '@netarium/userland/runtimes/threading/program.ts';
import type { Python } from '@netarium/userland/runtimes/threading/python.ts';
import { errorOf } from '../lib/python-threads.ts';

type Executor = ThreadPoolExecutor | ProcessPoolExecutor;

function executor(py: Python, kind: string, maxWorkers: number): Promise<Executor> {
  return kind === 'processes'
    ? ProcessPoolExecutor.create(py, { maxWorkers })
    : ThreadPoolExecutor.create(py, { maxWorkers });
}

/** The sum of the squares shows that all results came. */
async function squares(py: Python, futures: readonly Future[]): Promise<void> {
  let sum = 0;
  for (const future of futures) sum += (await future.result()) as number;
  await py.print(`sum ${sum}`);
}

/** `thirty threads|processes TASKS WORKERS`: each task tells the thread and the process in which it runs and how many run at that instant. */
export const thirty = python('3.11', {
  async main(py, [, kind, tasks, workers]) {
    const running = await py.sys.cell_create(0, { shared: true });
    const pool = await executor(py, kind!, Number(workers));
    const futures: Future[] = [];
    for (let i = 0; i < Number(tasks); i++) futures.push(await pool.submit('func', i, running));
    await pool.shutdown();
    await squares(py, futures);
  },
  async func(py: Python, i: number, running: number) {
    const now = (await py.sys.cell_add(running, 1)) + 1;
    await py.print(`in ${i} pid ${await py.sys.getpid()} thread ${py.thread.name} at once ${now}`);
    await py.sleep(await py.uniform(0.01, 0.05));
    await py.sys.cell_add(running, -1);
    return i * i;
  },
});

/** `pool-size 3.5|3.8`: how many threads an executor of that version may have on this machine. */
export const poolSize = python('3.11', {
  async main(py, [, version]) {
    const pool = await ThreadPoolExecutor.create(py, { defaults: version as keyof typeof DEFAULT_WORKERS });
    await py.print(pool.maxWorkers);
    await pool.shutdown();
  },
});

/** `faults lambda|crash|none`: a task that cannot be pickled, or whose process dies; then one more. */
export const faults = python('3.11', {
  async main(py, [, fault]) {
    const pool = await ProcessPoolExecutor.create(py, { maxWorkers: 2 });
    const entry = fault === 'lambda' ? '<lambda>' : fault === 'crash' ? 'die' : 'square';
    await py.print(`task: ${await errorOf(async () => (await pool.submit(entry, 7)).result())}`);
    await py.print(
      `lock: ${await errorOf(async () => (await pool.submit('square', fault === 'none' ? 1 : await Lock.create(py))).result())}`,
    );
    await py.print(`next: ${await errorOf(async () => (await pool.submit('square', 3)).result())}`);
    await pool.shutdown();
  },
  square: async (_py: Python, n: number) => n * n,
  async die(py: Python) {
    await py.sys.kill(await py.sys.getpid(), 'SIGKILL');
  },
});

/** `life WORKERS MS`: the states of three futures on so many workers, a cancelled one, one that raises, and who calls back. */
export const life = python('3.11', {
  async main(py, [, workers, ms]) {
    const pool = await ThreadPoolExecutor.create(py, { maxWorkers: Number(workers), threadNamePrefix: 'worker' });
    const first = await pool.submit('slow', 1, Number(ms) / 1000);
    const second = await pool.submit('slow', 2, 0.1);
    const bad = await pool.submit('bad');
    await py.sleep(0.01);
    await py.print(`states ${await first.state()} ${await second.state()}`);
    await py.print('cancel running', await first.cancel(), 'pending', await second.cancel());
    await first.addDoneCallback('called', 'later');
    await py.print(`result ${await first.result()} cancelled ${await errorOf(() => second.result())}`);
    await py.print(`raised ${await errorOf(() => bad.result())}; exception ${(await bad.exception())?.name}`);
    await first.addDoneCallback('called', 'at once');
    await py.print(`done ${await first.state()} ${await second.state()}`);
    await pool.shutdown();
  },
  async slow(py: Python, n: number, seconds: number) {
    await py.sleep(seconds);
    return n * n;
  },
  async bad() {
    throw new RangeError('no such page');
  },
  async called(py: Python, _future: Future, when: string) {
    await py.print(`callback ${when} in ${py.thread.name}`);
  },
});

/** `mapped map|completed CHUNKSIZE`: results in the order of the input or of their ends; when the first came; how many messages a chunk saves. */
export const mapped = python('3.11', {
  async main(py, [, how, chunksize]) {
    const pool = await ThreadPoolExecutor.create(py, { maxWorkers: 4 });
    const from = await py.monotonic();
    const out: unknown[] = [];
    const add = async (value: unknown): Promise<void> => {
      out.push(value);
      if (out.length === 1) await py.print(`first after ${((await py.monotonic()) - from).toFixed(2)}`);
    };
    // The first is the quickest but one: asked for in order, it is there before the last.
    const seconds = [0.2, 0.4, 0.1, 0.3];
    if (how === 'map')
      for await (const value of await pool.map(
        'after',
        seconds.map((s) => [s]),
      ))
        await add(value);
    else {
      const futures: Future[] = [];
      for (const s of seconds) futures.push(await pool.submit('after', s));
      for await (const future of asCompleted(py, futures)) await add(await future.result());
    }
    await py.print(`order ${out.join(' ')} in ${((await py.monotonic()) - from).toFixed(2)}`);
    await pool.shutdown();
    await inChunks(py, Number(chunksize));
  },
  async after(py: Python, seconds: number) {
    await py.sleep(seconds);
    return seconds;
  },
  where: async (py: Python) => py.sys.getpid(),
});

/** Which process has each of eight tasks: a chunk goes to one. */
async function inChunks(py: Python, chunksize: number): Promise<void> {
  const pool = await ProcessPoolExecutor.create(py, { maxWorkers: 2 });
  const pids: unknown[] = [];
  const tasks = Array.from({ length: 8 }, () => []);
  for await (const pid of await pool.map('where', tasks, { chunksize })) pids.push(pid);
  const chunks = Array.from({ length: pids.length / chunksize }, (_, i) =>
    pids.slice(i * chunksize, (i + 1) * chunksize),
  );
  await py.print(`chunks ${chunks.length} whole ${chunks.every((chunk) => new Set(chunk).size === 1)}`);
  await pool.shutdown();
}
