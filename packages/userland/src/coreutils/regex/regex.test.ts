import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Regex, RegexError } from './regex.ts';

function found(pattern: string, text: string, extended = true): string[] | undefined {
  const characters = [...text];
  const match = new Regex(pattern, { extended }).exec(characters);
  if (match === undefined) return undefined;
  const out: string[] = [];
  for (let i = 0; i < match.slots.length; i += 2) {
    out.push(match.slots[i]! < 0 ? '-' : characters.slice(match.slots[i], match.slots[i + 1]).join(''));
  }
  return out;
}

describe('POSIX regular expressions', () => {
  it('finds the leftmost longest match and its groups', () => {
    const table: [pattern: string, text: string, match: string[] | undefined][] = [
      ['a|ab|abc', 'xabcd', ['abc']],
      ['(a|ab)(c|bcd)', 'abcd', ['abcd', 'a', 'bcd']],
      ['x*', 'aaa', ['']],
      ['a+b?', 'caab', ['aab']],
      ['^b', 'ab', undefined],
      ['b$', 'ab', ['b']],
      ['(ab)*c', 'ababc', ['ababc', 'ab']],
      ['a{2,3}', 'aaaa', ['aaa']],
      ['[^a-c]+', 'abcxyz', ['xyz']],
      ['[]x]+', 'a]x]', [']x]']],
      ['[[:digit:]]+', 'ab12', ['12']],
      ['\\bfoo\\b', 'a foo b', ['foo']],
      ['\\<o', 'foo o', ['o']],
      ['.', 'é', ['é']],
      ['()', 'a', ['', '']],
      ['a{,2}', 'aaa', ['aa']],
      ['a{x', 'a{x', ['a{x']],
    ];
    for (const [pattern, text, match] of table) expect(found(pattern, text), pattern).toEqual(match);
  });

  it('has the basic spelling', () => {
    const table: [pattern: string, text: string, match: string[] | undefined][] = [
      ['a\\{2\\}', 'aab', ['aa']],
      ['a+', 'aa+', ['a+']],
      ['a\\+', 'aa', ['aa']],
      ['*a', 'b*a', ['*a']],
      ['^*a', '*a', ['*a']],
      ['\\(a\\)\\1', 'aa', ['aa', 'a']],
      ['\\(.*\\)-\\1', 'xab-ab', ['ab-ab', 'ab']],
      ['a\\|b', 'b', ['b']],
      ['a^b$c', 'a^b$c', ['a^b$c']],
      ['(a)', '(a)', ['(a)']],
    ];
    for (const [pattern, text, match] of table) expect(found(pattern, text, false), pattern).toEqual(match);
  });

  it('refuses what is no expression', () => {
    for (const pattern of ['(', ')', '[a', 'a\\', '[z-a]', '\\1', '[[:foo:]]', 'a{3,2}']) {
      expect(() => new Regex(pattern, { extended: true }), pattern).toThrow(RegexError);
    }
  });

  it('is quick on hostile expressions', () => {
    const text = [...'a'.repeat(2000)];
    expect(new Regex('(a*)*b', { extended: true }).test(text)).toBe(false);
    expect(new Regex('(a|aa)+$', { extended: true }).exec(text)!.slots[1]).toBe(2000);
    expect(() => new Regex('\\(a*\\)*\\1b').test(text)).toThrow(RegexError);
    expect(() => new Regex('((((a{999}){999}){999}){999})', { extended: true })).toThrow(RegexError);
  });

  it('agrees with the language on plain expressions, and ends on any', () => {
    const piece = fc.constantFrom('a', 'b', '.', 'a*', 'b+', '(a|b)', '[ab]', '[^a]', 'b?', 'a{1,2}');
    const subject = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), subject, (pieces, characters) => {
        const pattern = pieces.join('');
        const theirs = new RegExp(pattern, 'u').exec(characters.join(''));
        const ours = new Regex(pattern, { extended: true }).exec(characters);
        expect(ours?.slots[0]).toBe(theirs?.index);
      }),
    );
    fc.assert(
      fc.property(fc.string(), fc.boolean(), subject, (pattern, extended, characters) => {
        try {
          new Regex(pattern, { extended }).exec(characters);
        } catch (error) {
          expect(error).toBeInstanceOf(RegexError);
        }
      }),
    );
  });
});
