import { Recorder } from '@netarium/core/record/recorder.ts';
import { expect, test } from 'vitest';
import { LaneLog } from './lane-log.ts';
import { LANE_STATES, totalsOf } from './lanes.ts';

/** A parent (2) and its child (3), which runs for 10 ns and ends at 10. */
function family(): { readonly recorder: Recorder; readonly log: LaneLog; at(now: number): Recorder } {
  const clock = { now: 0 };
  const recorder = new Recorder(clock);
  const log = new LaneLog();
  log.listen(recorder);
  const at = (now: number): Recorder => {
    clock.now = now;
    return recorder;
  };
  const thread = { thread: '', core: -1, waits: '', holders: '', untilNs: -1 };
  for (const [pid, parent, name] of [
    [2, 1, 'parent'],
    [3, 2, 'child'],
  ] as const) {
    recorder.emit('process.start', 'pc', { pid, parent, name, argv: name });
    recorder.sample('thread.state', 'pc', { ...thread, pid, tid: pid, process: name, state: 'running', fromNs: 0 });
  }
  at(10).sample('thread.state', 'pc', { ...thread, pid: 3, tid: 3, process: 'child', state: 'ended', fromNs: 10 });
  recorder.emit('process.exit', 'pc', { pid: 3, name: 'child', code: 0, signal: '' });
  return { recorder, log, at };
}

test('a process that has ended is a zombie until its parent has waited for it', () => {
  const { log, at } = family();
  at(25).sample('process.reap', 'pc', { pid: 3 });
  const child = log.read(100).lanes.find(({ pid }) => pid === 3)!;
  expect(child.stretches.map(({ state, fromNs, toNs, holders }) => [state, fromNs, toNs, holders])).toEqual([
    ['running', 0, 10, []],
    ['zombie', 10, 25, [2]],
  ]);
  expect(totalsOf(child).ns).toMatchObject({ running: 10, zombie: 15 });
  expect(Object.keys(totalsOf(child).ns)).toEqual([...LANE_STATES]);
});

test('nobody waits for it: it stays one to the end of the run', () => {
  const { log } = family();
  expect(
    log
      .read(100)
      .lanes.find(({ pid }) => pid === 3)!
      .stretches.at(-1),
  ).toMatchObject({
    state: 'zombie',
    toNs: 100,
  });
});

test('reaped in the instant in which it ends: no zombie was there', () => {
  const { log, recorder } = family();
  recorder.sample('process.reap', 'pc', { pid: 3 });
  expect(
    log
      .read(100)
      .lanes.find(({ pid }) => pid === 3)!
      .stretches.map(({ state }) => state),
  ).toEqual(['running']);
});
