import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatFixed, integerSqrt, parseCount, parseSecondsNs } from './numbers.ts';
import { Services } from './services.ts';

describe('numbers', () => {
  it('are whole and within bounds, or nothing', () => {
    expect([
      parseCount('7', 1, 9),
      parseCount('0', 1, 9),
      parseCount('x', 1, 9),
      parseCount('1.5', 1, 9),
      parseCount('', 0, 9),
    ]).toEqual([7, undefined, undefined, undefined, undefined]);
  });

  it('of seconds become nanoseconds', () => {
    expect(['1', '0.25', '.5', '1.', '0.0000000019', '99999999', '-1', '.', '1e3', ''].map(parseSecondsNs)).toEqual([
      ...[1_000_000_000, 250_000_000, 500_000_000, 1_000_000_000, 1, 8_640_000_000_000_000],
      ...[undefined, undefined, undefined, undefined],
    ]);
  });

  it('are shown with digits that are cut, not rounded', () => {
    expect([
      formatFixed(1_234_567, 1_000_000, 3),
      formatFixed(999, 1000, 0),
      formatFixed(5, 1000, 3),
      formatFixed(-1500, 1000, 1),
    ]).toEqual(['1.234', '0', '0.005', '-1.5']);
    fc.assert(
      fc.property(fc.nat(2_000_000_000), (ns) => {
        expect(formatFixed(ns, 1_000_000, 6)).toBe((ns / 1_000_000).toFixed(6));
      }),
    );
  });

  it('have the greatest integer root', () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat(1_000_000), fc.maxSafeNat()), (n) => {
        const root = BigInt(integerSqrt(n));
        expect(root * root <= BigInt(n) && (root + 1n) * (root + 1n) > BigInt(n)).toBe(true);
      }),
    );
  });
});

it('services are found by name, alias and number', () => {
  const services = new Services('# names\nhttp\t80/tcp\twww  # web\ndomain 53/udp\ndomain 53/tcp\nbad line\n');
  expect([
    services.port('www', 'tcp'),
    services.name(80, 'tcp'),
    services.name(80, 'udp'),
    services.port('domain', 'udp'),
  ]).toEqual([80, 'http', undefined, 53]);
});
