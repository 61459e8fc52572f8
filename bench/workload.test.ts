import { expect, test } from 'vitest';
import { median, select } from './workload.ts';

test('a name stands for itself or for its family', () => {
  expect(select('A,E')).toEqual(['A', 'E-1k', 'E-100k', 'E-1M']);
  expect(select('C,B')).toEqual(['C', 'B-switch', 'B-router']);
  expect(() => select('Z')).toThrow('no workload Z; there are A, A-cubic');
});

test('median', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});
