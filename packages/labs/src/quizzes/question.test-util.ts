/** A question of the quiz before runs of its lab: the run gives the expected answer, and where there is a counter-run, that gives another. */
import { expect, test } from 'vitest';
import type { ObservedRun } from './observed-run.ts';
import { isRight, type QuizItem } from './quiz.ts';

export const idsOf = ({ task }: QuizItem): string[] => (task.kind === 'number' ? [] : task.choices.map(({ id }) => id));

/** `observe` runs the lab with parameters changed, or has it already. */
export function testQuestion(item: QuizItem, observe: (set: QuizItem['set']) => Promise<ObservedRun>): void {
  test('the run gives the expected answer, and shows what decides', async () => {
    const { answer, evidence } = item.decide(await observe(item.set));
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
    expect(item.decide(await observe(set)).answer).toEqual(expected);
    expect(isRight(item.task, expected, item.expected)).toBe(false);
  });
}
