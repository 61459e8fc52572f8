import { expect, test } from 'vitest';
import { textOf } from '../files/file-piece.ts';
import type { LadderRow } from '../ladder/ladder.ts';
import { fullest, hasSequences, type Sequence, sentOf, sequenceRange, sequencesOf } from './sequence.ts';
import { sequenceSvg } from './sequence-svg.ts';
import { sequenceLines } from './sequence-terminal.ts';

const MS = 1_000_000;
let packets = 0;

function row(fromMs: number, back: boolean, rest: Partial<LadderRow>): LadderRow {
  const [from, to] = back ? ['web', 'pc'] : ['pc', 'web'];
  const [src, dst] = back ? ['10.0.0.2', '10.0.0.1'] : ['10.0.0.1', '10.0.0.2'];
  const packet = ++packets;
  return {
    number: packet,
    packet,
    cause: 'origin',
    of: 0,
    fromNs: fromMs * MS,
    from,
    through: [],
    arrivals: [{ host: to!, atNs: (fromMs + 10) * MS }],
    drops: [],
    protocol: 'TCP',
    flags: 'ACK',
    seq: 1,
    ack: 1,
    window: 3000,
    length: 0,
    src: src!,
    dst: dst!,
    srcPort: back ? 80 : 4000,
    dstPort: back ? 4000 : 80,
    text: '',
    ...rest,
  };
}

const lost = { arrivals: [], drops: [{ host: 'pc', atNs: 0, reason: 'lost' as const, onTheWay: true }] };
/** A handshake, three segments of which the second is lost, a selective acknowledgement, and the second again. */
function upload(): LadderRow[] {
  packets = 0;
  return [
    row(0, false, { flags: 'SYN', seq: 0, ack: undefined as never }),
    row(10, true, { flags: 'SYN, ACK', seq: 0, ack: 1 }),
    row(20, false, {}),
    row(21, false, { seq: 1, length: 1000 }),
    row(22, false, { seq: 1001, length: 1000, ...lost }),
    row(23, false, { seq: 2001, length: 1000 }),
    row(31, true, { ack: 1001 }),
    row(33, true, { ack: 1001, sack: [[2001, 3001]] }),
    row(50, false, { seq: 1001, length: 1000 }),
    row(60, true, { ack: 3001, window: 0, sack: [[1001, 2001]] }),
    row(61, true, { ack: 9001 }),
    row(62, true, { ack: 2001 }),
  ];
}

test('segments when they were sent; acknowledgements, window and SACK when the sender hears of them', () => {
  const [sequence, ...others] = sequencesOf({ rows: upload() });
  expect(others).toEqual([]);
  expect(sequence).toMatchObject({ name: 'pc 10.0.0.1:4000 → 10.0.0.2:80' });
  expect(sequence!.segments.map(({ atNs, from, to, again, lost: gone }) => [atNs / MS, from, to, again, gone])).toEqual(
    [
      [21, 1, 1001, false, false],
      [22, 1001, 2001, false, true],
      [23, 2001, 3001, false, false],
      [50, 1001, 2001, true, false],
    ],
  );
  // What was never sent is not acknowledged (61), what is old changes nothing (62).
  expect(sequence!.acks.map(([atNs, ack]) => [atNs / MS, ack])).toEqual([
    [20, 1],
    [41, 1001],
    [70, 3001],
  ]);
  expect(sequence!.window.map(([atNs, edge]) => [atNs / MS, edge])).toEqual([
    [20, 3001],
    [41, 4001],
    [70, 3001],
  ]);
  // The block below the acknowledgement is a duplicate (RFC 2883), no gap's end.
  expect(sequence!.sacks).toEqual([{ atNs: 43 * MS, from: 2001, to: 3001, packet: 8 }]);
});

test('what had been sent by then: a retransmission takes nothing back', () => {
  expect(sentOf(sequencesOf({ rows: upload() })[0]!).points.map(([atNs, end]) => [atNs / MS, end])).toEqual([
    [21, 1001],
    [22, 2001],
    [23, 3001],
  ]);
});

test('whether there is one', () => {
  expect([upload(), upload().slice(0, 3), []].map((rows) => hasSequences({ rows }))).toEqual([true, false, false]);
});

test('an acknowledgement that never arrived is not known to the sender', () => {
  const rows = upload().map((each) => (each.packet === 7 ? { ...each, arrivals: [] } : each));
  expect(sequencesOf({ rows })[0]!.acks.map(([atNs]) => atNs / MS)).toEqual([20, 43, 70]);
});

test('both directions, and the next connection of the same ports', () => {
  const answer = row(80, true, { seq: 1, length: 5, ack: 3001 });
  const again = row(90, false, { flags: 'SYN', seq: 0, ack: undefined as never, findings: ['reused_ports'] });
  const first = row(95, false, { seq: 1, length: 7 });
  const found = sequencesOf({ rows: [...upload(), answer, again, first] });
  expect(found.map(({ name, segments }) => [name, segments.length])).toEqual([
    ['pc 10.0.0.1:4000 → 10.0.0.2:80', 4],
    ['web 10.0.0.2:80 → 10.0.0.1:4000', 1],
    ['pc 10.0.0.1:4000 → 10.0.0.2:80', 1],
  ]);
  expect(found[2]!.segments[0]!.again).toBe(false);
});

test('the picture is as high as what was sent, however far the window reaches', () => {
  const wide = { ...sequencesOf({ rows: upload() })[0]!, window: [[0, 1_000_000]] } as Sequence;
  expect(sequenceRange(wide)).toEqual({ fromNs: 21 * MS, toNs: 70 * MS, most: 5000 });
  const svg = textOf(sequenceSvg([wide], WORDS));
  expect(svg).not.toMatch(/NaN|Infinity|undefined|"-\d/);
});

const WORDS = {
  title: 'a < b',
  unit: 'bytes',
  timeTitle: 't',
  parts: { data: 'data', again: 'again', lost: 'lost', acks: 'acks', window: 'edge', sack: 'SACK' },
};

test('in the terminal: letters for what was sent again, lost and acknowledged selectively; in the width', () => {
  const lines = sequenceLines(sequencesOf({ rows: upload() }), {
    width: 60,
    height: 8,
    unit: 'bytes',
    timeTitle: 'time',
    summary: (bytes, segments, again) => `${bytes} in ${segments}, ${again} again`,
  });
  expect(lines.slice(0, 2)).toEqual(['bytes', 'pc 10.0.0.1:4000 → 10.0.0.2:80  3000 in 4, 1 again']);
  const drawing = lines.slice(2, 10).map((line) => line.slice(8));
  expect(lines[2]).toMatch(/^ {2}5000 ┤/);
  const places = ['x', 's', 'R'].map((letter) => Math.max(...drawing.map((line) => line.indexOf(letter))));
  // In the order of time: 22, 43 and 50 of 21 to 70 ms, in 52 columns.
  expect(places).toEqual([1, 23, 30]);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
});

test('the SVG has an upright per segment and mark, a path per line, and escaped text', () => {
  const svg = textOf(sequenceSvg(sequencesOf({ rows: upload() }), WORDS));
  const grid = 12;
  // Four segments, one SACK mark, the two strokes of a cross, and in the legend four lines, the cross and one more.
  expect(svg.match(/<line/g)!.length).toBe(grid + 4 + 1 + 2 + 5 + 2);
  expect([svg.match(/<path/g)!.length, svg.includes('a &lt; b')]).toEqual([2, true]);
  expect(textOf(sequenceSvg([], WORDS))).not.toMatch(/NaN|Infinity|undefined/);
});

test('the diagram that is shown first is the one of the most segments, of equals the first', () => {
  const [download] = sequencesOf({ rows: upload() });
  const empty = { ...download!, segments: [] };
  expect(fullest([empty, download!, download!])).toBe(1);
  expect(fullest([])).toBe(0);
});
