import { describe, expect, test } from 'vitest';
import { Randomness, Stream } from './random.ts';

describe('streams', () => {
  test('are the same for the same seed and name, and differ otherwise', () => {
    const take = (seed: number, name: string) =>
      Array.from(
        { length: 4 },
        (
          (s) => () =>
            s.bits32()
        )(new Stream(seed, name)),
      );
    expect(take(1, 'loss/a')).toEqual(take(1, 'loss/a'));
    expect(take(1, 'loss/a')).not.toEqual(take(2, 'loss/a'));
    expect(take(1, 'loss/a')).not.toEqual(take(1, 'loss/b'));
  });

  test('a golden value: the generator may never change silently', () => {
    const stream = new Stream(42, 'golden');
    expect([stream.bits32(), stream.bits32(), stream.below(1000), stream.belowWide(1e15)]).toMatchInlineSnapshot(`
      [
        4049571818,
        1157137179,
        540,
        263015129930329,
      ]
    `);
  });

  test('below() is uniform: 100,000 draws of 10, chi-square under the 0.1 % bound', () => {
    const stream = new Stream(7, 'uniform');
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) counts[stream.below(10)]!++;
    const chi = counts.reduce((sum, count) => sum + ((count - 10_000) * (count - 10_000)) / 10_000, 0);
    expect(chi).toBeLessThan(27.9);
  });

  test('chance(ppm) hits its rate', () => {
    const stream = new Stream(3, 'chance');
    let hits = 0;
    for (let i = 0; i < 200_000; i++) if (stream.chance(100_000)) hits++;
    expect(Math.abs(hits - 20_000)).toBeLessThan(600);
  });

  test('choose() asks nobody when there is one way only', () => {
    const random = new Randomness(1);
    expect(random.choose('thread', 'x', 1)).toBe(0);
    expect(random.stream('thread/x').bits32()).toBe(new Stream(1, 'thread/x').bits32());
  });

  test('choose() follows the seed, the kind and the entity', () => {
    const drawn = (seed: number, kind: string, entity: string): string => {
      const random = new Randomness(seed);
      return Array.from({ length: 20 }, () => random.choose(kind, entity, 1000)).join();
    };
    expect(drawn(1, 'loss', 'a')).toBe(drawn(1, 'loss', 'a'));
    const others = [drawn(1, 'loss', 'a'), drawn(2, 'loss', 'a'), drawn(1, 'jitter', 'a'), drawn(1, 'loss', 'b')];
    expect(new Set(others).size).toBe(4);
  });
});
