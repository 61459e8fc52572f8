import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY, decimal, formatDuration, MS, parseDuration, SECOND } from './instant.ts';
import { EventQueue } from './queue.ts';
import { Timer } from './timer.ts';

describe('event queue', () => {
  test('fires by time, and first-in first-out within an instant, for any schedule with cancellations', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.boolean()), { maxLength: 400 }), (plan) => {
        const queue = new EventQueue();
        const fired: number[] = [];
        const expected: [number, number][] = [];
        plan.forEach(([at, cancel], i) => {
          const event = { fire: () => void fired.push(i) };
          const slot = queue.schedule(at, event);
          if (cancel) queue.cancel(slot, event);
          else expected.push([at, i]);
        });
        expect(queue.pending).toBe(expected.length);
        while (queue.step(DAY));
        expected.sort(([a, i], [b, k]) => a - b || i - k);
        expect(fired).toEqual(expected.map(([, i]) => i));
      }),
    );
  });

  test('so do events that are scheduled by others as they fire, many of them at one instant', () => {
    const delays = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(delays, delays, (first, again) => {
        const queue = new EventQueue();
        const scheduled: [number, number][] = [];
        const fired: number[] = [];
        const schedule = (at: number): void => {
          const number = scheduled.push([at, scheduled.length]) - 1;
          const fire = (now: number): void => {
            fired.push(number);
            if (scheduled.length < 300) schedule(now + again[number % again.length]!);
          };
          queue.schedule(at, { fire });
        };
        for (const at of first) schedule(at);
        while (queue.step(DAY));
        expect(fired).toEqual(scheduled.sort(([a, i], [b, k]) => a - b || i - k).map(([, i]) => i));
      }),
    );
  });

  test('slots are reused without mixing up events', () => {
    const queue = new EventQueue();
    let count = 0;
    const again = { fire: (now: number) => ++count < 10_000 && queue.schedule(now + 1, again) };
    queue.schedule(0, again as never);
    while (queue.step(DAY));
    expect(count).toBe(10_000);
    expect(queue.now).toBe(9_999);
  });

  test('refuses the past, fractions, and a run past 100 days', () => {
    const queue = new EventQueue();
    const event = { fire() {} };
    queue.schedule(5, event);
    queue.step(10);
    expect(() => queue.schedule(4, event)).toThrow(/before now/);
    expect(() => queue.schedule(5.5, event)).toThrow(/integer/);
    expect(() => queue.schedule(101 * DAY, event)).toThrow(/100 days/);
  });
});

describe('timer', () => {
  test('set later costs one early look; set earlier fires on time; clear does not fire', () => {
    const queue = new EventQueue();
    const fired: number[] = [];
    const timer = new Timer(queue, (now) => fired.push(now));
    timer.set(10);
    timer.set(30);
    timer.set(20);
    while (queue.step(100));
    expect(fired).toEqual([20]);
    timer.set(50);
    timer.set(40);
    while (queue.step(100));
    timer.set(60);
    timer.clear();
    while (queue.step(100));
    expect(fired).toEqual([20, 40]);
    expect(timer.running).toBe(false);
  });
});

test('durations are parsed exactly and printed shortest', () => {
  expect(parseDuration('1.5s')).toBe(1.5 * SECOND);
  expect(parseDuration('10ms')).toBe(10 * MS);
  expect(parseDuration('0.000000001s')).toBe(1);
  for (const bad of ['10', 'ms', '1.5ns', '-1s', '1e3s', '']) expect(parseDuration(bad)).toBeUndefined();
  expect([1_500_000_000, 200_000, 0, 7].map(formatDuration)).toEqual(['1.5s', '200us', '0s', '7ns']);
  expect(decimal(-1_050_000, MS)).toBe('-1.05');
});
