/** The handbook written for tests that look at its form: into a folder, in one language, with the decisions that are expected of its runs. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue } from '@netarium/labs/catalogue/index.ts';
import { questions } from '@netarium/labs/questions/questions.ts';
import { quizItems } from '@netarium/labs/quizzes/index.ts';
import type { Decision } from '@netarium/labs/quizzes/quiz.ts';
import type { Book } from '@netarium/view/book/book.ts';
import { bookPages, searchScript } from '@netarium/view/book/pages.ts';
import type { Language } from '@netarium/view/language.ts';
import { gatherBook } from '../../packages/cli/src/book/gather.ts';

/** A decision for every item: what is expected of its run, and a line of evidence in each language. */
export const expectedDecisions: ReadonlyMap<string, Decision> = new Map(
  quizItems.map(({ id, expected }) => [
    id,
    { answer: expected, evidence: [{ atNs: 1_500_000, text: { en: `line of ${id}`, zh: `${id} 的一行` } }] },
  ]),
);

export async function bookIn(language: Language, decisions = expectedDecisions): Promise<Book> {
  const labs = await Promise.all([...catalogue.values()].map((load) => load()));
  return gatherBook({ language, labs, decisions, viewers: new Map() });
}

export function writeBook(
  book: Book,
  folder: string,
  files: { readonly script: string; readonly style: string },
): void {
  mkdirSync(folder, { recursive: true });
  const all = new Map([
    ...bookPages(book),
    ['questions.js', searchScript(questions)] as const,
    ['book.js', files.script] as const,
    ['book.css', files.style] as const,
  ]);
  for (const [name, text] of all) writeFileSync(join(folder, name), text);
}
