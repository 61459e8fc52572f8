import { Stream } from '@netarium/core/random/random.ts';
import { expect, test } from 'vitest';
import { RandomSegments, replay } from './random-segments.ts';

test('no conversation of odd segments crashes or hangs our TCP, and each plays the same again', () => {
  const source = new RandomSegments(new Stream(99, 'segments'));
  for (let i = 0; i < 500; i++) {
    const steps = source.next();
    expect(replay(steps)).toEqual(replay(steps));
  }
});
