import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Mix } from './mix.ts';

function of(act: (mix: Mix) => void): string {
  const mix = new Mix();
  act(mix);
  return mix.toString();
}

const arbitraryBytes = fc.uint8Array({ maxLength: 3000, size: 'max' });

test('bytes give the same wherever they lie in memory', () => {
  fc.assert(
    fc.property(arbitraryBytes, fc.integer({ min: 0, max: 9 }), (bytes, offset) => {
      const shifted = new Uint8Array(bytes.length + 16);
      shifted.set(bytes, offset);
      const whole = of((mix) => mix.bytes(bytes));
      expect(of((mix) => mix.bytes(shifted, offset, offset + bytes.length))).toBe(whole);
      expect(of((mix) => mix.bytes(shifted.subarray(offset, offset + bytes.length)))).toBe(whole);
    }),
  );
});

test('every byte and the length count', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 600 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (bytes, at, flip) => {
        const changed = bytes.slice();
        changed[at % bytes.length]! ^= flip;
        const whole = of((mix) => mix.bytes(bytes));
        expect(of((mix) => mix.bytes(changed))).not.toBe(whole);
        expect(of((mix) => mix.bytes(bytes, 0, bytes.length - 1))).not.toBe(whole);
      },
    ),
  );
});

test('what was mixed in before matters', () => {
  const bytes = new Uint8Array(400).fill(3);
  expect(of((mix) => mix.bytes(bytes))).not.toBe(
    of((mix) => {
      mix.word(1);
      mix.bytes(bytes);
    }),
  );
});

test('the state is the same on every machine', () => {
  expect(of((mix) => mix.bytes(Uint8Array.from({ length: 300 }, (_, i) => i & 255)))).toMatchInlineSnapshot(
    `"b2af4d3c73b0c0b0"`,
  );
  expect(of((mix) => mix.text('loss/laptop.eth0>sw.port1'))).toMatchInlineSnapshot(`"f0691d7129c402eb"`);
});
