/** Which predict-first questions are about a topic or about one of the notes' questions, and in which order they are asked. */
import { Stream } from '@netarium/core/random/random.ts';
import { findQuestions } from '@netarium/view/questions/search.ts';
import { type Question, questions } from '../questions/questions.ts';
import { rows } from '../systems/rows.ts';
import { quizItems } from './index.ts';
import type { Choice, QuizItem } from './quiz.ts';

const areaByRow = new Map(rows.map(({ id, area }) => [id, area]));

/** The area of its first row: A1 to A19. */
export function areaOf({ rows: [first] }: QuizItem): string {
  return areaByRow.get(first!) ?? '';
}

/** An area, an item, `order` for the sorting exercises, `notes` for the quizzes of the notes, or words; undefined: all. */
export function itemsAbout(topic: string | undefined): readonly QuizItem[] {
  if (topic === undefined) return quizItems;
  const wanted = topic.trim().toLowerCase();
  const named = quizItems.filter((item) => item.id === wanted || item.lab === wanted);
  if (named.length > 0) return named;
  if (/^a\d+$/.test(wanted)) return quizItems.filter((item) => areaOf(item).toLowerCase() === wanted);
  if (wanted === 'order') return quizItems.filter(({ task }) => task.kind === 'order');
  if (wanted === 'notes') return quizItems.filter(({ quiz }) => quiz !== undefined);
  const byId = new Map<string, QuizItem>();
  for (const { question } of findQuestions(topic, questions).slice(0, FOUND_MAX))
    for (const item of itemsOf(question)) byId.set(item.id, item);
  return [...byId.values()];
}

/** How many of the notes' questions a word may lead to, and how many items a question has at most. */
const FOUND_MAX = 3;
const ITEMS_MAX = 3;

/**
 * Those of a question of the notes: its own quiz first, then those that begin with one of its rows, in the order of these, then those that are about
 * its first row among others.
 */
export function itemsOf({ id, rows: about }: Pick<Question, 'id' | 'rows'>): readonly QuizItem[] {
  const place = (item: QuizItem): number => {
    if (item.quiz === id) return -1;
    const first = about.indexOf(item.rows[0]!);
    return first >= 0 ? first : item.rows.includes(about[0]!) ? about.length : Number.POSITIVE_INFINITY;
  };
  return quizItems
    .map((item) => ({ item, at: place(item) }))
    .filter(({ at }) => at < Number.POSITIVE_INFINITY)
    .sort((a, b) => a.at - b.at)
    .slice(0, ITEMS_MAX)
    .map(({ item }) => item);
}

/** The same list in another order: drawn from the seed (Fisher–Yates). */
export function shuffled<T>(list: readonly T[], seed: number, name: string): T[] {
  const stream = new Stream(seed, `quiz/${name}`);
  const mixed = [...list];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = stream.below(i + 1);
    [mixed[i], mixed[j]] = [mixed[j]!, mixed[i]!];
  }
  return mixed;
}

/** A letter for each choice: a, b, c … */
export function letterOf(choices: readonly Choice[], id: string): string {
  const at = choices.findIndex((choice) => choice.id === id);
  return at < 0 ? '?' : String.fromCharCode(97 + at);
}
