/** The feeder thread of a queue between processes: it writes what its process has put into the pipe, in the order of the puts. */
import type { Cloneable } from '@netarium/core/syscall/sys.ts';
import type { Python } from '../threading/python.ts';
import { flatten, revive } from '../threading/shared.ts';
import { Thread } from '../threading/thread.ts';
import type { Queue } from './queue.ts';
import { serialize } from './serialize.ts';

/** Key of the mark that ends a feeder, and name of its entry. */
export const FEEDER = '$feeder';

/** At a process's first put, with the queue's condition held. */
export async function startFeeder(queue: Queue): Promise<void> {
  const { py, own } = queue;
  const thread = await Thread.create(py, { target: FEEDER, args: [queue], name: 'QueueFeederThread', daemon: true });
  await py.sys.cell_store(own.feeder, flatten(thread));
  await thread.start();
  await py.sys.list_push(py.state.feeders, flatten(queue));
}

export async function feed(py: Python, queue: Queue): Promise<void> {
  const { parts, own, notEmpty } = queue;
  for (;;) {
    await notEmpty.with(async () => {
      if ((await py.sys.list_length(own.buffer)) === 0) await notEmpty.wait();
    });
    while ((await py.sys.list_length(own.buffer)) > 0) {
      const item = await py.sys.list_remove(own.buffer, 0);
      if (isEnd(item)) return;
      await parts.writeLock.with(() => parts.writer.sendBytes(serialize(item)));
    }
  }
}

function isEnd(item: Cloneable): boolean {
  return typeof item === 'object' && item !== null && Object.hasOwn(item, FEEDER);
}

async function queuesOf(py: Python): Promise<Queue[]> {
  const queues: Queue[] = [];
  const length = await py.sys.list_length(py.state.feeders);
  for (let at = 0; at < length; at++)
    queues.push((await revive(py, await py.sys.list_get(py.state.feeders, at))) as Queue);
  return queues;
}

/** Queue.join_thread(): waits until everything that was put is in the pipe. */
async function joinThread(queue: Queue): Promise<void> {
  const { py, own } = queue;
  const feeder = await py.sys.cell_load(own.feeder);
  if (feeder !== null) await ((await revive(py, feeder)) as Thread).join();
}

export async function closeFeeders(py: Python): Promise<void> {
  for (const queue of await queuesOf(py)) await queue.close();
}

export async function joinFeeders(py: Python): Promise<void> {
  for (const queue of await queuesOf(py)) await joinThread(queue);
}
