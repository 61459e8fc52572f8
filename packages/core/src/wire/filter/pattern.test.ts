import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeUtf8 } from '../../base/utf8.ts';
import { compilePattern, PatternError } from './pattern.ts';

function matches(source: string, text: string): boolean {
  const pattern = compilePattern(source);
  if (pattern instanceof PatternError) throw new Error(`${pattern.message} at ${pattern.at}`);
  return pattern.test(encodeUtf8(text));
}

test('the same answers as the language has for patterns both understand', () => {
  const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '(a|b)', '(?:ab)', 'c', '1');
  const piece = fc
    .tuple(atom, fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,2}', '{2,}', '*?'))
    .map(([a, q]) => a + q);
  const source = fc.tuple(
    fc.constantFrom('', '^'),
    fc.array(piece, { minLength: 1, maxLength: 4 }),
    fc.constantFrom('', '$', '\\b'),
  );
  fc.assert(
    fc.property(
      source,
      fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', 'A', ' '), maxLength: 8 }),
      ([head, pieces, tail], text) => {
        const pattern = head + pieces.join('') + tail;
        expect(matches(pattern, text), `${pattern} on "${text}"`).toBe(new RegExp(pattern, 'i').test(text));
      },
    ),
    { numRuns: 3000 },
  );
});

test('case counts only when asked', () => {
  expect(matches('shop', 'SHOP')).toBe(true);
  expect(matches('(?-i)shop', 'SHOP')).toBe(false);
  expect(matches('[A-C]', 'b')).toBe(true);
});

test('letters beyond ASCII are their bytes', () => {
  expect(matches('^网$', '网')).toBe(true);
  expect(matches('\\xe7', '网')).toBe(true);
});

test('patterns that make backtracking engines hang take no time', () => {
  expect(matches('(a+)+$', `${'a'.repeat(2000)}b`)).toBe(false);
  expect(matches('(a|aa)*c', 'a'.repeat(2000))).toBe(false);
});

test('what is not supported or not well formed is refused', () => {
  for (const source of ['(a', 'a)', '[a', '*a', 'a**', '(?=a)', '\\1', 'a{3,1}', '(a{1000}){1000}', '\\', '\\q']) {
    expect(compilePattern(source), source).toBeInstanceOf(PatternError);
  }
});

test('any text is a pattern or an error', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab(|)[]{}*+?.\\^$-1,:i'), maxLength: 20 }), (source) => {
      const pattern = compilePattern(source);
      if (!(pattern instanceof PatternError)) expect(typeof pattern.test(encodeUtf8('aab1b'))).toBe('boolean');
    }),
    { numRuns: 3000 },
  );
});
