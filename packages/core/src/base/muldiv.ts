import { assert } from './assert.ts';

/**
 * floor(a * b / c) for non-negative safe integers, exact even where a * b leaves 2^53. Virtual time is made of such products (bits times
 * nanoseconds over rate), and a rounding error there would be a different run.
 */
export function mulDiv(a: number, b: number, c: number): number {
  const product = a * b;
  if (product <= Number.MAX_SAFE_INTEGER) return Math.floor(product / c);
  const result = Number((BigInt(a) * BigInt(b)) / BigInt(c));
  assert(Number.isSafeInteger(result), `mulDiv(${a}, ${b}, ${c}) is past 2^53`);
  return result;
}
