import { expect, test } from 'vitest';
import { codeParts } from './code-parts.ts';

test('what stands in backticks is code', () => {
  expect(codeParts('Use `ss -ltnp`, then `ps`.')).toEqual([
    { text: 'Use ', code: false },
    { text: 'ss -ltnp', code: true },
    { text: ', then ', code: false },
    { text: 'ps', code: true },
    { text: '.', code: false },
  ]);
  expect(codeParts('`ps`')).toEqual([{ text: 'ps', code: true }]);
});

test('a backtick alone, and none, are text', () => {
  expect(codeParts('a ` b')).toEqual([{ text: 'a ` b', code: false }]);
  expect(codeParts('``')).toEqual([{ text: '``', code: false }]);
  expect(codeParts('')).toEqual([]);
});
