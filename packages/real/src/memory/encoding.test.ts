import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, encode, encodedLength } from './encoding.ts';

function roundTrip(value: unknown): unknown {
  const bytes = new Uint8Array(encodedLength(value));
  encode(value as never, bytes);
  return decode(bytes);
}

const cloneable = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.constantFrom(null, undefined, -0, 2 ** 31, -(2 ** 31), 2 ** 53),
    ),
    fc.oneof(fc.string({ unit: 'binary' }), fc.string()),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: 'binary', maxLength: 4 }), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

describe('the encoding of values in the heap', () => {
  it('gives back what was put in', () => {
    fc.assert(
      fc.property(cloneable, (value) => {
        expect(roundTrip(value)).toStrictEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  it('takes as many bytes as it says', () => {
    fc.assert(
      fc.property(cloneable, (value) => {
        const length = encodedLength(value);
        const bytes = new Uint8Array(length + 8).fill(0xa5);
        encode(value as never, bytes.subarray(0, length));
        expect(bytes.subarray(length)).toEqual(new Uint8Array(8).fill(0xa5));
      }),
    );
  });

  it('knows what it cannot encode, at any depth', () => {
    for (const bad of [() => 1, Symbol('s'), 1n, new Map(), new (class A {})(), new Date(0)]) {
      expect(encodedLength(bad)).toBeNaN();
      expect(encodedLength({ a: [1, { b: bad }] })).toBeNaN();
    }
  });

  it('makes no prototype of a key', () => {
    const value = JSON.parse('{"__proto__":{"a":1},"b":2}');
    const back = roundTrip(value) as object;
    expect(Object.keys(back)).toEqual(['__proto__', 'b']);
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
  });

  it('copies only the bytes that a part of an array shows', () => {
    const whole = Uint8Array.from([1, 2, 3, 4, 5]);
    const back = roundTrip({ part: whole.subarray(1, 3) }) as { part: Uint8Array };
    whole.fill(9);
    expect([...back.part]).toEqual([2, 3]);
  });
});
