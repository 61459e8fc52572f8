import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareText, decodeText, encodeText } from './text.ts';

it('carries any bytes through text and back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect([...encodeText(decodeText(bytes))]).toEqual([...bytes]);
    }),
    { numRuns: 2000 },
  );
  const whole = 'plain é 中 😀';
  expect(decodeText(new TextEncoder().encode(whole))).toBe(whole);
});

it('sorts as the bytes of UTF-8 do', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
      expect(Math.sign(compareText(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
    }),
  );
});
