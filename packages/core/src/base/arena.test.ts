import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteArena } from './arena.ts';

test('every array is of the wanted length, all zeros, and nobody else writes to it', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 6000 }), { maxLength: 60 }), (lengths) => {
      const arena = new ByteArena();
      const arrays = lengths.map((length, i) => {
        const bytes = arena.take(length);
        expect(bytes.length).toBe(length);
        expect(bytes.every((byte) => byte === 0)).toBe(true);
        return bytes.fill(i + 1);
      });
      expect(arrays.every((bytes, i) => bytes.every((byte) => byte === i + 1))).toBe(true);
    }),
  );
});
