/** What event loops hold at each call, for who looks on: and nothing of it where nobody does. */
import type { WorldEvent } from '@netarium/core/record/catalogue.ts';
import { bench } from '@netarium/core/syscall/kernel.test-util.ts';
import { loopWatcherOf } from '@netarium/core/syscall/loop-watch.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { sysWith } from '@netarium/core/syscall/sys-of.ts';
import { expect, test } from 'vitest';
import { EventLoop } from './asyncio/loop.ts';
import { createTask, sleep } from './asyncio/task.ts';
import { Hub } from './gevent.ts';
import { Reactor } from './twisted/reactor.ts';

const MS = 1_000_000;

type Call = WorldEvent<'thread.call'>['values'];

/** The calls of a program that somebody looks at, each at a site of its own. */
async function calls(body: (sys: Sys) => Promise<void>): Promise<readonly Call[]> {
  let sites = 0;
  const world = bench({}, { callSite: () => String(sites++) });
  const seen: Call[] = [];
  world.recorder.on('thread.call', ({ values }) => seen.push(values));
  world.start(async (sys) => {
    await body(sys);
    return 0;
  });
  await world.run();
  if (world.crashes.length > 0) throw world.crashes[0];
  return seen;
}

/** Queues at the calls, in words, each time that they are others. */
function told(seen: readonly Call[]): readonly string[] {
  const lines = seen.map(({ queues }) => {
    if (queues === undefined) return 'no loop';
    const { running, ready, timers, waiting, coroutines } = queues;
    const lists = [
      ['ready', ready.first],
      ['timers', timers.first.map(({ label }) => label)],
      ['waiting', waiting.first.map(({ fd, direction, label }) => `${fd} ${direction} ${label}`)],
      ['suspended', coroutines.first.map(({ name }) => name)],
    ] as const;
    const said = lists.flatMap(([what, names]) => (names.length === 0 ? [] : [`${what} ${names.join(' ')}`]));
    return [running === '' ? 'loop' : running, ...said].join(', ');
  });
  return lines.filter((line, i) => line !== lines[i - 1]);
}

test('asyncio: ready callbacks, timers, tasks', async () => {
  const seen = await calls(async (sys) => {
    const loop = await EventLoop.create(sys);
    const task = (name: string, ms: number) => createTask(loop, () => sleep(loop, ms * MS), name);
    task('A', 2);
    task('B', 1);
    loop.callSoon(async () => sys.cpu(MS), 'work');
    loop.callAt(3 * MS, () => loop.stop(), 'stop');
    await loop.runForever();
    await loop.close();
  });
  expect(told(seen)).toEqual([
    'no loop',
    'loop, ready first step of A first step of B work, timers stop, suspended A B',
    'A, ready first step of B work, timers stop, suspended B',
    'B, ready work, timers end of a sleep of A stop, suspended A',
    'work, timers end of a sleep of B end of a sleep of A stop, suspended A B',
    'loop, timers end of a sleep of B end of a sleep of A stop, suspended A B',
    'loop, ready wake-up of B, timers end of a sleep of A stop, suspended A B',
    'loop, timers end of a sleep of A stop, suspended A',
    'loop, ready wake-up of A, timers stop, suspended A',
    'loop, timers stop',
    'loop',
  ]);
  const sites = seen.flatMap(({ queues }) => queues?.coroutines.first ?? []).filter(({ name }) => name === 'A');
  // Before its first step it stands nowhere; then where it was suspended, before the call that came next.
  expect([...new Set(sites.map(({ site }) => site === ''))]).toEqual([true, false]);
});

test('gevent: greenlets that are ready, that sleep, that wait for a descriptor', async () => {
  const seen = await calls(async (sys) => {
    const hub = await Hub.create(sys);
    const [reader, writer] = await sys.pipe();
    const waits = hub.spawn(async () => {
      await hub.waitReady([[reader, 'read']]);
    }, 'reads');
    const sleeps = hub.spawn(async () => {
      await hub.sleep(MS);
      await sys.write(writer, new Uint8Array(1));
    }, 'sleeps');
    await hub.joinAll([waits, sleeps]);
    await hub.close();
  });
  const lines = told(seen);
  expect(lines).toContain('reads, ready sleeps, suspended main');
  expect(lines).toContain('sleeps, waiting 4 read reads, suspended main reads');
  expect(lines).toContain('loop, timers sleeps, waiting 4 read reads, suspended main reads sleeps');
});

test('twisted: delayed calls by the names of their functions', async () => {
  const seen = await calls(async (sys) => {
    const reactor = await Reactor.create(sys);
    const beat = async (): Promise<void> => void (await sys.clock_gettime('monotonic'));
    await reactor.callLater(MS, beat);
    await reactor.callLater(MS, async () => {
      await sys.clock_gettime('monotonic');
      reactor.stop();
    });
    await reactor.run();
  });
  expect(told(seen)).toEqual([
    'no loop',
    'loop',
    'loop, timers beat',
    'loop, timers beat <lambda>',
    'beat, ready <lambda>',
    '<lambda>',
    'loop',
  ]);
});

test('a loop over replaced calls is looked at, too', async () => {
  const seen = await calls(async (real) => {
    const reactor = await Reactor.create(sysWith(real, { nanosleep: async () => {} }));
    await reactor.callWhenRunning(() => reactor.stop());
    await reactor.run();
  });
  expect(told(seen)).toEqual(['no loop', 'loop']);
});

test('nobody looks on: nobody is told', async () => {
  const world = bench();
  const watchers: unknown[] = [];
  world.start(async (sys) => {
    watchers.push(loopWatcherOf(sys));
    return 0;
  });
  await world.run();
  expect(watchers).toEqual([undefined]);
});
