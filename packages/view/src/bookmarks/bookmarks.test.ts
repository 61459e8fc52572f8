import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bookmarkList, bookmarksFrom, bookmarkText, renamed, toggled } from './bookmarks.ts';

const END = 10_000_000_000;

describe('bookmarks', () => {
  test('stand by time; a second time takes them away', () => {
    const two = toggled(toggled([], 500), 20);
    expect(two.map(({ atNs }) => atNs)).toEqual([20, 500]);
    expect(toggled(two, 20)).toEqual([{ atNs: 500, name: '' }]);
    expect(renamed(two, 500, 'loss')).toEqual([
      { atNs: 20, name: '' },
      { atNs: 500, name: 'loss' },
    ]);
  });

  test('an address brings them back as they were', () => {
    const bookmark = fc.record({ atNs: fc.integer({ min: 0, max: END }), name: fc.string({ maxLength: 80 }) });
    fc.assert(
      fc.property(fc.uniqueArray(bookmark, { selector: ({ atNs }) => atNs, maxLength: 100 }), (bookmarks) => {
        const sorted = [...bookmarks].sort((a, b) => a.atNs - b.atNs);
        expect(bookmarksFrom(sorted.map(bookmarkText), END)).toEqual(sorted);
      }),
    );
  });

  test('what is none is left out, and no address is endless', () => {
    expect(bookmarksFrom(['', 'soon', '-1', '1.5', '99999999999', '7x', '7 x', '7'], END)).toEqual([
      { atNs: 7, name: '' },
    ]);
    const many = Array.from({ length: 500 }, (_, i) => `${i} ${'n'.repeat(500)}`);
    const kept = bookmarksFrom(many, END);
    expect([kept.length, kept[0]!.name.length]).toEqual([100, 80]);
  });

  test('the list has a line and a link for each, and nothing that a person wrote becomes markup', () => {
    const list = bookmarkList(
      'Lab',
      [
        { atNs: 1_500_000_000, name: '' },
        { atNs: 2_000_000_000, name: '](http://x) <img> `a`' },
      ],
      (atNs) => `event at ${atNs}`,
      (atNs) => `#t=${atNs}`,
    );
    expect(list.split('\n')).toEqual([
      '# Lab',
      '',
      '- [1.500000000 s](#t=1500000000) event at 1500000000',
      '- [2.000000000 s](#t=2000000000) (http://x)  img   a',
      '',
    ]);
  });
});
