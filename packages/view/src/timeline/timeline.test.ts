import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Recording } from '../recording/recording.ts';
import { Axis, areaFrom, areaTo } from './axis.ts';
import { firstLook } from './first-look.ts';
import { instantFrom } from './instant-text.ts';
import { markPlaces } from './mark-places.ts';
import { momentsOf } from './moments.ts';
import { onward } from './playing.ts';
import { Timeline } from './timeline.ts';

/** A run in which something happens at these instants, and nothing else is known of it. */
function recordingOf(atNs: readonly number[], endNs: number): Recording {
  const none = new Float64Array();
  return {
    endNs,
    hops: { startNs: none, arrivalNs: none },
    sights: { atNs: none },
    events: {
      atNs: Float64Array.from(atNs),
      kind: new Uint16Array(atNs.length),
      host: new Uint16Array(atNs.length),
      values: atNs.map((_, i) => ({ card: 'pc.eth0', packet: i, reason: 'queue-full', length: 60 })),
    },
    kinds: ['frame.drop'],
    hosts: ['pc'],
    lanes: { lanes: [], fromNs: 0, toNs: endNs, deadlocks: [] },
    checks: [{ id: 'a', atNs: 250, text: { en: 'It holds', zh: '成立' } }],
    story: [],
  } as unknown as Recording;
}

const run = recordingOf([100, 200, 200, 10_000], 20_000);
const timeline = new Timeline(run);

describe('play', () => {
  /** Frames of a sixtieth of a second until the end; how many. */
  const frames = (scale: 'time' | 'events', nsPerSecond: number): number => {
    let [nowNs, count] = [0, 0];
    for (; nowNs < run.endNs && count < 1e6; count++)
      nowNs = onward(timeline, nowNs, 1000 / 60, { nsPerSecond, scale, moving: false });
    return count;
  };
  test('goes at its speed in linear time', () => {
    expect(onward(timeline, 300, 500, { nsPerSecond: 100, scale: 'time', moving: false })).toBe(350);
    expect(frames('time', 1000)).toBe(1200);
  });
  test('crosses what is empty in a second in event order, and stops where something happens', () => {
    expect(onward(timeline, 200, 250, { nsPerSecond: 1000, scale: 'events', moving: false })).toBe(200 + 9800 / 4);
    expect(onward(timeline, 9000, 250, { nsPerSecond: 1000, scale: 'events', moving: false })).toBe(10_000);
    expect(onward(timeline, 120, 10, { nsPerSecond: 1000, scale: 'events', moving: false })).toBe(130);
    // A fifth of a second for the two short stretches, a second for each of the long ones.
    expect(frames('events', 1000)).toBeGreaterThanOrEqual(130);
    expect(frames('events', 1000)).toBeLessThanOrEqual(134);
  });
  test('keeps its speed while packets are seen on their way', () => {
    expect(onward(timeline, 200, 250, { nsPerSecond: 1000, scale: 'events', moving: true })).toBe(450);
  });
  test('never goes back, as a frame that began before it did would have it', () => {
    for (const scale of ['time', 'events'] as const)
      expect(onward(timeline, 0, -200, { nsPerSecond: 1e7, scale, moving: false })).toBe(0);
  });
  test('is no slower than its speed', () => expect(frames('events', 1e6)).toBe(frames('time', 1e6)));
});

describe('the first look', () => {
  const lane = { lanes: [{}], fromNs: 0, toNs: 9, deadlocks: [] } as unknown as Recording['lanes'];
  test('is one step before the first frame, at the machines', () => {
    const frames = { ...run, hops: { ...run.hops, startNs: Float64Array.of(200, 300) }, lanes: lane };
    expect(firstLook(frames, timeline)).toEqual({ atNs: 100, endNs: 20_000, pane: 'topology', lanes: 1 });
  });
  test('is at the threads, where no frame is ever sent, and at the machines where there are none', () => {
    expect(firstLook({ ...run, lanes: lane }, timeline)).toEqual({ atNs: 0, endNs: 20_000, pane: 'lanes', lanes: 1 });
    expect(firstLook(run, timeline).pane).toBe('topology');
  });
});

describe('the timeline', () => {
  test('has each instant once', () => expect([...timeline.instants]).toEqual([100, 200, 10_000]));
  test('ends where the scale does, also where the last event is the end', () => {
    const short = new Timeline(recordingOf([100, 200], 200));
    for (const each of [timeline, short])
      for (const scale of ['time', 'events'] as const) {
        expect(each.position(each.endNs, scale)).toBe(1);
        expect(each.at(1, scale)).toBe(each.endNs);
      }
  });
  test('steps, and stays inside of the run', () => {
    expect([0, 100, 150, 10_000, 20_000].map((at) => timeline.next(at))).toEqual([100, 200, 200, 20_000, 20_000]);
    expect([0, 100, 150, 10_000, 20_000].map((at) => timeline.previous(at))).toEqual([0, 0, 100, 200, 10_000]);
  });
  test('marks are found in both directions', () => {
    expect(timeline.nextMark(200)).toMatchObject({ atNs: 250, kind: 'check' });
    expect(timeline.previousMark(250)).toMatchObject({ atNs: 200, kind: 'drop' });
    expect([timeline.nextMark(10_000), timeline.previousMark(100)]).toEqual([undefined, undefined]);
  });
  test('marks have their words', () => {
    const texts = momentsOf(run, timeline).map(({ text }) => text?.en);
    expect(texts).toContain('It holds');
    expect(texts[0]).toMatch(/^Frame of packet 0 dropped at pc\.eth0: /);
  });
  test.each(['time', 'events'] as const)('%s: a position leads back to its instant', (scale) => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 20_000 }), (atNs) => {
        expect(Math.abs(timeline.at(timeline.position(atNs, scale), scale) - atNs)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe.each(['time', 'events'] as const)('marks on a slider, %s', (scale) => {
  test('stand where their instants do, the first of those that fall together', () => {
    const instants = fc.array(fc.nat(20_000), { maxLength: 80 });
    fc.assert(
      fc.property(instants, fc.integer({ min: 1, max: 400 }), (atNs, width) => {
        const many = new Timeline(
          recordingOf(
            atNs.sort((a, b) => a - b),
            20_000,
          ),
        );
        const x = (at: number): number => Math.round((many.position(at, scale) * width) / 3) * 3;
        const drops = markPlaces(many, scale, width, 3).filter(({ mark }) => mark.kind === 'drop');
        expect(drops.map((place) => place.x)).toEqual([...new Set(atNs.map(x))]);
        for (const place of drops) expect(place.mark.atNs).toBe(atNs.find((at) => x(at) === place.x));
      }),
    );
  });
});

describe('an axis', () => {
  test.each(['time', 'events'] as const)('%s: begins and ends with its span', (scale) => {
    const axis = new Axis(timeline, scale, { fromNs: 150, toNs: 9000 });
    expect([axis.part(150), axis.part(9000)]).toEqual([0, 1]);
    expect([axis.at(0), axis.at(1)]).toEqual([150, 9000]);
  });
  test('zooming leaves the instant where it is', () => {
    const axis = new Axis(timeline, 'time');
    const part = axis.part(5000);
    const closer = new Axis(timeline, 'time', axis.zoomed(0.5, part));
    expect(closer.part(5000)).toBeCloseTo(part, 3);
    expect(closer.span.toNs - closer.span.fromNs).toBe(10_000);
    expect(closer.zoomed(2, closer.part(5000))).toBeUndefined();
  });
  test('moving stops at the ends', () => {
    const axis = new Axis(timeline, 'time', { fromNs: 1000, toNs: 3000 });
    expect(axis.moved(0.5)).toEqual({ fromNs: 2000, toNs: 4000 });
    expect(axis.moved(-9)).toEqual({ fromNs: 0, toNs: 2000 });
    expect(axis.moved(99)).toEqual({ fromNs: 18_000, toNs: 20_000 });
  });
});

test('instants as people type them', () => {
  const typed = ['1.5ms', '20 us', '0.25', ' 3 ', '1s', '', 'soon', '-1', '1e9', '0.0000000001'];
  expect(typed.map(instantFrom)).toEqual([
    ...[1_500_000, 20_000, 250_000_000, 3_000_000_000, 1_000_000_000],
    ...Array.from({ length: 5 }, () => undefined),
  ]);
});

test('an area begins or ends at an instant, and keeps its other end where that is still its other end', () => {
  const before = { fromNs: 100, toNs: 300 };
  expect(areaFrom(before, 200, 900)).toEqual({ fromNs: 200, toNs: 300 });
  expect(areaFrom(before, 400, 900)).toEqual({ fromNs: 400, toNs: 900 });
  expect(areaFrom(undefined, 400, 900)).toEqual({ fromNs: 400, toNs: 900 });
  expect(areaTo(before, 200)).toEqual({ fromNs: 100, toNs: 200 });
  expect(areaTo(before, 50)).toEqual({ fromNs: 0, toNs: 50 });
});
