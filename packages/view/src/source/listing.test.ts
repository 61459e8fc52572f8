import { expect, test } from 'vitest';
import { linesAround, linesOf } from './listing.ts';
import { choiceFrom, choiceText } from './thread-choice.ts';

const text = (count: number): string => Array.from({ length: count }, (_, i) => `line ${i + 1}`).join('\n');

test('lines have their numbers, and say how many were left out before them', () => {
  const pieces = [
    { from: 3, text: 'a\nb' },
    { from: 9, text: 'c\n' },
  ];
  expect(linesAround(linesOf({ name: 'x.ts', pieces }), 9)).toEqual([
    { number: 3, text: 'a', skipped: 2 },
    { number: 4, text: 'b', skipped: 0 },
    { number: 9, text: 'c', skipped: 4 },
  ]);
});

test('of a long file the part around the line, which stays while the line moves a little', () => {
  const lines = linesOf({ name: 'x.ts', pieces: [{ from: 1, text: text(5000) }] });
  const [shown, later] = [linesAround(lines, 2345), linesAround(lines, 2399)];
  expect([shown[0], shown.at(-1)!.number, later[0]]).toEqual([
    { number: 2201, text: 'line 2201', skipped: 2200 },
    2500,
    shown[0],
  ]);
  expect(linesAround(lines, 1).map(({ number }) => number)).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
  expect(linesAround(lines, 5000).at(-1)).toEqual({ number: 5000, text: 'line 5000', skipped: 0 });
});

test('a choice as an address has it', () => {
  const all = ['', '3', '3.Task-2', '3.a.b', '9', 'x', '3.', '-1'].map((each) => choiceFrom(each, 9));
  expect(all.map(({ place, coroutine }) => [place, coroutine])).toEqual([
    [-1, ''],
    [3, ''],
    [3, 'Task-2'],
    [3, 'a.b'],
    [-1, ''],
    [-1, ''],
    [-1, ''],
    [-1, ''],
  ]);
  expect(all.slice(0, 4).map(choiceText)).toEqual(['', '3', '3.Task-2', '3.a.b']);
});
