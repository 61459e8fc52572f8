/** What is taken down of calls: a number for each site and each state of queues, and the lane of the thread, whose id may be another's later. */
import type { LoopQueues } from '@netarium/core/record/loop-queues.ts';
import { Recorder } from '@netarium/core/record/recorder.ts';
import { expect, test } from 'vitest';
import type { Lane, Lanes } from '../lanes/lanes.ts';
import { SourceLog } from './source-log.ts';

function lane(host: string, tid: number, fromNs: number): Lane {
  const stretch = {
    fromNs,
    toNs: fromNs + 50,
    state: 'running',
    core: 0,
    waits: '',
    holders: [],
    untilNs: -1,
  } as const;
  return { host, pid: tid, tid, name: `${host} ${tid}`, stretches: [stretch], endedNs: fromNs + 50 };
}

const LANES: Lanes = {
  fromNs: 0,
  toNs: 200,
  lanes: [lane('pc', 2, 0), lane('pc', 3, 0), lane('pc', 2, 100)],
  deadlocks: [],
};
const FRAMES = [1, 2, 3].map((line) => ({ file: 0, line, function: '' }));

const queuesOf = (running: string, site: string): LoopQueues => ({
  runtime: 'asyncio',
  running,
  ready: { count: 1, first: ['first'] },
  timers: { count: 1, first: [Object.assign({ label: 'stop', atNs: 70 }, { callback: () => {} })] },
  waiting: { count: 0, first: [] },
  coroutines: { count: 1, first: [{ name: 'Task-1', site }] },
});

function logged(): SourceLog {
  const recorder = new Recorder({ now: 0 });
  const log = new SourceLog();
  log.listen(recorder);
  const call = (tid: number, fromNs: number, site: string, queues?: LoopQueues): void =>
    recorder.sample('thread.call', 'pc', { tid, fromNs, site, queues });
  call(2, 10, '0 1');
  call(3, 5, '2', queuesOf('a', '1'));
  call(3, 7, '2', queuesOf('a', '1'));
  call(3, 9, '0 1', queuesOf('b', '0 1'));
  call(2, 110, '2');
  call(9, 1, '0');
  return log;
}

test('calls in the order of time, by their lanes', () => {
  const calls = logged().recorded(LANES);
  expect([...calls.fromNs]).toEqual([5, 7, 9, 10, 110]);
  expect([...calls.lane]).toEqual([1, 1, 1, 0, 2]);
  expect([...calls.queues]).toEqual([1, 1, 2, 0, 0]);
});

test('sites are stacks, each once; so are queues, and their coroutines stand on stacks', () => {
  const log = logged();
  const { stacks, queues, frames } = log.source({ files: [{ name: 'x.ts', pieces: [] }], frames: FRAMES });
  const { stack } = log.recorded(LANES);
  expect(stacks[0]).toEqual([]);
  expect([...stack].map((each) => stacks[each])).toEqual([[2], [2], [0, 1], [0, 1], [2]]);
  expect(queues.map(({ running }) => running)).toEqual(['a', 'b']);
  expect(queues.map(({ coroutines }) => coroutines.first.map((each) => stacks[each.stack]))).toEqual([[[1]], [[0, 1]]]);
  expect(queues[0]!.timers).toEqual({ count: 1, first: [{ label: 'stop', atNs: 70 }] });
  expect(frames).toEqual(FRAMES);
});
