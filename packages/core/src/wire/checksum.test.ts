import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex } from '../base/bytes.ts';
import { checksumOf, foldSum, pseudoHeaderSum, sumBytes } from './checksum.ts';

/** RFC 1071 section 1 word for word: big-endian 16-bit words, end-around carry. */
function plainSum(bytes: Uint8Array, start: number, end: number): number {
  let sum = 0;
  for (let i = start; i < end; i += 2) {
    sum += (bytes[i]! << 8) + (i + 1 < end ? bytes[i + 1]! : 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return sum;
}

test('the example of RFC 1071 section 3', () => {
  expect(sumBytes(fromHex('0001f203f4f5f6f7')!)).toBe(0xddf2);
  expect(checksumOf(sumBytes(fromHex('0001f203f4f5f6f7')!))).toBe(0x220d);
});

test('known header checksums', () => {
  // An IPv4 header whose checksum field is zeroed, and what it has to be.
  expect(checksumOf(sumBytes(fromHex('450000730000400040110000c0a80001c0a800c7')!))).toBe(0xb861);
  const valid = fromHex('45000073000040004011b861c0a80001c0a800c7')!;
  expect(checksumOf(sumBytes(valid))).toBe(0);
});

test('corner values', () => {
  expect(checksumOf(0)).toBe(0xffff);
  expect(checksumOf(0xffff)).toBe(0);
  expect(foldSum(0x1_ffff)).toBe(1);
  expect(foldSum(0xffff * 0x1_0000)).toBe(0xffff);
  expect(sumBytes(Uint8Array.of(0xab))).toBe(0xab00);
  expect(pseudoHeaderSum(0xffff_ffff, 0, 6, 20)).toBe(0x1_fffe + 26);
});

test('the word sum equals the plain sum at every alignment', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(7), fc.nat(40), fc.nat(40), (bytes, offset, head, tail) => {
      const memory = new Uint8Array(bytes.length + 8);
      memory.set(bytes, offset);
      const view = memory.subarray(offset, offset + bytes.length);
      const start = Math.min(head, view.length);
      const end = Math.max(start, view.length - tail);
      expect(sumBytes(view, start, end)).toBe(plainSum(view, start, end));
    }),
    { numRuns: 2000 },
  );
});

test('64 KiB of ones', () => {
  const bytes = new Uint8Array(65535).fill(255);
  expect(sumBytes(bytes)).toBe(plainSum(bytes, 0, bytes.length));
});
