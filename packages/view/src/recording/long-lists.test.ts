/** Lists of many pieces come back in their order and their places; what is forged in them is told. */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { expect, test } from 'vitest';
import { ListReader, withoutLists } from './long-lists.ts';

const points = (count: number, from = 0): [number, number][] => Array.from({ length: count }, (_, i) => [from + i, i]);
const stretches = (count: number): object[] =>
  Array.from({ length: count }, (_, i) => ({ fromNs: i, toNs: i + 1, state: 'running', waits: '', holders: [] }));

const DESCRIPTION = {
  lab: 'x',
  texts: Array.from({ length: 1001 }, (_, i) => `text ${i}, é`),
  ladder: { hosts: ['a'], rows: [], timers: [] },
  lanes: {
    fromNs: 0,
    toNs: 9,
    lanes: [
      { name: 'a', stretches: stretches(700) },
      { name: 'b', stretches: [] },
    ],
  },
  plots: {
    cwnd: [
      { name: 'c', points: points(1200), used: points(3, 7) },
      { name: 'd', points: points(2) },
    ],
    rtt: [],
  },
};

function read(reader: ListReader): string | undefined {
  while (!reader.done) {
    const wrong = reader.read();
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

test('lists stand in pieces, and come back where they were', () => {
  const { head, pieces } = withoutLists(DESCRIPTION);
  expect(JSON.stringify(head).length).toBeLessThan(500);
  // Of 700, 1,205 and 1,001 entries.
  expect(pieces.ends.length).toBe(2 + 3 + 3);
  const reader = new ListReader(head, pieces);
  expect(read(reader)).toBeUndefined();
  expect(reader.whole()).toEqual(DESCRIPTION);
});

test('what is no entry, no JSON, too much or too little is told by its list', () => {
  const { head, pieces } = withoutLists(DESCRIPTION);
  const forged = (entries: string): string | undefined => {
    const bytes = encodeUtf8(entries);
    return read(new ListReader(head, { bytes, ends: Float64Array.of(bytes.length) }));
  };
  expect(forged('[{"fromNs":0}]')).toBe('stretches');
  expect(forged('[')).toBe('stretches');
  expect(forged('{}')).toBe('stretches');
  expect(forged(JSON.stringify(stretches(701)))).toBe('stretches');
  expect(read(new ListReader(head, { ...pieces, ends: Float64Array.of(1e9) }))).toBe('pieces');
  expect(read(new ListReader(head, { ...pieces, ends: Float64Array.of(100, 20) }))).toBe('stretches');
  const cut = new ListReader(head, { ...pieces, ends: pieces.ends.subarray(0, 4) });
  expect([read(cut), cut.whole()]).toEqual([undefined, undefined]);
});
