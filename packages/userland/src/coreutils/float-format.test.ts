import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatExponential, formatFixed, formatGeneral } from './float-format.ts';

it('rounds half to even, as C does', () => {
  expect([0.5, 1.5, 2.5, -0.5].map((value) => formatFixed(value, 0))).toEqual(['0', '2', '2', '-0']);
  expect(formatFixed(0.125, 2)).toBe('0.12');
  expect(formatFixed(1e22, 1)).toBe('10000000000000000000000.0');
  expect(formatExponential(9.9999, 2)).toBe('1.00e+01');
  expect(formatExponential(5e-324, 3)).toBe('4.941e-324');
  expect([100000, 1e6, 1e-5, 0.0001, 0, 1.5].map((value) => formatGeneral(value, 6))).toEqual(
    '100000 1e+06 1e-05 0.0001 0 1.5'.split(' '),
  );
});

it('agrees with the language where there is no tie', () => {
  fc.assert(
    fc.property(
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
      fc.integer({ min: 1, max: 15 }),
      (value, digits) => {
        // A hundred digits say all that there is of most doubles: exactly half way C goes to the even digit, the language away from zero.
        const [, beyond = ''] = new RegExp(`^-?\\d\\.\\d{${digits}}(\\d*)e`).exec(value.toExponential(100)) ?? [];
        fc.pre(!/^50*$/.test(beyond));
        const text = formatExponential(value, digits);
        const theirs = value.toExponential(digits);
        // Adding zero hides the difference between 0 and -0, which C prints and the language does not.
        expect(Number(text) + 0).toBe(Number(theirs) + 0);
        expect(Number(formatFixed(value, 17)) + 0).toBe(Number(value.toFixed(17)) + 0);
      },
    ),
    { examples: [[-999_999_999_999_862.5, 14]], numRuns: 300 },
  );
});
