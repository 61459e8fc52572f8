/** Lock, Semaphore, Event and Condition: first come, first served, with cancelled waiters in between. */
import { gather } from '@netarium/userland/runtimes/asyncio/gather.ts';
import { Condition, Event, Lock, Semaphore } from '@netarium/userland/runtimes/asyncio/locks.ts';
import type { EventLoop } from '@netarium/userland/runtimes/asyncio/loop.ts';
import { createTask, sleep } from '@netarium/userland/runtimes/asyncio/task.ts';
import { inAsyncio, MS } from '../asyncio-pair.ts';
import type { Pair, Trace } from '../pair.ts';

const bool = (value: boolean) => (value ? 'True' : 'False');

function user(loop: EventLoop, trace: Trace, lock: Lock | Semaphore, name: string, ms = 1) {
  return async () => {
    trace.at(`${name} asks`);
    await lock.with(async () => {
      trace.at(`${name} has it`);
      await sleep(loop, ms * MS);
    });
    trace.at(`${name} let go`);
  };
}

async function locks(loop: EventLoop, trace: Trace): Promise<void> {
  const lock = new Lock(loop);
  const tasks = ['a', 'b', 'c', 'd'].map((name) => createTask(loop, user(loop, trace, lock, name)));
  await sleep(loop, 0);
  tasks[1]!.cancel();
  await gather(loop, tasks, { returnExceptions: true }).wait();
  trace.at(`locked: ${bool(lock.locked)}`);
  try {
    lock.release();
  } catch (error) {
    trace.raised(error);
  }
}

async function semaphores(loop: EventLoop, trace: Trace): Promise<void> {
  const semaphore = new Semaphore(loop, 2);
  const tasks = [100, 250, 50, 50, 50].map((ms, i) => createTask(loop, user(loop, trace, semaphore, `s${i}`, ms)));
  await sleep(loop, 0);
  tasks[2]!.cancel();
  await gather(loop, tasks, { returnExceptions: true }).wait();
  trace.at(`semaphore locked: ${bool(semaphore.locked)}`);
}

async function conditions(loop: EventLoop, trace: Trace): Promise<void> {
  const [event, condition] = [new Event(loop), new Condition(loop)];
  const waiter = (name: string) => async () => {
    await event.wait();
    trace.at(`${name} saw the event`);
    await condition.lock.with(async () => {
      await condition.wait();
      trace.at(`${name} notified`);
    });
  };
  const tasks = ['x', 'y', 'z'].map((name) => createTask(loop, waiter(name)));
  await sleep(loop, 0);
  event.set();
  trace.at('set');
  await sleep(loop, 10 * MS);
  await condition.lock.with(async () => {
    condition.notify(2);
    trace.at('notified two');
  });
  await sleep(loop, 10 * MS);
  await condition.lock.with(async () => condition.notifyAll());
  await gather(loop, tasks).wait();
}

export default {
  order: 'total',
  main: inAsyncio(async (loop, trace) => {
    await locks(loop, trace);
    await semaphores(loop, trace);
    await conditions(loop, trace);
  }),
} satisfies Pair;
