/** Where threads are at an instant: by their last call, in either direction; who else is on a line; what is shown of a stack. */
import { describe, expect, test } from 'vitest';
import type { Lane } from '../lanes/lanes.ts';
import type { RecordedQueues } from './program-source.ts';
import { SourceView } from './source-view.ts';

function lane(name: string, fromNs: number, toNs: number): Lane {
  const stretch = { fromNs, toNs, state: 'lock', core: -1, waits: '', holders: [], untilNs: -1 } as const;
  return { host: 'pc', pid: 2, tid: 2, name, stretches: [stretch], endedNs: toNs };
}

const FILES = ['labs/src/locks/programs.ts', 'userland/src/runtimes/lock.ts', 'userland/src/http/curl.ts'].map(
  (name) => ({
    name,
    pieces: [],
  }),
);
const [WANT, HOLD, ACQUIRE, CURL] = [0, 1, 2, 3];
const FRAMES = [
  { file: 0, line: 48, function: 'want' },
  { file: 0, line: 42, function: 'hold' },
  { file: 1, line: 29, function: 'acquire' },
  { file: 2, line: 7, function: 'get' },
];
const STACKS = [[], [ACQUIRE, WANT], [HOLD], [ACQUIRE], [ACQUIRE, CURL]];
const EMPTY = { count: 0, first: [] };
const QUEUES: RecordedQueues = {
  runtime: 'asyncio',
  running: 'Task-1',
  ready: EMPTY,
  timers: EMPTY,
  waiting: EMPTY,
  coroutines: { count: 1, first: [{ name: 'Task-2', stack: 2 }] },
};

/** Calls: instant, lane, stack, queues. */
function view(...calls: readonly (readonly [number, number, number, number?])[]): SourceView {
  const column = (at: number): number[] => calls.map((call) => call[at] ?? 0);
  const lanes = [lane('pc python[2]', 0, 100), lane('pc python[2/3 holder]', 10, 60)];
  return new SourceView({
    lanes: { fromNs: 0, toNs: 100, lanes, deadlocks: [] },
    source: { files: FILES, frames: FRAMES, stacks: STACKS, queues: [QUEUES] },
    calls: {
      fromNs: Float64Array.from(column(0)),
      lane: Uint32Array.from(column(1)),
      stack: Uint32Array.from(column(2)),
      queues: Uint32Array.from(column(3)),
    },
  });
}

const anybody = { place: -1, coroutine: '' };
const first = { place: 0, coroutine: '' };
const two = view([5, 0, 1], [15, 1, 2], [25, 0, 3], [40, 1, 1], [80, 0, 4]);

describe('the line of a thread', () => {
  test('is that of its last call, any way there', () => {
    const lines = [4, 5, 24, 25, 79, 80, 99].map((atNs) => two.look(first, atNs));
    expect(lines.map(({ call }) => call)).toEqual([0, 1, 1, 2, 2, 3, 3]);
    expect(lines.map(({ stack }) => stack.map((frame) => frame.function).join())).toEqual([
      '',
      'acquire,want',
      'acquire,want',
      'acquire',
      'acquire',
      'acquire,get',
      'acquire,get',
    ]);
    expect(two.look(first, 5)).toEqual(lines[1]);
  });

  test('is none once the thread has ended', () => {
    const [before, after] = [59, 60].map((atNs) => two.look({ place: 1, coroutine: '' }, atNs));
    expect([before!.stack.length, after!.stack.length, after!.call]).toEqual([2, 0, 2]);
  });

  test("a lab's own program is looked at before what it stands on, and a program of the machine before its libraries", () => {
    const functions = [5, 25, 80].map((atNs) => {
      const { stack, focus } = two.look(first, atNs);
      return stack[focus]!.function;
    });
    expect(functions).toEqual(['want', 'acquire', 'get']);
    expect(two.look(first, 0).focus).toBe(-1);
  });
});

describe('whoever acts', () => {
  test('made the last call and is still there', () => {
    expect([5, 15, 30, 45, 60].map((atNs) => two.look(anybody, atNs).place)).toEqual([0, 1, 0, 1, 0]);
  });

  test('is the next to make one where nobody has', () => {
    expect(view([15, 1, 2]).look(anybody, 0)).toMatchObject({ place: 1, call: 0, calls: 1, stack: [] });
  });
});

test('steps go from call to call, of one thread or of all', () => {
  expect([0, 5, 25, 80].map((atNs) => two.next(0, atNs))).toEqual([5, 25, 80, undefined]);
  expect([5, 6, 80, 100].map((atNs) => two.previous(0, atNs))).toEqual([undefined, 5, 25, 80]);
  expect([two.next(-1, 5), two.previous(-1, 40)]).toEqual([15, 25]);
});

test('who else is on a line of the file, with what they do', () => {
  const markers = two.markers(0, two.look(first, 20), 20);
  expect([...markers]).toEqual([[42, [{ place: 1, name: '3 holder', state: 'lock' }]]]);
  const other = two.markers(0, two.look({ place: 1, coroutine: '' }, 20), 20);
  expect([...other.keys()]).toEqual([48]);
});

test('a coroutine that stands has a stack of its own, and the one that runs that of its thread', () => {
  const loop = view([5, 0, 1, 1]);
  const functions = ['', 'Task-1', 'Task-2', 'Task-3'].map((coroutine) =>
    loop.look({ place: 0, coroutine }, 5).stack.map((frame) => frame.function),
  );
  expect(functions).toEqual([['acquire', 'want'], ['acquire', 'want'], ['hold'], []]);
  const [threads, tasks] = ['', 'Task-2'].map((coroutine) => loop.markers(0, loop.look({ place: 0, coroutine }, 5), 5));
  expect([...threads!.values()].flat().map(({ name, state }) => [name, state])).toEqual([['Task-2', undefined]]);
  expect([...tasks!.values()].flat().map(({ name, state }) => [name, state])).toEqual([['python[2]', 'lock']]);
});
