import { describe, expect, test } from 'vitest';
import { displayWidth } from '../draw/width.ts';
import { textOf } from '../files/file-piece.ts';
import { dropPlace } from './drop-place.ts';
import type { Drop, Ladder, LadderRow } from './ladder.ts';
import { selected } from './ladder.ts';
import { columnsText, flagsText } from './packet-text.ts';
import { ladderSvg } from './svg.ts';
import { INDENT, ladderLines } from './terminal.ts';

const MS = 1_000_000;
const LAYOUT = { timeTitle: 'time', transitTitle: 'on the way' };

function row(number: number, change: Partial<LadderRow>): LadderRow {
  const arrivals = [{ host: 'web', atNs: number * MS + 20 * MS }];
  const plain = {
    packet: number,
    cause: 'origin',
    of: 0,
    through: [],
    drops: [],
    protocol: 'TCP',
    flags: 'SYN',
  } as const;
  const said = { length: 0, src: '10.0.1.2', dst: '10.0.2.2', text: `TCP ${number}` };
  return { number, fromNs: number * MS, from: 'pc', arrivals, ...plain, ...said, ...change };
}

function drawn(rows: readonly LadderRow[], hosts = ['pc', 'gw', 'web'], width?: number): string[] {
  const { head, lines } = ladderLines({ hosts, rows, timers: [] }, { ...LAYOUT, width });
  return [head, ...lines].map((line) => `${line.lanes.trimEnd()} | ${line.text}${line.dropped}`);
}

const lost: Drop = { host: 'gw', atNs: 5 * MS, reason: 'lost', onTheWay: true, after: 'gw', before: 'web' };

describe('in the terminal', () => {
  test('an arrow goes through a router and past a stranger', () => {
    const [head, through, past, back] = drawn([
      row(1, { through: [{ host: 'gw', atNs: 2 * MS }] }),
      row(2, {}),
      row(3, { from: 'web', arrivals: [{ host: 'gw', atNs: 4 * MS }] }),
    ]);
    expect(head).toBe('          pc                    gw                    web | ');
    expect(through).toBe('           ├─────────────────────┼────────────────────>│ | TCP 1');
    expect(past).toBe('           ├─────────────────────│────────────────────>│ | TCP 2');
    expect(back).toBe('           │                     │<────────────────────┤ | TCP 3');
  });

  test('a drop has its cross where it happened, and its reason', () => {
    const gone = { arrivals: [] };
    const [, onTheWay, inside, unsent] = drawn([
      row(1, { ...gone, drops: [lost], through: [{ host: 'gw', atNs: 2 * MS }] }),
      row(2, { ...gone, drops: [{ host: 'gw', atNs: 3 * MS, reason: 'ttl-exceeded', onTheWay: false }] }),
      row(3, { ...gone, drops: [{ host: 'pc', atNs: 3 * MS, reason: 'queue-full', detail: '10', onTheWay: false }] }),
    ]);
    expect(onTheWay).toMatch(/^ +├─+┼─+✗ +│ \| TCP 1 ✗ lost \(gw\)$/);
    expect(inside).toMatch(/^ +├─+>✗ +│ \| TCP 2 ✗ ttl-exceeded \(gw\)$/);
    expect(unsent).toMatch(/^ +✗ +│ +│ \| TCP 3 ✗ queue-full \(pc: 10\)$/);
  });

  test('a broadcast has several heads, a packet from nowhere a mark', () => {
    const both = [
      { host: 'pc', atNs: 2 * MS },
      { host: 'web', atNs: 2 * MS },
    ];
    const [, broadcast, nowhere] = drawn([row(1, { from: 'gw', arrivals: both }), row(2, { from: undefined })]);
    expect(broadcast).toMatch(/^ +│<─+┼─+>│ \|/);
    expect(nowhere).toMatch(/^ +│ +│ +◆ \|/);
  });

  test('a narrow terminal cuts the text, wide titles keep the columns', () => {
    const long = row(1, { text: '很'.repeat(90) });
    const { head, lines } = ladderLines(
      { hosts: ['pc', 'gw', 'web'], rows: [long], timers: [] },
      { width: 100, timeTitle: '时间', transitTitle: '途中' },
    );
    expect(head.time).toBe('       时间');
    expect(lines[0]!.text).toMatch(/^很+…$/);
    expect(drawn([long])[1]).toContain('很'.repeat(90));
  });

  test('where too little is left behind the arrow, the text goes beneath it, and the lanes are narrower', () => {
    const dropped = row(1, { text: 'x'.repeat(90), arrivals: [], drops: [{ ...lost, detail: 'y'.repeat(90) }] });
    const hosts = ['pc', 'gw', 'web', 'other', 'last'];
    for (const width of [60, 80]) {
      const { head, lines, beneath } = ladderLines(
        { hosts, rows: [row(2, {}), dropped], timers: [] },
        { ...LAYOUT, width },
      );
      expect(beneath).toBe(true);
      expect(displayWidth(`${head.time}  ${head.lanes.trimEnd()}`)).toBeLessThanOrEqual(width);
      expect(head.lanes).toMatch(/pc +gw +web +other +last/);
      for (const { transit, text, dropped: reason } of lines)
        expect(INDENT + displayWidth(`${transit}  ${text}${reason}`)).toBeLessThanOrEqual(width);
      expect(lines[1]!.dropped).toMatch(/^ ✗ lost \(gw: y+…$/);
    }
    expect(ladderLines({ hosts, rows: [dropped], timers: [] }, { ...LAYOUT, width: 120 }).beneath).toBe(false);
  });

  test('what no host took begins at its sender all the same', () => {
    const [, first, last] = drawn([row(1, { arrivals: [] }), row(2, { from: 'web', arrivals: [] })]);
    expect(first).toMatch(/^ +├─+ +│ +│ \|/);
    expect(last).toMatch(/^ +│ +│ +─+┤ \|/);
  });

  test('the time on the way is that of the last copy', () => {
    const { lines } = ladderLines(
      { hosts: ['pc', 'web'], rows: [row(1, {}), row(2, { arrivals: [] })], timers: [] },
      LAYOUT,
    );
    expect(lines.map(({ time, transit }) => `${time}${transit}`)).toEqual([
      '0.001000000     +20ms',
      '0.002000000          ',
    ]);
  });
});

describe('selected', () => {
  const ladder: Ladder = {
    hosts: ['pc', 'gw', 'web', 'other'],
    rows: [
      row(1, { through: [{ host: 'gw', atNs: 2 * MS }] }),
      row(2, { arrivals: [], drops: [lost] }),
      row(3, { dst: '10.0.3.3', arrivals: [], drops: [lost] }),
      row(4, { from: 'other', src: '10.0.3.3', dst: '10.0.1.2', arrivals: [{ host: 'pc', atNs: 9 * MS }] }),
    ],
    timers: [],
  };
  const numbers = (selection: Parameters<typeof selected>[1]): number[] =>
    selected(ladder, selection).rows.map(({ number }) => number);

  test('by the two ends, also of what was lost on the way', () => {
    expect(numbers({ between: ['pc', 'web'] })).toEqual([1, 2]);
    expect(numbers({ between: ['pc', 'other'] })).toEqual([3, 4]);
    expect(selected(ladder, { between: ['web', 'pc'] }).hosts).toEqual(['pc', 'web']);
  });
  test('by time, both ends included', () => expect(numbers({ fromNs: 2 * MS, toNs: 3 * MS })).toEqual([2, 3]));
  test('has the columns that its rows touch', () => {
    expect(selected(ladder, { toNs: 2 * MS }).hosts).toEqual(['pc', 'gw', 'web']);
  });
});

test('the SVG escapes what packets say and draws every row', () => {
  const rows = [
    row(1, { text: 'GET /<script>&"' }),
    row(2, { arrivals: [], drops: [lost] }),
    row(3, { from: undefined }),
  ];
  const svg = textOf(ladderSvg({ hosts: ['pc', 'gw', 'web'], rows, timers: [] }, 'a & b'));
  expect(svg).toContain('GET /&lt;script&gt;&amp;&quot;');
  expect(svg).not.toMatch(/<script|NaN|undefined/);
  expect([
    svg.match(/<polygon/g)?.length,
    svg.match(/stroke-width="2"/g)?.length,
    svg.match(/<circle/g)?.length,
  ]).toEqual([1, 2, 1]);
});

test('a protocol is named once', () => {
  expect(columnsText({ protocol: 'DHCP', info: 'DHCP ACK' })).toBe('DHCP ACK');
  expect(columnsText({ protocol: 'UDP', info: '1000 → 53 len=4' })).toBe('UDP 1000 → 53 len=4');
});

test('flags in the order of the packet list', () => {
  expect([0x12, 0x02, 0x19, 0, 0x1c2].map(flagsText)).toEqual([
    'SYN, ACK',
    'SYN',
    'FIN, PSH, ACK',
    'none',
    'SYN, ECE, CWR, AE',
  ]);
});

test('a drop stands between the hosts that it was lost between, or at the one that dropped it', () => {
  const columns = new Map([
    ['pc', 100],
    ['gw', 200],
    ['web', 300],
  ]);
  const drop = { host: 'gw', atNs: 0, reason: 'lost' as const, onTheWay: true };
  expect(dropPlace({ ...drop, after: 'gw', before: 'web' }, 100, columns, 90)).toBe(250);
  expect(dropPlace({ ...drop, after: 'gw' }, 100, columns, 90)).toBe(245);
  expect(dropPlace({ ...drop, host: 'switch' }, 100, columns, 90)).toBe(145);
  expect(dropPlace({ ...drop, onTheWay: false }, 100, columns, 90)).toBe(200);
  expect(dropPlace({ ...drop, host: 'switch' }, undefined, columns, 90)).toBeUndefined();
});
