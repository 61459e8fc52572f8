import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Deque } from './deque.ts';

it('does what an array does at both ends', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('push' as const), left: fc.boolean(), item: fc.string() }),
    fc.record({ do: fc.constant('pop' as const), left: fc.boolean() }),
    fc.record({ do: fc.constant('set' as const), at: fc.integer({ min: -2, max: 30 }), item: fc.string() }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const deque = new Deque();
      const array: string[] = [];
      for (const one of steps) {
        if (one.do === 'push') {
          deque.push(one.item, one.left);
          if (one.left) array.unshift(one.item);
          else array.push(one.item);
        } else if (one.do === 'pop') expect(deque.pop(one.left)).toBe(one.left ? array.shift() : array.pop());
        else {
          const there = one.at >= 0 && one.at < array.length;
          expect(deque.set(one.at, one.item)).toBe(there);
          if (there) array[one.at] = one.item;
        }
        expect(deque.length).toBe(array.length);
      }
      expect(deque.slice(0, deque.length)).toEqual(array);
      for (let i = -1; i <= array.length; i++) expect(deque.at(i)).toBe(i < 0 ? undefined : array[i]);
    }),
  );
});
