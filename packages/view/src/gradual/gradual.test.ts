import { expect, test } from 'vitest';
import { Gradual } from './gradual.ts';

/** Counts its steps while it is worked out. */
function counting(): { readonly sum: Gradual<number>; done(): number } {
  let done = 0;
  const sum = new Gradual(function* () {
    for (; done < 5; done++) yield;
    return 10 + done;
  });
  return { sum, done: () => done };
}

test('goes on step by step, and whoever asks gets what is left at once', () => {
  const { sum, done } = counting();
  expect(done()).toBe(0);
  const steps = sum.steps();
  steps.next();
  steps.next();
  expect(done()).toBe(1);
  expect(sum.value).toBe(15);
  expect(steps.next().done).toBe(true);
  expect(sum.value).toBe(15);
});

test('is the same when nobody asks before its end', () => {
  const { sum, done } = counting();
  expect([...sum.steps()]).toHaveLength(6);
  expect(done()).toBe(5);
  expect(sum.value).toBe(15);
});
