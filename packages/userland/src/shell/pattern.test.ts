import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern, hasMagic, matchPattern, quotePattern, trimPattern } from './pattern.ts';

const matches = (pattern: string, text: string) => matchPattern(compilePattern(pattern), text);

describe('shell patterns', () => {
  it('matches as dash does', () => {
    const yes = [
      '* abc',
      'a*c abc',
      'a?c abc',
      '[a-c] b',
      '[!b] a',
      '[b^] ^',
      '[ [',
      '[a [a',
      'a] a]',
      '[]] ]',
      '[a-] -',
      '[\\]] ]',
      '[\\a] a',
    ];
    for (const pair of yes) expect(matches(...(pair.split(' ') as [string, string])), pair).toBe(true);
    const no = ['a abc', '[^b] a', '[!]] ]', '[c-a] b', '[a\\-z] b', '?? a', 'a\\*b aab'];
    for (const pair of no) expect(matches(...(pair.split(' ') as [string, string])), pair).toBe(false);
    expect(matches('[[:alpha:]]*', 'x1')).toBe(true);
    expect(matches('[[:digit:][:upper:]]', 'Q')).toBe(true);
    expect(matches('*', '')).toBe(true);
  });

  it('trims the smallest and the largest prefix and suffix', () => {
    expect(trimPattern('abc.tar.gz', '.*', '%')).toBe('abc.tar');
    expect(trimPattern('abc.tar.gz', '.*', '%%')).toBe('abc');
    expect(trimPattern('abc.tar.gz', '*.', '#')).toBe('tar.gz');
    expect(trimPattern('abc.tar.gz', '*.', '##')).toBe('gz');
    expect(trimPattern('abc', 'x', '%')).toBe('abc');
  });

  it('takes quoted text for what it is', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, other) => {
        expect(hasMagic(quotePattern(text))).toBe(false);
        expect(matches(quotePattern(text), text)).toBe(true);
        expect(matches(quotePattern(text), other)).toBe(text === other);
        expect(trimPattern(other + text, quotePattern(text), '%')).toBe(other);
      }),
    );
  });

  it('is quick on hostile patterns', () => {
    const text = 'a'.repeat(20_000);
    expect(matches(`${'*a'.repeat(50)}b`, text)).toBe(false);
    expect(trimPattern(text, `${'*a'.repeat(20)}*b`, '%%')).toBe(text);
  });
});
