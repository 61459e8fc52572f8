/**
 * Finds questions by what a person types: a number, an id, or words in English or Chinese. Chinese has no blanks between words, so a text is
 * compared by its words and, where it is Chinese, by pairs of neighbouring characters.
 */
import type { Text } from '@netarium/core/check/lab.ts';

export interface Searchable {
  readonly id: string;
  readonly numbers: readonly number[];
  readonly question: Text;
  readonly answer: Text;
  readonly trap: Text;
  /** All else that is said about it. */
  readonly more: Text;
}

export interface Found<Q> {
  readonly question: Q;
  readonly score: number;
}

const IDEOGRAPH = /[\u3400-\u9fff\uf900-\ufaff]/;

/** The questions that match, best first. A number or an id matches exactly; a number that no question has is a word (`502`). */
export function findQuestions<Q extends Searchable>(query: string, all: readonly Q[]): Found<Q>[] {
  const wanted = query.normalize('NFKC').trim().toLowerCase();
  const number = /^(?:第)?\s*(\d{1,4})\s*(?:题|問|问)?$/.exec(wanted)?.[1];
  const numbered = all.filter(({ numbers }) => number !== undefined && numbers.includes(Number(number)));
  if (numbered.length > 0) return exact(numbered);
  if (/^q\d+$/.test(wanted)) return exact(all.filter(({ id }) => Number(id.slice(1)) === Number(wanted.slice(1))));
  const terms = termsOf(wanted);
  if (terms.length === 0) return [];
  const scored = all.map((question) => scoreOf(question, flat(wanted), terms.map(flat)));
  const most = Math.max(...scored.map(({ matched }) => matched));
  // Every term somewhere; where no question has them all, those that have the most, a third of them at least.
  const enough = Math.max(1, Math.min(most, terms.length), Math.ceil(terms.length / 3));
  return scored
    .filter(({ matched }) => matched >= enough)
    .map(({ question, score }) => ({ question, score }))
    .sort((a, b) => b.score - a.score);
}

/** `TIME_WAIT` and `TIME-WAIT` are the same, and `time wait` when it stands together. */
const flat = (text: string): string => text.toLowerCase().replaceAll(/[\s_-]+/g, ' ');

function exact<Q>(found: readonly Q[]): Found<Q>[] {
  return found.map((question) => ({ question, score: 1 }));
}

/** Words of letters and digits, and pairs of neighbouring ideographs (a single one where it stands alone). */
export function termsOf(text: string): string[] {
  const terms = new Set<string>();
  for (const run of text.match(/[\u3400-\u9fff\uf900-\ufaff]+|[a-z0-9][a-z0-9+./_-]*/gi) ?? []) {
    if (!IDEOGRAPH.test(run)) {
      if (!STOP_WORDS.has(run)) terms.add(run.replace(/[./_-]+$/, ''));
    } else if (run.length === 1) terms.add(run);
    else for (let i = 0; i + 1 < run.length; i++) terms.add(run.slice(i, i + 2));
  }
  return [...terms];
}

const STOP_WORDS = new Set([
  'a',
  'an',
  'and',
  'are',
  'do',
  'does',
  'for',
  'how',
  'in',
  'is',
  'it',
  'of',
  'on',
  'or',
  'the',
  'to',
  'what',
  'why',
  'with',
]);

const PHRASE = 4;

/** How many of the terms are found, weighted by the places where they are; the whole query at once counts more. */
function scoreOf<Q extends Searchable>(
  question: Q,
  query: string,
  terms: readonly string[],
): Found<Q> & { matched: number } {
  const places = [
    [question.question, 8],
    [question.trap, 2],
    [question.answer, 1],
    [question.more, 0.5],
  ].map(([text, weight]) => [flat(`${(text as Text).en} ${(text as Text).zh}`), Number(weight)] as const);
  let [score, matched] = [0, 0];
  for (const term of terms) {
    const weight = places.reduce((sum, [text, worth]) => (holds(text, term) ? sum + worth : sum), 0);
    score += weight;
    if (weight > 0) matched++;
  }
  // Several words as they stand together say more than each of them somewhere.
  if (terms.length > 1)
    for (const [text, worth] of places) if (holds(text, query)) score += PHRASE * worth * terms.length;
  return { question, score: score / terms.length, matched };
}

/** A word as a whole or as a beginning (`packet` in `packets`), ideographs anywhere. */
function holds(text: string, term: string): boolean {
  if (IDEOGRAPH.test(term)) return text.includes(term);
  let at = text.indexOf(term);
  while (at >= 0) {
    if (at === 0 || !/[a-z0-9]/.test(text[at - 1]!)) return true;
    at = text.indexOf(term, at + 1);
  }
  return false;
}
