import { systemImage } from '@netarium/userland/image.ts';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../catalogue/index.ts';
import { questions } from '../questions/questions.ts';
import { rows } from '../systems/rows.ts';
import { quizItems } from './index.ts';
import { observedRun } from './observed-run.ts';
import { isRight, number, one, order, type QuizItem, several } from './quiz.ts';

const environment = {
  image: systemImage(),
  turn: (): Promise<void> => new Promise((resolve) => setImmediate(resolve)),
};

async function decided({ lab, samples, decide }: QuizItem, set: QuizItem['set']) {
  const definition = await catalogue.get(lab)!();
  return decide(await observedRun(definition, environment, { set, samples }));
}

const idsOf = ({ task }: QuizItem): string[] => (task.kind === 'number' ? [] : task.choices.map(({ id }) => id));

describe.each(quizItems.map((item) => [item.id, item] as const))('%s', (_, item) => {
  test('the run gives the expected answer, and shows what decides', async () => {
    const { answer, evidence } = await decided(item, item.set);
    expect(answer).toEqual(item.expected);
    expect(evidence.length).toBeGreaterThan(0);
    for (const { atNs, text } of evidence) {
      expect(atNs).toBeGreaterThanOrEqual(0);
      expect(text.en).not.toBe('');
      expect(text.zh).not.toBe('');
    }
    if (item.task.kind !== 'number') expect(idsOf(item)).toEqual(expect.arrayContaining([...answer]));
    expect(isRight(item.task, answer, item.expected)).toBe(true);
  });

  const { otherwise } = item;
  if (otherwise === undefined) return;
  test('the counter-run gives another', async () => {
    const { set, expected } = otherwise;
    expect((await decided(item, set)).answer).toEqual(expected);
    expect(isRight(item.task, expected, item.expected)).toBe(false);
  });
});

test('ids are unique, rows and quizzes exist, and exercises are not printed in their right order', () => {
  expect(new Set(quizItems.map(({ id }) => id)).size).toBe(quizItems.length);
  const known = new Set(rows.map(({ id }) => id));
  for (const item of quizItems) {
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
