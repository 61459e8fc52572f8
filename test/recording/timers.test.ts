/** The timers of a recorded run: what ran, how long, and how it ended, checked against the packets and the numbers of the documents. */
import { RunningTimers } from '@netarium/view/ladder/running-timers.ts';
import { sackTicks } from '@netarium/view/ladder/sack.ts';
import { besideWithin, sideBySide, TimerBars } from '@netarium/view/ladder/timer-bars.ts';
import type { TimerBar } from '@netarium/view/ladder/timers.ts';
import { ScaledLadder, shortText } from '@netarium/view/ladder/to-scale.ts';
import type { Recording } from '@netarium/view/recording/recording.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { recordLab } from './recorded.ts';

let lost: Recording;
beforeAll(async () => {
  lost = await recordLab('one-lost-packet');
});

const bars = (timer: string, host?: string): TimerBar[] =>
  lost.ladder.timers.filter((bar) => bar.timer === timer && (host === undefined || bar.host === host));

describe('timers', () => {
  test('each ran for a time, ended when it says, and never ran beyond what it was set for', () => {
    expect(lost.ladder.timers.length).toBeGreaterThan(5);
    for (const { fromNs, setNs, untilNs, endNs, end, restarts } of lost.ladder.timers) {
      expect(fromNs).toBeLessThan(endNs);
      expect(setNs).toBeGreaterThanOrEqual(fromNs);
      expect(restarts === 0).toBe(setNs === fromNs);
      expect(endNs).toBeLessThanOrEqual(untilNs);
      if (end === 'expired') expect(endNs).toBe(untilNs);
    }
  });

  test('by their beginnings; those of one slot of a connection never overlap', () => {
    const from = lost.ladder.timers.map(({ fromNs }) => fromNs);
    expect(from).toEqual([...from].sort((a, b) => a - b));
    const until = new Map<string, number>();
    for (const { host, local, peer, slot, fromNs, endNs } of lost.ladder.timers) {
      const key = `${host} ${local} ${peer} ${slot}`;
      expect(fromNs).toBeGreaterThanOrEqual(until.get(key) ?? 0);
      until.set(key, endNs);
    }
  });

  test('the first time-out is a second (RFC 6298 section 2), and the third segment of the handshake stops it', () => {
    const [half] = bars('syn-ack', 'web');
    const third = lost.ladder.rows.find(({ flags }) => flags === 'ACK')!;
    expect([half!.untilNs - half!.fromNs, half!.end, half!.endNs]).toEqual([
      1_000_000_000,
      'stopped',
      third.arrivals[0]!.atNs,
    ]);
  });

  test('so is that of the SYN, whose answer stops it', () => {
    const [first] = bars('retransmission', 'laptop');
    const answer = lost.ladder.rows.find(({ flags }) => flags === 'SYN, ACK')!;
    expect([first!.untilNs - first!.setNs, first!.end, first!.endNs]).toEqual([
      1_000_000_000,
      'stopped',
      answer.arrivals[0]!.atNs,
    ]);
  });

  test('who closed first stays in TIME-WAIT for a minute', () => {
    const [stay] = bars('time-wait');
    expect([stay!.endNs - stay!.setNs, stay!.end]).toEqual([60_000_000_000, 'expired']);
  });

  test('nothing is lost to a time-out here: no retransmission timer expires, and a reordering wait does', () => {
    expect(bars('retransmission').some(({ end }) => end === 'expired')).toBe(false);
    expect(bars('reordering', 'web').length).toBeGreaterThan(0);
  });
});

test('timers that run at an instant are those that a look at every timer finds', () => {
  // A list of running timers is kept for every 128th of a host: many connections make more of them.
  const many = Array.from({ length: 40 }, (_, i) => i * 7_000_000).flatMap((offset) =>
    lost.ladder.timers.map((bar) => ({ ...bar, fromNs: bar.fromNs + offset, endNs: bar.endNs + offset })),
  );
  many.sort((a, b) => a.fromNs - b.fromNs);
  const running = new RunningTimers(many);
  for (const atNs of [
    0,
    ...many.filter((_, i) => i % 31 === 0).flatMap(({ fromNs, endNs }) => [fromNs, endNs - 1, endNs]),
  ])
    for (const host of ['laptop', 'web', 'nobody']) {
      const sought = [...many.keys()].filter((i) => {
        const bar = many[i]!;
        return bar.host === host && bar.fromNs <= atNs && atNs < bar.endNs;
      });
      expect(running.at(host, atNs).map(({ index }) => index)).toEqual(sought);
    }
});

describe('bars on a ladder of rows', () => {
  test('the parts of a bar in its rows add up to the bar', () => {
    const { rows, timers } = lost.ladder;
    const placed = new TimerBars(rows, sideBySide(timers));
    const heights = new Map<TimerBar, number>();
    for (let row = 0; row < rows.length; row++)
      for (const { bar, top, bottom } of placed.partsOf(row, 0)) {
        expect(top >= 0 && top <= bottom && bottom <= 1).toBe(true);
        heights.set(bar, (heights.get(bar) ?? 0) + bottom - top);
      }
    const end = rows.length;
    for (const [bar, height] of heights) {
      const [from, to] = [placed.position(bar.fromNs), Math.min(end, placed.position(bar.endNs))];
      expect(height).toBeCloseTo(to - from, 6);
    }
    expect(heights.size).toBeGreaterThan(5);
  });

  test('bars of a part of the run are found in their lanes, the longest where there are too many', () => {
    const lanes = sideBySide(lost.ladder.timers);
    const placed = lanes.flat();
    const span = { fromNs: 200_000_000, toNs: 300_000_000 };
    const found = new Set(besideWithin(lanes, span, 1_000).map(({ bar }) => bar));
    const sought = placed.filter(({ bar }) => bar.fromNs <= span.toNs && bar.endNs >= span.fromNs);
    expect(found).toEqual(new Set(sought.map(({ bar }) => bar)));
    const short = placed.map(({ bar }, i) => [{ bar: { ...bar, fromNs: i, endNs: i + 1 }, lane: 0 }]);
    const many = Array.from({ length: 200 }, () => short).flat();
    const long = { bar: { ...placed[0]!.bar, fromNs: 0, endNs: 1_000 }, lane: 1 };
    const some = besideWithin([...many, [long]], { fromNs: 0, toNs: 1_000 }, 100);
    expect([some.includes(long), some.length]).toEqual([true, 100]);
  });

  test('bars that overlap on a host stand side by side', () => {
    const { rows, timers } = lost.ladder;
    const placed = new TimerBars(rows, sideBySide(timers));
    for (let row = 0; row < rows.length; row += 3) {
      const parts = placed.partsOf(row, 0.4);
      const spans = parts.map(({ bar, lane, top, bottom }) => ({ key: `${bar.host} ${lane}`, top, bottom }));
      for (const a of spans)
        for (const b of spans)
          if (a !== b && a.key === b.key) expect(a.bottom <= b.top || b.bottom <= a.top).toBe(true);
    }
  });
});

describe('ticks of a selective acknowledgement', () => {
  const row = (ack: number, sack: readonly (readonly [number, number])[]) =>
    sackTicks({ ...lost.ladder.rows[0]!, ack, sack });

  test('the gap is what is missing, blocks are parts of the line', () => {
    expect(row(1000, [[2000, 3000]])).toEqual({ bytes: 2000, blocks: [[0.5, 1]], duplicate: undefined });
    expect(
      row(0, [
        [300, 400],
        [100, 200],
      ])!.blocks,
    ).toEqual([
      [0.25, 0.5],
      [0.75, 1],
    ]);
    expect(row(5, [])).toBe(undefined);
  });

  test('a duplicate (RFC 2883) lies below the acknowledgement, or inside of the next block', () => {
    expect(row(1000, [[500, 600]])).toEqual({ bytes: 0, blocks: [], duplicate: [500, 600] });
    expect(
      row(1000, [
        [2200, 2400],
        [2000, 3000],
      ]),
    ).toEqual({ bytes: 2000, blocks: [[0.5, 1]], duplicate: [2200, 2400] });
  });
});

describe('a ladder in linear time', () => {
  const ALL = { textPart: 0, close: false, most: 1000 };

  test('lines begin where the packet was sent, end where and when it arrived, and pass through its routers in between', () => {
    const { rows } = lost.ladder;
    const found = new ScaledLadder(rows).within({ fromNs: 0, toNs: lost.endNs }, ALL).rows;
    expect(found.map(({ index }) => index)).toEqual([...rows.keys()]);
    for (const { row, lines } of found) {
      if (row.arrivals.length !== 1 || row.from === undefined) continue;
      expect([lines[0]!.from, lines.at(-1)!.to]).toEqual([{ host: row.from, atNs: row.fromNs }, row.arrivals[0]]);
      expect(lines.length).toBe(row.through.length + 1);
      for (const { from, to } of lines) expect(to.atNs).toBeGreaterThan(from.atNs);
    }
  });

  test('a part has what began or ended in it', () => {
    const { rows } = lost.ladder;
    const [fromNs, toNs] = [261_000_000, 262_000_000];
    const found = new ScaledLadder(rows).within({ fromNs, toNs }, ALL).rows.map(({ row }) => row);
    const ends = (each: (typeof rows)[number]): number[] => [...each.arrivals, ...each.drops].map(({ atNs }) => atNs);
    const crossing = rows.filter((each) => each.fromNs <= toNs && Math.max(each.fromNs, ...ends(each)) >= fromNs);
    expect(found).toEqual(crossing);
    expect(found.some(({ drops }) => drops.length > 0)).toBe(true);
  });

  test('too many are thinned out evenly: what is chosen, lost or repeated stays, and the others are counted', () => {
    const { rows } = lost.ladder;
    const span = { fromNs: 0, toNs: lost.endNs };
    const { rows: shown, leftOut } = new ScaledLadder(rows).within(span, { ...ALL, most: 60, chosen: 101 });
    const indices = shown.map(({ index }) => index);
    expect(shown.length).toBeLessThanOrEqual(60);
    expect(shown.length + leftOut).toBe(rows.length);
    expect(indices).toEqual([...new Set(indices)].sort((a, b) => a - b));
    expect(indices).toContain(101);
    for (const [i, { drops, cause }] of rows.entries())
      if (drops.length > 0 || cause === 'retransmission') expect(indices).toContain(i);
    const gaps = indices.slice(1).map((index, i) => index - indices[i]!);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(8);
  });

  test('around an instant there are a few rows, and the instant itself', () => {
    const ladder = new ScaledLadder(lost.ladder.rows);
    for (const atNs of [0, 121_025_440, 261_845_920, 298_080_320, 5_000_000_000, lost.endNs]) {
      const { fromNs, toNs } = ladder.around(atNs, lost.endNs);
      expect(fromNs <= atNs && atNs <= toNs && fromNs >= 0 && toNs <= lost.endNs && fromNs < toNs).toBe(true);
    }
  });

  test('in a long silence there are the last few rows, and not all that went before them', () => {
    const { rows, endNs } = { rows: lost.ladder.rows, endNs: lost.endNs + 100_000_000_000 };
    const ladder = new ScaledLadder(rows);
    const shown = ladder.within(ladder.around(endNs, endNs), { ...ALL, most: 1000 }).rows;
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.length).toBeLessThan(rows.length / 3);
    expect(shown.at(-1)!.index).toBe(rows.length - 1);
  });

  test('texts keep their distance, and are short', () => {
    const ladder = new ScaledLadder(lost.ladder.rows);
    const span = { fromNs: 225_000_000, toNs: 350_000_000 };
    const told = ladder.within(span, { textPart: 0.02, close: true, most: 1000 }).rows.filter((each) => each.told);
    expect(told.length).toBeGreaterThan(10);
    for (let i = 1; i < told.length; i++)
      expect(told[i]!.row.fromNs - told[i - 1]!.row.fromNs).toBeGreaterThanOrEqual(0.02 * 125_000_000);
    const texts = new Set(lost.ladder.rows.map((row) => shortText(row, 'relative')));
    for (const text of ['SYN', 'SYN ack=1', 'seq=23429 len=1448 {fast retransmission}'])
      expect(
        [...texts].some((each) => each === text),
        text,
      ).toBe(true);
  });
});
