import { expect, test } from 'vitest';
import { piecesOf } from './excerpt.ts';

const TEXT = Array.from({ length: 100 }, (_, i) => `line ${i + 1}`).join('\n');

test("a lab's own program is kept whole", () => {
  expect(piecesOf('labs/src/locks/programs.ts', TEXT, [50])).toEqual([{ from: 1, text: TEXT }]);
  expect(piecesOf('mine.ts', TEXT, [50])).toEqual([{ from: 1, text: TEXT }]);
});

test('of what it stands on, the lines around the calls; those that meet are one piece', () => {
  const pieces = piecesOf('userland/src/lib/stdio.ts', TEXT, [98, 3, 28, 60]);
  const spans = pieces.map(({ from, text }) => [from, text.split('\n')[0], text.split('\n').at(-1)]);
  expect(spans).toEqual([
    [1, 'line 1', 'line 40'],
    [48, 'line 48', 'line 72'],
    [86, 'line 86', 'line 100'],
  ]);
});
