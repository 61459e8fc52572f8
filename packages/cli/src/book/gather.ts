/** Puts the handbook together in one language: the tables of questions, claims, rows, labs and terms, and what the runs decided. */
import type { LabDefinition } from '@netarium/core/check/lab.ts';
import { formatInstant } from '@netarium/core/time/instant.ts';
import { labsAbout } from '@netarium/labs/questions/labs-about.ts';
import { claims, type Question, questions } from '@netarium/labs/questions/questions.ts';
import { tableIn } from '@netarium/labs/questions/tables.ts';
import { quizItems } from '@netarium/labs/quizzes/index.ts';
import { commandOf, type QuizItem } from '@netarium/labs/quizzes/quiz.ts';
import { areaOf, itemsOf, letterOf } from '@netarium/labs/quizzes/select.ts';
import { areas, rows } from '@netarium/labs/systems/rows.ts';
import type { Book, BookItem, BookLab, BookQuestion } from '@netarium/view/book/book.ts';
import { glossary } from '@netarium/view/glossary/glossary.ts';
import { type Language, textIn, titleIn } from '@netarium/view/language.ts';
import { type Messages, messages } from '@netarium/view/messages/messages.ts';
import manifest from '../../package.json' with { type: 'json' };
import { type Runs, runName } from './decisions.ts';

export interface Sources extends Runs {
  readonly language: Language;
  readonly labs: readonly LabDefinition[];
}

export function gatherBook(sources: Sources): Book {
  const { language, labs } = sources;
  const titles = new Map(labs.map((lab) => [lab.id, titleIn(lab, language)]));
  const labOf = (id: string, set: QuizItem['set'] = {}): BookLab => ({
    id,
    title: titles.get(id) ?? id,
    page: viewerOf(sources.viewers.get(runName({ lab: id, set })), language),
  });
  const items = new Map(quizItems.map((item) => [item.id, bookItem(item, sources, labOf(item.lab, item.set))]));
  const about = labsAbout(labs);
  const m = messages(language);
  return {
    language,
    m,
    version: manifest.version,
    areas: areas.map(({ id, name }) => ({ id, name: textIn(name, language) })),
    questions: questions.map((question) => ({
      ...bookQuestion(question, language, m),
      labs: about(question).map((id) => labOf(id)),
      items: itemsOf(question).map(({ id }) => items.get(id)!),
    })),
    items: [...items.values()],
    terms: glossary.map(({ term, meaning }) => ({
      term: textIn(term, language),
      other: textIn(term, language === 'en' ? 'zh' : 'en'),
      meaning: textIn(meaning, language),
    })),
  };
}

const viewerOf = (path: string | undefined, language: Language): string | undefined =>
  path === undefined ? undefined : `${path}#lang=${language}`;

function bookQuestion(question: Question, language: Language, m: Messages): Omit<BookQuestion, 'labs' | 'items'> {
  const about = question.rows.flatMap((row) => rows.find(({ id }) => id === row) ?? []);
  return {
    id: question.id,
    numbers: question.numbers.join(m.book.also),
    area: about[0]?.area ?? areas[0]!.id,
    question: textIn(question.question, language),
    answer: textIn(question.answer, language),
    use: textIn(question.use, language),
    trap: textIn(question.trap, language),
    table: question.table && tableIn(question.table, language),
    listings: question.listings.map(({ title, text }) => ({
      title: textIn(title, language),
      text: textIn(text, language),
    })),
    next: question.next.map((follow) => ({
      question: textIn(follow.question, language),
      answer: textIn(follow.answer, language),
    })),
    atWork: textIn(question.atWork, language),
    rows: about.map(({ name }) => textIn(name, language)),
    claims: question.claims
      .flatMap((id) => claims.get(id) ?? [])
      .map(({ id, verdict, claim, truth }) => ({
        id,
        verdict,
        claim: textIn(claim, language),
        truth: textIn(truth, language),
      })),
  };
}

/** The packet as the viewer's address names it; an identity of 0 is none. */
const chosen = (packet: number): string => (packet === 0 ? '' : `&view=packets&sel=pkt.${packet}`);

function bookItem(item: QuizItem, { language, decisions }: Sources, lab: BookLab): BookItem {
  const { task } = item;
  const choices = task.kind === 'number' ? [] : task.choices;
  const viewer = lab.page?.replace(/#.*/, '');
  const { answer, evidence } = decisions.get(item.id) ?? { answer: [], evidence: [] };
  return {
    id: item.id,
    area: areaOf(item),
    kind: task.kind,
    question: textIn(item.question, language),
    choices: choices.map(({ id, text }) => ({ letter: letterOf(choices, id), text: textIn(text, language) })),
    unit: task.kind === 'number' ? textIn(task.unit, language) : '',
    tolerance: task.kind === 'number' ? task.tolerance : 0,
    answer: task.kind === 'number' ? answer : answer.map((id) => letterOf(choices, id)),
    evidence: evidence.map(({ atNs, packet = 0, text }) => ({
      at: `${formatInstant(Math.max(0, atNs))} s`,
      text: textIn(text, language),
      verbatim: text.en === text.zh,
      page: viewer && `${viewer}#t=${Math.max(0, atNs)}${chosen(packet)}&lang=${language}`,
    })),
    why: textIn(item.why, language),
    command: commandOf(item),
    lab,
  };
}
