import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WholeMatcher } from './whole-match.ts';

const BUDGET = 100_000;

function outcomes(pattern: string, text: string): string[] {
  const matcher = new WholeMatcher(pattern);
  return [matcher.automaton([...text]).outcome, matcher.backtracking([...text], BUDGET).outcome];
}

describe('whole matches', () => {
  it('take the text to its last character', () => {
    for (const [pattern, text, matches] of [
      ['a+', 'aaa', true],
      ['a+', 'aaa\n', false],
      ['a+$', 'aaa\n', false],
      ['a|ab', 'ab', true],
      ['(a|ab)(c|bcd)', 'abcd', true],
      ['a{2,3}', 'aaaa', false],
      ['', '', true],
      ['', 'a', false],
      ['(a*)*', 'aaa', true],
      ['(a*)*b', 'aaa', false],
      ['(a|())+b', 'aab', true],
      ['[一-鿿]{2}', '名字', true],
      ['.', '𠮷', true],
    ] as const) {
      const expected = matches ? 'match' : 'no match';
      expect(outcomes(pattern, text), `${pattern} on ${text}`).toEqual([expected, expected]);
    }
  });

  it('the engines agree with each other and with RegExp', () => {
    const atom = fc.constantFrom('a', 'b', '[ab]', '.', '(a|b)', '(ab)', '(a|ab)', '(b|())');
    const piece = fc.tuple(atom, fc.constantFrom('', '', '*', '+', '?', '{1,2}')).map(([body, times]) => body + times);
    const pattern = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(pattern, fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\n'), maxLength: 8 }), (source, text) => {
        const expected = new RegExp(`^(?:${source})$`).test(text) ? 'match' : 'no match';
        expect(outcomes(source, text)).toEqual([expected, expected]);
      }),
      { numRuns: 2000 },
    );
  });

  it('backtracking doubles where the automaton takes one round more, and is stopped by its budget', () => {
    const matcher = new WholeMatcher('(a+)+b');
    const steps = (count: number) => matcher.backtracking([...'a'.repeat(count)], 10_000_000).steps;
    const ratio = steps(14) / steps(13);
    expect(ratio).toBeGreaterThan(1.9);
    expect(ratio).toBeLessThan(2.1);
    const stopped = matcher.backtracking([...'a'.repeat(30)], BUDGET);
    expect(stopped).toMatchObject({ outcome: 'stopped', steps: BUDGET });
    const linear = matcher.automaton([...'a'.repeat(30_000)]);
    expect(linear.outcome).toBe('no match');
    expect(linear.steps).toBeLessThan(30_000 * 14);
  });

  it('says how far it came', () => {
    expect(new WholeMatcher('[0-9]{3}-[0-9]+').automaton([...'12x-1']).reached).toBe(2);
    expect(new WholeMatcher('[0-9]{3}-[0-9]+').automaton([...'123-']).reached).toBe(4);
  });

  it('follows a back-reference by backtracking only', () => {
    const matcher = new WholeMatcher('(a|b)+-\\1');
    expect(matcher.backtracking([...'ab-b'], BUDGET).outcome).toBe('match');
    expect(matcher.backtracking([...'ab-a'], BUDGET).outcome).toBe('no match');
    expect(() => matcher.automaton([...'ab-b'])).toThrow('back-reference');
  });
});
