/** SCAN's promise: what is there from the first call to the last is told once, whatever comes and goes meanwhile. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Database } from './database.ts';

const KEYS = Array.from({ length: 300 }, (_, i) => `k${i}`);

test('keys that stay are told once; those that were never there not at all', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 299 }), { maxLength: 300 }),
      fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 299 })), { maxLength: 400 }),
      fc.integer({ min: 1, max: 40 }),
      (before, changes, count) => {
        const database = new Database(() => 0);
        for (const i of before) database.set(KEYS[i]!, 'x');
        const stayed = new Set(database.keys());
        const ever = new Set(stayed);
        const told: string[] = [];
        let calls = 0;
        for (let cursor = 0; ; ) {
          const { next, keys } = database.scan(cursor, count);
          told.push(...keys);
          calls++;
          if (next === 0) break;
          cursor = next;
          for (const [add, i] of changes.splice(0, 7)) {
            if (add) {
              database.set(KEYS[i]!, 'y');
              ever.add(KEYS[i]!);
            } else if (database.delete(KEYS[i]!)) stayed.delete(KEYS[i]!);
          }
        }
        for (const key of stayed) expect(told.filter((each) => each === key)).toHaveLength(1);
        expect(told.every((key) => ever.has(key))).toBe(true);
        expect(calls).toBeLessThanOrEqual(Math.ceil((ever.size + 58 * 7) / count) + 1);
      },
    ),
  );
});

test('a scan of a hundred thousand keys after most of them are gone', () => {
  const database = new Database(() => 0);
  for (let i = 0; i < 100_000; i++) database.set(`k${i}`, 'x');
  for (let i = 0; i < 100_000; i++) if (i % 1000 !== 0) database.delete(`k${i}`);
  const found: string[] = [];
  let calls = 0;
  for (let cursor = 0; ; calls++) {
    const { next, keys } = database.scan(cursor, 10);
    found.push(...keys);
    if (next === 0) break;
    cursor = next;
  }
  expect([found.length, calls]).toEqual([100, 9]);
});
