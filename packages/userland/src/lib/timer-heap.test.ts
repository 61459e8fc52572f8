import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TimerHeap } from './timer-heap.ts';

test('timers come by instant, then by age, and never when cancelled', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ atNs: fc.nat(20), cancelled: fc.boolean() })), fc.nat(20), (list, nowNs) => {
      const timers = list.map((timer, age) => ({ ...timer, age }));
      const heap = new TimerHeap<(typeof timers)[number]>();
      for (const timer of timers) heap.push(timer);
      const living = timers.filter(({ cancelled }) => !cancelled).sort((a, b) => a.atNs - b.atNs || a.age - b.age);
      expect([[...heap.list()], heap.living]).toEqual([living, living.length]);
      expect(heap.takeDue(nowNs)).toEqual(living.filter(({ atNs }) => atNs <= nowNs));
      expect(heap.takeDue(100)).toEqual(living.filter(({ atNs }) => atNs > nowNs));
      expect(heap.first).toBeUndefined();
    }),
  );
});
