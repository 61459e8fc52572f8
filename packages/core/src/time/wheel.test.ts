import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Entries } from './entries.ts';
import { DAY, MS, SECOND } from './instant.ts';
import { type Event, EventQueue } from './queue.ts';
import { EntryWheel } from './wheel.ts';

const NOTHING: Event = { fire() {} };

/** Times between events as networks have them: bursts, cables, timers of the transport, minutes of silence. */
const delay = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 1, max: 50 }),
  fc.integer({ min: 1000, max: 200_000 }),
  fc.integer({ min: 0, max: 40 }).map((n) => n * MS),
  fc.integer({ min: 1, max: 300 }).map((n) => n * SECOND),
);

describe('a queue whose wheel is in use', () => {
  test('fires by time, and first-in first-out within an instant, with cancellations and whatever the delays', () => {
    fc.assert(
      fc.property(
        fc.array(delay, { minLength: 40, maxLength: 200, size: 'max' }),
        fc.array(delay, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 2, max: 9 }),
        (first, again, cancelEvery) => {
          const queue = new EventQueue();
          const scheduled: [at: number, number: number][] = [];
          const cancelled = new Set<number>();
          const fired: number[] = [];
          let victim: { slot: number; event: Event; number: number } | undefined;
          const schedule = (at: number): void => {
            const number = scheduled.push([at, scheduled.length]) - 1;
            const event = {
              fire(now: number) {
                fired.push(number);
                if (victim?.event === event) victim = undefined;
                // Looking ahead drops cancelled events of the future; what comes next may be due before them.
                if (number % 3 === 0) void queue.next;
                if (scheduled.length < 6000) schedule(now + again[(number * 7) % again.length]!);
                // One that never fires in place of one that does, so that as many stay pending.
                if (number % cancelEvery === 0 && victim !== undefined) {
                  cancelled.add(victim.number);
                  queue.cancel(victim.slot, victim.event);
                  victim = undefined;
                  schedule(now + first[number % first.length]!);
                }
              },
            };
            const slot = queue.schedule(at, event);
            victim ??= { slot, event, number };
          };
          for (const at of first) schedule(at);
          while (queue.step(DAY * 99));
          const expected = scheduled.filter(([, number]) => !cancelled.has(number));
          expected.sort(([a, i], [b, k]) => a - b || i - k);
          // Told by the first that differs: thousands side by side would take longer to print than to run.
          expect(expected.findIndex(([, number], i) => number !== fired[i])).toBe(-1);
          expect(fired.length).toBe(expected.length);
          expect(queue.pending).toBe(0);
        },
      ),
      { numRuns: 40, endOnFailure: true },
    );
  });

  test('looks at the next event, and moves its clock, without losing what comes in between', () => {
    const queue = new EventQueue();
    const fired: number[] = [];
    const note = { fire: (now: number) => void fired.push(now) };
    const ticks = { fire: (now: number) => void (now < 3 * SECOND && queue.schedule(now + MS, ticks)) };
    for (let i = 0; i < 32; i++) queue.schedule(i * 1000, ticks);
    while (queue.step(2 * SECOND));
    queue.schedule(2 * SECOND + 700, note);
    expect(queue.next).toBe(2 * SECOND + 700);
    queue.advance(2 * SECOND + 300);
    queue.schedule(2 * SECOND + 400, note);
    expect(queue.next).toBe(2 * SECOND + 400);
    while (queue.step(4 * SECOND));
    expect(fired).toEqual([2 * SECOND + 400, 2 * SECOND + 700]);
  });
});

describe('the wheel', () => {
  const wheelOf = (buckets: number, perNs: number) => {
    const entries = new Entries();
    const wheel = new EntryWheel(entries);
    wheel.resize(buckets, perNs);
    const add = (at: number): boolean => wheel.add(entries.add(at, NOTHING), at);
    const take = (): number => {
      const slot = wheel.first;
      wheel.takeFirst(slot);
      wheel.turn();
      return entries.timeOf(slot);
    };
    return { wheel, add, take };
  };

  test('takes what is due within a turn from where it stands', () => {
    const { add, take } = wheelOf(64, 0.5);
    expect([add(127), add(128)]).toEqual([true, false]);
    expect(take()).toBe(127);
    expect([add(127), add(253), add(254)]).toEqual([true, true, false]);
    expect([take(), take()]).toEqual([127, 253]);
  });

  test('refuses what would make a list long, not what belongs before it', () => {
    const { wheel, add, take } = wheelOf(64, 1);
    let taken = 0;
    while (taken < 100 && add(5)) taken++;
    expect(taken).toBeGreaterThan(8);
    expect(taken).toBeLessThan(20);
    expect([add(4), add(6)]).toEqual([true, true]);
    expect(take()).toBe(4);
    while (taken-- > 0) expect(take()).toBe(5);
    expect(take()).toBe(6);
    expect(wheel.size).toBe(0);
  });

  test('goes on in order where the numbers of its buckets would get large', () => {
    const { wheel, add, take } = wheelOf(1 << 20, 0.25);
    const step = 4 * ((1 << 20) - 1);
    add(0);
    for (let at = 0; at < 2 ** 33; at += step) {
      expect(take()).toBe(at);
      expect([add(at + step), add(at + 4 * step)]).toEqual([true, false]);
      wheel.rebase();
    }
  });
});
