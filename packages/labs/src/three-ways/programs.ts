/**
 * One job in four ways: `job serial|threads|processes|coroutines compute|wait COUNT MS`. A task computes for MS, or asks a server that takes MS to answer; its
 * result is the square of its number, and each prints `task I result`. Further commands measure what a thread, a process and a coroutine cost and
 * what the crash of one does to the others.
 */
import type { Program } from '@netarium/core/syscall/sys.ts';
import { gather } from '@netarium/userland/runtimes/asyncio/gather.ts';
import type { EventLoop } from '@netarium/userland/runtimes/asyncio/loop.ts';
import { run } from '@netarium/userland/runtimes/asyncio/run.ts';
import { openConnection, startServer } from '@netarium/userland/runtimes/asyncio/streams.ts';
import { sleep } from '@netarium/userland/runtimes/asyncio/task.ts';
import { python } from '@netarium/userland/runtimes/threading/program.ts';
import type { Python } from '@netarium/userland/runtimes/threading/python.ts';
import { joinAll, type Start, startProcesses, startThreads } from '../lib/python-threads.ts';

const MS = 1_000_000;
const SERVER = '10.0.0.2';
const PORT = 7000;

type Load = 'compute' | 'wait';

/** Answers each client after so many ms: `slow-server MS`. */
export const slowServer: Program = (sys, [, ms]) =>
  run(sys, async (loop) => {
    await startServer(
      loop,
      async (reader, writer) => {
        await reader.read(1);
        await sleep(loop, Number(ms) * MS);
        await writer.write(Uint8Array.of(1));
        await writer.close();
      },
      { address: '0.0.0.0', port: PORT },
    );
    // Until it is told to end.
    await loop.createFuture<void>().wait();
    return 0;
  });

/** A task by itself: blocking calls. */
async function task(py: Python, i: number, load: Load, ms: number): Promise<void> {
  if (load === 'compute') await py.compute(ms / 1000);
  else {
    const fd = await py.sys.socket('inet', 'stream');
    await py.sys.connect(fd, { family: 'inet', address: SERVER, port: PORT });
    await py.sys.send(fd, Uint8Array.of(i));
    await py.sys.recv(fd, 1);
    await py.sys.close(fd);
  }
  await py.print(`task ${i} ${i * i}`);
}

/** The same as a coroutine: it lets the others run where it waits for the server, and computes like everybody. */
async function coroutine(py: Python, loop: EventLoop, i: number, load: Load, ms: number): Promise<void> {
  if (load === 'compute') await py.compute(ms / 1000);
  else {
    const [reader, writer] = await openConnection(loop, SERVER, PORT);
    await writer.write(Uint8Array.of(i));
    await reader.read(1);
    await writer.close();
  }
  await py.print(`task ${i} ${i * i}`);
}

function starts(count: number, target: string, ...args: readonly (string | number)[]): Start[] {
  return Array.from({ length: count }, (_, i) => ({ target, args: [i, ...args] }));
}

async function inCoroutines(
  py: Python,
  count: number,
  make: (loop: EventLoop, i: number) => Promise<void>,
): Promise<void> {
  await run(py.sys, async (loop) => {
    await gather(
      loop,
      Array.from({ length: count }, (_, i) => () => make(loop, i)),
      { returnExceptions: true },
    ).wait();
  });
}

export const job = python('3.11', {
  async main(py, [, way, load, count, ms]) {
    const from = await py.monotonic();
    const all = starts(Number(count), 'work', load!, Number(ms));
    if (way === 'threads') await joinAll(await startThreads(py, all));
    else if (way === 'processes') await joinAll(await startProcesses(py, all));
    else if (way === 'coroutines')
      await inCoroutines(py, Number(count), (loop, i) => coroutine(py, loop, i, load as Load, Number(ms)));
    else for (let i = 0; i < Number(count); i++) await task(py, i, load as Load, Number(ms));
    await py.print(`seconds ${((await py.monotonic()) - from).toFixed(4)}`);
    return 0;
  },
  work: (py: Python, i: number, load: Load, ms: number) => task(py, i, load, ms),
});

/** `cost threads|processes|coroutines COUNT`: makes so many that do nothing; prints microseconds for each. */
export const cost = python('3.11', {
  async main(py, [, way, count]) {
    const from = await py.monotonic();
    for (let i = 0; i < (way === 'coroutines' ? 1 : Number(count)); i++) {
      if (way === 'threads') await joinAll(await startThreads(py, [{ target: 'nothing', args: [] }]));
      else if (way === 'processes') await joinAll(await startProcesses(py, [{ target: 'nothing', args: [] }]));
      else await inCoroutines(py, Number(count), async () => {});
    }
    await py.print(((((await py.monotonic()) - from) * 1e6) / Number(count)).toFixed(1));
    return 0;
  },
  async nothing() {},
});

/** `heap threads|processes|coroutines COUNT`: each adds 1 to a variable of the heap; prints how many copies of it there came to be. */
export const heap = python('3.11', {
  async main(py, [, way, count]) {
    const cell = await py.sys.cell_create(0);
    const all = starts(Number(count), 'add', cell);
    if (way === 'threads') await joinAll(await startThreads(py, all));
    else if (way === 'processes') await joinAll(await startProcesses(py, all));
    else await inCoroutines(py, Number(count), () => add(py, cell));
    // Whoever works in this process's memory leaves its mark here; the others had a copy each.
    const here = (await py.sys.cell_load(cell)) as number;
    await py.print(1 + Number(count) - here);
    return 0;
  },
  add: (py: Python, _i: number, cell: number) => add(py, cell),
});

async function add(py: Python, cell: number): Promise<void> {
  await py.sys.cell_add(cell, 1);
}

/** `crash threads|processes|coroutines`: the second of three ends by a signal, as after a bad pointer; the others print when they are done. */
export const crash = python('3.11', {
  async main(py, [, way]) {
    const all = starts(3, 'maybe');
    if (way === 'threads') await joinAll(await startThreads(py, all));
    else if (way === 'processes') await joinAll(await startProcesses(py, all));
    else
      await inCoroutines(py, 3, (loop, i) =>
        i === 1 ? fall(py) : sleep(loop, 10 * MS).then(() => py.print(`done ${i}`)),
      );
    return 0;
  },
  async maybe(py: Python, i: number) {
    if (i === 1) await fall(py);
    await py.sleep(0.01);
    await py.print(`done ${i}`);
  },
});

async function fall(py: Python): Promise<void> {
  await py.sys.kill(await py.sys.getpid(), 'SIGSEGV');
}
