import { describe, expect, test } from 'vitest';
import { textOf } from '../files/file-piece.ts';
import {
  between,
  flowEnd,
  flowsAt,
  type Lane,
  type LaneState,
  type Lanes,
  lanesIn,
  longestWait,
  sharesOf,
  stretchAt,
  totalsOf,
  waitText,
} from './lanes.ts';
import { perfettoTrace } from './perfetto.ts';

function lane(
  tid: number,
  ...stretches: [fromNs: number, toNs: number, state: LaneState, ...holders: number[]][]
): Lane {
  return {
    host: 'pc',
    pid: 1,
    tid,
    name: `pc p[1/${tid}]`,
    endedNs: -1,
    stretches: stretches.map(([fromNs, toNs, state, ...holders]) => {
      return { fromNs, toNs, state, core: -1, waits: state === 'lock' ? 'mutex m' : '', holders, untilNs: -1 };
    }),
  };
}

const first = lane(1, [0, 40, 'running'], [40, 100, 'sleep']);
const second = lane(2, [0, 10, 'running'], [10, 40, 'lock', 1], [40, 80, 'running'], [90, 100, 'lock', 1]);
const lanes: Lanes = { fromNs: 0, toNs: 100, lanes: [first, second], deadlocks: [] };

describe('lanes', () => {
  test('a stretch is found at its instants, a gap is none', () => {
    expect([0, 39, 40, 79, 80, 85, 90, 100].map((at) => stretchAt(second, at)?.state)).toEqual([
      'running',
      'lock',
      'running',
      'running',
      undefined,
      undefined,
      'lock',
      undefined,
    ]);
  });
  test('a part is cut at its ends, and every lane stays', () => {
    const part = between(lanes, { fromNs: 20, toNs: 60 });
    expect(part.lanes.map(({ stretches }) => stretches.map(({ fromNs, toNs }) => [fromNs, toNs]))).toEqual([
      [
        [20, 40],
        [40, 60],
      ],
      [
        [20, 40],
        [40, 60],
      ],
    ]);
    expect(sharesOf(part.lanes.map(totalsOf))).toMatchObject({ running: 50, lock: 25, sleep: 25, io: 0 });
    expect(between(lanes, { fromNs: 80, toNs: 90 }).lanes[1]!.stretches).toEqual([]);
  });
  test('arrows lead from who waits to who holds, and to the release', () => {
    expect(flowsAt(lanes, 20)).toMatchObject([{ waiter: 1, holder: 0, stretch: { toNs: 40 } }]);
    expect(flowsAt(lanes, 50)).toEqual([]);
    expect([flowEnd(lanes, 20, true), flowEnd(lanes, 20, false), flowEnd(lanes, 50, true)]).toEqual([
      40,
      10,
      undefined,
    ]);
  });
  test('a bar says what is waited for, and who holds it', () => {
    const waits = lanes.lanes[1]!;
    expect(waitText(lanes, waits, waits.stretches.find(({ state }) => state === 'lock')!)).toBe('mutex m ← 1');
    expect(waitText(lanes, first, first.stretches[0]!)).toBe('');
    const other = { ...lane(7, [0, 100, 'lock', 2]), pid: 7, name: 'pc q[7]' };
    const elsewhere = { ...other, host: 'web' };
    const named = { ...second, name: 'pc p[1/2 eater]' };
    // The id was given again.
    const later = { ...lane(2, [100, 200, 'lock', 7]), name: 'pc p[1/2 thinker]' };
    const all = { ...lanes, lanes: [first, named, other, elsewhere, later] };
    const texts = all.lanes.slice(2).map((each) => waitText(all, each, each.stretches[0]!));
    expect(texts).toEqual(['mutex m ← 2 eater', 'mutex m ← 2', 'mutex m ← 7']);
    expect(flowsAt(all, 20)).toMatchObject([
      { waiter: 1, holder: 0 },
      { waiter: 2, holder: 1 },
    ]);
    expect(flowsAt(all, 150)).toEqual([]);
  });
  test('of too many lanes those that have something in the part are shown, and the others that have are counted', () => {
    expect(lanesIn(lanes, { fromNs: 1e9, toNs: 2e9 })).toEqual({ places: [0, 1], leftOut: 0 });
    const many = Array.from({ length: 300 }, (_, i) => lane(i, [10 * i, 10 * i + 10, 'running']));
    const of = (fromNs: number, toNs: number) => lanesIn({ ...lanes, lanes: many }, { fromNs, toNs });
    expect(of(200, 230)).toEqual({ places: [20, 21, 22], leftOut: 0 });
    const whole = of(0, 3000);
    expect([whole.places[0], whole.places.length + whole.leftOut]).toEqual([0, 300]);
    expect(whole.leftOut).toBeGreaterThan(0);
  });
  test('the longest wait', () => {
    expect(longestWait(lanes)).toMatchObject({ lane: { tid: 2 }, stretch: { fromNs: 10, toNs: 40 } });
    expect(longestWait({ ...lanes, lanes: [first] })).toBeUndefined();
  });
});

test('the trace for Perfetto: hosts, threads, what they did in microseconds, and deadlocks', () => {
  const stretch = {
    fromNs: 1500,
    toNs: 4000,
    state: 'lock',
    core: -1,
    waits: 'mutex_lock(1)',
    holders: [8],
    untilNs: -1,
  };
  const many = Array.from({ length: 1200 }, (_, i) => ({ ...stretch, fromNs: i, toNs: i + 1 }));
  const lane = (host: string, tid: number, stretches: readonly object[]): Lane =>
    ({ host, pid: 7, tid, name: `${host} a[${tid}]`, stretches, endedNs: -1 }) as never;
  const lanes = {
    fromNs: 0,
    toNs: 9000,
    lanes: [lane('one', 7, [stretch]), lane('two', 9, many)],
    deadlocks: [{ atNs: 5000, host: 'two', circle: '7, 8' }],
  };
  const pieces = [...perfettoTrace(lanes)];
  const { traceEvents } = JSON.parse(textOf(pieces)) as { traceEvents: Record<string, unknown>[] };
  expect(traceEvents.length).toBe(2 + 2 + 1 + 1200 + 1);
  expect(traceEvents[3]).toEqual({
    ph: 'X',
    name: 'lock: mutex_lock(1)',
    cat: 'lock',
    pid: 1,
    tid: 7,
    ts: 1.5,
    dur: 2.5,
    args: { holders: [8] },
  });
  expect(traceEvents.at(-1)).toMatchObject({ ph: 'i', pid: 2, ts: 5 });
  expect(Math.max(...pieces.map(({ content }) => content.length))).toBeLessThan(100_000);
  expect(JSON.parse(textOf(perfettoTrace({ ...lanes, lanes: [], deadlocks: [] })))).toEqual({
    displayTimeUnit: 'ns',
    traceEvents: [],
  });
});
