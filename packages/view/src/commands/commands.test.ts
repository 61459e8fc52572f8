import { describe, expect, test } from 'vitest';
import { keyText } from './key-text.ts';
import { search } from './search.ts';

const ENTRIES = [
  { text: { en: 'Play or pause', zh: '播放或暂停' }, also: ' ' },
  { text: { en: 'Next interesting moment', zh: '下一个值得看的时刻' }, also: 'Shift+ArrowRight' },
  { text: { en: 'Show the ladder', zh: '看时序图' }, also: '3' },
  { text: { en: 'Download the ladder as SVG', zh: '把时序图下载为 SVG' } },
  { text: { en: 'Explain', zh: '解释' }, also: 'e' },
] as const;

const found = (query: string): string[] => search(ENTRIES, query).map(({ text }) => text.en);

describe('search', () => {
  test('nothing typed is everything, in its order', () =>
    expect(found('  ')).toEqual(ENTRIES.map(({ text }) => text.en)));
  test('the beginning of a word before its middle', () => {
    expect(found('ladder')).toEqual(['Show the ladder', 'Download the ladder as SVG']);
    expect(found('dow')).toEqual(['Download the ladder as SVG']);
    expect(found('ment')).toEqual(['Next interesting moment']);
  });
  test('every word counts, in any order and case', () => {
    expect(found('SVG ladder')).toEqual(['Download the ladder as SVG']);
    expect(found('svg pause')).toEqual([]);
  });
  test('by key, initials and the other language', () => {
    expect(found('e')[0]).toBe('Explain');
    expect(found('3')).toEqual(['Show the ladder']);
    expect(found('nim')).toEqual(['Next interesting moment']);
    expect(found('时序图 svg')).toEqual(['Download the ladder as SVG']);
    expect(found('暂停')).toEqual(['Play or pause']);
  });
});

test('keys as people read them', () => {
  const names = { ' ': 'Space', ArrowRight: '→' };
  expect([' ', 'Shift+ArrowRight', 'Ctrl+k', 'w', '+', 'F6', 'constructor'].map((key) => keyText(key, names))).toEqual([
    'Space',
    'Shift →',
    'Ctrl K',
    'w',
    '+',
    'F6',
    'constructor',
  ]);
});
