import { expect, test } from 'vitest';
import { Alarm } from './alarm.ts';

const MS = 1_000_000;

test('an alarm never rings early, and not at once where its time is longer than Node can count', async () => {
  for (const ns of [0.3 * MS, 1.5 * MS, 10 * MS]) {
    const before = performance.now();
    await new Promise<void>((resolve) => new Alarm(ns, resolve));
    expect((performance.now() - before) * MS).toBeGreaterThanOrEqual(ns);
  }
  let rang = false;
  const distant = new Alarm(Number.MAX_SAFE_INTEGER, () => (rang = true));
  const stopped = new Alarm(2 * MS, () => (rang = true));
  stopped.stop();
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(rang).toBe(false);
  expect(distant.leftNs).toBeGreaterThan(Number.MAX_SAFE_INTEGER / 2);
  distant.stop();
});
