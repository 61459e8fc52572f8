/** The questions as a list; before the runs of their labs each of them stands in `labs.test-util.ts`. */
import { expect, test } from 'vitest';
import { catalogue } from '../catalogue/index.ts';
import { questions } from '../questions/questions.ts';
import { rows } from '../systems/rows.ts';
import { quizItems } from './index.ts';
import { idsOf } from './question.test-util.ts';
import { isRight, number, one, order, several } from './quiz.ts';

test('ids are unique, rows, labs and quizzes exist, and exercises are not printed in their right order', () => {
  expect(new Set(quizItems.map(({ id }) => id)).size).toBe(quizItems.length);
  const known = new Set(rows.map(({ id }) => id));
  for (const item of quizItems) {
    expect(catalogue.has(item.lab), `${item.id}: lab ${item.lab}`).toBe(true);
    for (const row of item.rows) expect(known.has(row), `${item.id}: row ${row}`).toBe(true);
    expect(new Set(idsOf(item)).size).toBe(idsOf(item).length);
    if (item.task.kind === 'order') expect(idsOf(item)).not.toEqual(item.expected);
  }
});

test('the six quizzes of the notes are there', () => {
  const asked = questions.filter(({ kind }) => kind === 'quiz').map(({ id }) => id);
  expect(quizItems.flatMap(({ quiz }) => quiz ?? []).sort()).toEqual(asked.sort());
});

test('isRight', () => {
  const choices = { a: ['', ''], b: ['', ''] } as const;
  expect(isRight(one(choices), ['a'], ['a'])).toBe(true);
  expect(isRight(one(choices), [], ['a'])).toBe(false);
  expect(isRight(several(choices), ['b', 'a'], ['a', 'b'])).toBe(true);
  expect(isRight(order(choices), ['b', 'a'], ['a', 'b'])).toBe(false);
  expect(isRight(number('', '', 1), ['59'], ['60'])).toBe(true);
  expect(isRight(number('', '', 1), ['58'], ['60'])).toBe(false);
  for (const wrong of ['', ' ', 'x', 'NaN']) expect(isRight(number('', ''), [wrong], ['0'])).toBe(false);
  expect(isRight(number('', ''), ['0', '0'], ['0'])).toBe(false);
});
